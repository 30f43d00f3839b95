#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `weft bench --kernels --log-format json` says: check_bench.py FILE"""
import json
import sys

step, *kernels = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
times = [kernel["thread_ms"] for kernel in kernels]
if step["entry"] != "train_step" or not 0 < step["p10_ms"] <= step["median_ms"] <= step["p90_ms"] or not step["samples_per_second"] > 0:
    sys.exit(f"unexpected: {step}")
if any(kernel["dispatches"] < 1 or kernel["gflops_per_second"] < 0 for kernel in kernels) or times != sorted(times, reverse=True):
    sys.exit(f"unexpected: {kernels}")
print(f"{len(kernels)} kernels, slowest first, within the steps' time on all threads")
