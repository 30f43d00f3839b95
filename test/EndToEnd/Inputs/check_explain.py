#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares weft explain with what record_explain.py recorded, and integrated gradients with the difference that they explain.

  check_explain.py --recorded DIR --output DIR
"""
import argparse
import json
import os
import subprocess
import sys

from check_bert import Case


def explain(module, folder, *options):
    command = ["weft", "explain", module, "--checkpoint", folder, "--text", "w7 w20 w33 w90", *options]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--recorded", required=True)
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args()
    case = Case("sequence", arguments)
    with open(os.path.join(case.model, "vocab.txt"), "w", encoding="utf-8") as file:
        file.writelines(f"{token}\n" for token in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"w{i}" for i in range(5, 160))])
    module = os.path.join(arguments.output, "explain.weft")
    subprocess.run(["weftc", case.model, "--explain", "--bind=batch=8", "--bind=seq=8:32:24", "-o", module], check=True)
    with open(os.path.join(arguments.recorded, "explain.json"), encoding="utf-8") as file:
        recorded = json.load(file)
    found = explain(module, case.model, "--target", str(recorded["target"]))
    if [token["id"] for token in found["tokens"]] != recorded["ids"]:
        sys.exit(f"expected the ids {recorded['ids']}, found {found['tokens']}")
    for name, values in (("logits", found["logits"]), ("attributions", [token["attribution"] for token in found["tokens"]])):
        scale = max(map(abs, recorded[name]))
        worst = max(abs(a - b) for a, b in zip(values, recorded[name], strict=True)) / scale
        if not worst < 1e-4:
            sys.exit(f"{name}: expected {recorded[name]}, found {values}")
        print(f"{name}: as recorded")
    # The path through a layer norm is steep near the baseline: more steps come closer.
    full = explain(module, case.model, "--target", "1", "--method", "integrated-gradients", "--steps", "400")
    gap = full["sum"] - (full["score"] - full["baseline_score"])
    if not (abs(gap) < 0.01 * abs(full["score"] - full["baseline_score"]) and abs(gap - full["completeness_gap"]) < 1e-9):
        sys.exit(f"expected a small gap, found {gap:g} of {full['score'] - full['baseline_score']:g}")
    print("integrated gradients: complete")


if __name__ == "__main__":
    main()
