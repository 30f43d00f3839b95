#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Whether the first lines of two files of JSON lines say the same, numbers within 1e-5."""
import json
import sys


def same(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return abs(a - b) < 1e-5 if isinstance(a, float) else a == b


first, second = (json.loads(open(path, encoding="utf-8").readline()) for path in sys.argv[1:])
if not same(first, second):
    sys.exit(f"expected the same, found {first} and {second}")
