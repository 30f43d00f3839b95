#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares weft explain with what record_explain.py recorded, whatever the batch, and integrated gradients with the difference that
they explain.

  check_explain.py --recorded DIR --output DIR [--folders-only]
"""
import argparse
import json
import os
import subprocess
import sys

from check_bert import Case

VARIANTS = ["sequence", "multi-label", "regression", "token", "question", "distil-sequence"]


def write_vocabulary(folder):
    with open(os.path.join(folder, "vocab.txt"), "w", encoding="utf-8") as file:
        file.writelines(f"{token}\n" for token in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"w{i}" for i in range(5, 160))])


def explain(module, folder, *options):
    command = ["weft", "explain", module, "--checkpoint", folder, *options]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def options_of(expected):
    """The texts, target and word whose tokens were recorded."""
    texts = [[]]
    for token in expected["ids"][1:]:
        if token == 3:
            texts.append([])
        else:
            texts[-1].append(f"w{token}")
    options = ["--text", " ".join(texts[0])]
    if len(texts) > 2:
        options += ["--pair", " ".join(texts[1])]
    position, target = expected["position"], expected["target"]
    if position is None:
        return options + ["--target", str(target)]
    if len(texts) > 2 and position > len(texts[0]):
        return options + ["--target", ["start", "end"][target], "--word", str(position - len(texts[0]) - 2)]
    return options + ["--target", str(target), "--word", str(position - 1)]


def compare(what, found, expected, tolerance):
    scale = max(map(abs, expected))
    worst = max(abs(a - b) for a, b in zip(found, expected, strict=True)) / scale
    if not worst < tolerance:
        sys.exit(f"{what}: expected {expected}, found {found}")
    return worst


def check(variant, case, module, recorded):
    worst = 0.0
    for expected in recorded["variants"][variant]:
        options = options_of(expected)
        for method in ("gradient-x-input", "integrated-gradients"):
            what = f"{variant}, {method}"
            for batch in ("1", "5", "64"):
                found, = explain(module, case.model, *options, "--method", method, "--steps", str(recorded["steps"]), "--batch-size", batch)
                if [token["id"] for token in found["tokens"]] != expected["ids"] or found.get("position") != expected["position"]:
                    sys.exit(f"{what}: expected the ids {expected['ids']} and position {expected['position']}, found {found}")
                worst = max(worst, compare(what, [token["attribution"] for token in found["tokens"]], expected[method], 1e-5),
                            compare(what, found["logits"], expected["logits"], 1e-5))
                if method == "integrated-gradients":
                    base = expected["baseline"][expected["target"]]
                    if not abs(found["baseline_score"] - base) < 1e-6:
                        sys.exit(f"{what}: expected the baseline {base}, found {found['baseline_score']}")
                    gap = sum(expected[method]) - (expected["logits"][expected["target"]] - base)
                    if not abs(found["completeness_gap"] - gap) < 1e-5:
                        sys.exit(f"{what}: expected a gap of {gap:g}, found {found['completeness_gap']:g}")
    print(f"{variant}: as recorded within {worst:.1e}, whatever the batch")


def check_completeness(case, module):
    """The path through a layer norm is steep near the baseline: more steps come closer."""
    options = ("--text", "w7 w20 w33 w90", "--target", "1", "--method", "integrated-gradients", "--steps")
    gaps = []
    for steps in ("25", "400"):
        full, = explain(module, case.model, *options, steps)
        difference = full["score"] - full["baseline_score"]
        gap = full["sum"] - difference
        if not abs(gap - full["completeness_gap"]) < 1e-9:
            sys.exit(f"expected the gap {gap:g}, found {full['completeness_gap']:g}")
        gaps.append(abs(gap) / abs(difference))
    if not gaps[1] < min(0.01, gaps[0]):
        sys.exit(f"expected gaps that vanish, found {gaps}")
    print("integrated gradients: complete")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--recorded", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--folders-only", action="store_true")
    arguments = parser.parse_args()
    with open(os.path.join(arguments.recorded, "explain.json"), encoding="utf-8") as file:
        recorded = json.load(file)
    for variant in VARIANTS:
        case = Case(variant, arguments)
        write_vocabulary(case.model)
        if arguments.folders_only:
            continue
        module = os.path.join(arguments.output, f"{variant}.weft")
        subprocess.run(["weftc", case.model, "--explain", "--bind=batch=8", "--bind=seq=8:32:24", "-o", module], check=True)
        check(variant, case, module, recorded)
        if variant == "sequence":
            check_completeness(case, module)


if __name__ == "__main__":
    main()
