#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints the block of commands of the README that holds a text, as it stands there: readme_commands.py README TEXT"""
import re
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    blocks = re.findall(r"(?:^    .*\n)+", file.read(), re.MULTILINE)
found = [block for block in blocks if sys.argv[2] in block]
if len(found) != 1:
    sys.exit(f"{sys.argv[1]}: expected one block of commands with '{sys.argv[2]}', found {len(found)}")
print("set -ex\n" + re.sub(r"^    ", "", found[0], flags=re.MULTILINE), end="")
