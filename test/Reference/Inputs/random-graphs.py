# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks random models over a range of seeds: random-graphs.py WEFT-OPT FIRST COUNT.

Each model is decomposed, simplified and flattened, and evaluated before and after; a smooth one has its
gradient compared with central differences. Prints the command line of the first failure.
"""
import subprocess
import sys


def run(opt, seed, size, options, *passes):
    graph = f"--weft-random-graph=seed={seed} size={size} {options}"
    command = [opt, "-", graph, *passes, "-o", "/dev/null"]
    result = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"seed {seed}: echo | {' '.join(repr(word) for word in command)}\n{result.stderr[:4000]}")


def main():
    opt, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for seed in range(first, first + count):
        size = 4 + seed % 17
        run(opt, seed, size, "", "--weft-check-equivalent=pipeline=weft-decompose",
            "--weft-check-equivalent=pipeline=canonicalize,cse",
            "--weft-check-equivalent=pipeline=weft.model(weft-flatten-model),weft-decompose,canonicalize,cse",
            "--weft-pipeline=from=input to=training",
            "--weft-check-equivalent=pipeline=weft-pipeline{from=training to=dispatch}")
        run(opt, seed, min(size, 10), "smooth gradient",
            "--weft-pipeline=from=input to=flat", "--weft-check-gradients")


main()
