# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fails if the text on stdin is longer than 50 lines or wider than 120 columns."""
import sys

lines = sys.stdin.read().splitlines()
widest = max(map(len, lines), default=0)
if not lines or len(lines) > 50 or widest > 120:
    sys.exit(f"expected 1 to 50 lines of at most 120 columns, got {len(lines)} of up to {widest}")
