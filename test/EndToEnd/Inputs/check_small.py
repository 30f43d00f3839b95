#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains with weft as record_small.py did with PyTorch, and compares the loss of each step, and its gradient norm where that is
recorded. Prints the largest relative difference; exit code 1 if one is out of tolerance.

  check_small.py --variant sgd --module small.weft --recorded DIR --output DIR [--tolerance 5e-6] [weft options...]
"""
import argparse
import json
import os
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("variant", "module", "recorded", "output"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--tolerance", type=float, default=5e-6)
    arguments, options = parser.parse_known_args()
    with open(os.path.join(arguments.recorded, "recorded.json"), encoding="utf-8") as file:
        recorded = json.load(file)["variants"][arguments.variant]
    result = subprocess.run(
        ["weft", "train", arguments.module, "--train-data", os.path.join(arguments.recorded, "samples.safetensors"), "--init-from",
         os.path.join(arguments.recorded, "init.safetensors"), "--train-sampling-strategy", "sequential", "--batch-size", "32",
         "--num-train-epochs", "3", "--logging-steps", "1", "--report-to", "none", "--save-strategy", "no", "--log-format",
         "json", "--output-dir", arguments.output, *options],
        check=True, stdout=subprocess.PIPE, text=True)
    log = [entry for entry in map(json.loads, result.stdout.splitlines()) if "learning_rate" in entry]
    compared = [("loss", recorded["losses"])] + ([("grad_norm", recorded["grad_norms"])] if "grad_norms" in recorded else [])
    worst = 0.0
    for key, values in compared:
        for step, (entry, expected) in enumerate(zip(log, values, strict=True), 1):
            difference = abs(entry[key] - expected) / abs(expected)
            worst = max(worst, difference)
            if not difference <= arguments.tolerance:
                sys.exit(f"{arguments.variant}, step {step}: expected {key} {expected:.9g}, found {entry[key]:.9g} "
                         f"(off by {difference:.2e}, tolerance {arguments.tolerance})")
    print(f"{arguments.variant}: {len(log)} steps as recorded, largest relative difference {worst:.2e}")


if __name__ == "__main__":
    main()
