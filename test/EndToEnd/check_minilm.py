#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fine-tunes a pretrained MiniLM as a recorded Hugging Face Trainer did, without dropout, and compares loss, gradient norm and learning
rate of each step, then the evaluation afterwards. Prints the largest relative differences; exit code 1 if one is out of tolerance.

  check_minilm.py {sst2,wnut17,mlm} --model MODEL_DIR --data DIR --recorded DIR --output DIR [--steps N]

MODEL_DIR is the package's folder, DIR of --data holds sst2/ and wnut17/, DIR of --recorded minilm-sst2/, minilm-wnut17/ and minilm-mlm/.
"""
import argparse
import csv
import json
import os
import subprocess
import sys

# Rates are recorded with nine digits.
TOLERANCES = {"loss": 2e-5, "grad_norm": 1e-4, "learning_rate": 5e-9}

# Options of weftc, of weft train, and the recorded steps.
CASES = {
    "sst2": (["--task", "sequence-classification", "--num-labels", "2", "--bind=seq=16:128:16"],
             ["--train-data", "{data}/sst2/train.tsv", "--eval-data", "{data}/sst2/dev.tsv", "--text-column", "sentence",
              "--label-column", "label", "--warmup-steps", "20"], "steps-100"),
    "wnut17": (["--task", "token-classification", "--labels-file", "{recorded}/labels.json", "--bind=seq=16:128:16"],
               ["--train-data", "{data}/wnut17/train.conll", "--eval-data", "{data}/wnut17/dev.conll", "--warmup-steps", "5"],
               "steps-50"),
    "mlm": (["--task", "masked-lm", "--bind=seq=128", "--bind=masked=32"],
            ["--train-data", "{recorded}/batches.safetensors", "--warmup-steps", "5"], "steps-20"),
}


def without_dropout(source, folder):
    """The model's folder, its files linked, with a configuration without dropout."""
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(source):
        target = os.path.join(folder, name)
        if name != "config.json" and not os.path.exists(target):
            os.symlink(os.path.join(os.path.abspath(source), name), target)
    with open(os.path.join(source, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    config.update(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file, indent=2)


def train(arguments, recorded, model, total, steps):
    compile_options, options, _ = CASES[arguments.case]
    places = {"data": arguments.data, "recorded": recorded}
    module = os.path.join(arguments.output, f"{arguments.case}.weft")
    subprocess.run(["weftc", model, *[option.format(**places) for option in compile_options], "--bind=batch=16", "-o", module], check=True)
    # The schedule is that of all steps even if fewer are taken: max_steps says how many there are, so take them all.
    command = ["weft", "train", module, "--model", model, "--init-from", os.path.join(recorded, "head.safetensors"),
               *[option.format(**places) for option in options], "--train-sampling-strategy", "sequential", "--batch-size", "16",
               "--per-device-eval-batch-size", "64", "--max-seq-length", "128", "--max-steps", str(total), "--weight-decay", "0.01",
               "--logging-steps", "1", "--report-to", "none", "--save-strategy", "no", "--log-format", "json", "--output-dir",
               os.path.join(arguments.output, f"{arguments.case}-run")]
    log, evaluations = [], []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            entry = json.loads(line)
            if "grad_norm" in entry:
                log.append(entry)
            if "eval_loss" in entry:
                evaluations.append(entry)
            if len(log) == steps < total:
                process.kill()
                return log, evaluations
    if process.returncode:
        sys.exit(f"{arguments.case}: weft train ended with {process.returncode}")
    return log, evaluations


def compare_evaluation(case, recorded, evaluations):
    after = recorded["after"]
    if not after or not evaluations:
        return
    found = evaluations[-1]
    if "eval_accuracy" in after:
        off = abs(found["eval_accuracy"] - after["eval_accuracy"]) * 872
        print(f"{case}: evaluation loss {found['eval_loss']:.7f}, recorded {after['eval_loss']:.7f}; {off:.1f} sentences judged otherwise")
        if off > 2.5 or abs(found["eval_loss"] / after["eval_loss"] - 1) > 1e-4:
            sys.exit(f"{case}: expected accuracy {after['eval_accuracy']}, found {found['eval_accuracy']}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=CASES)
    for name in ("model", "data", "recorded", "output"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--steps", type=int, help="compare this many and stop (default: all that were recorded)")
    arguments = parser.parse_args()
    recorded = os.path.join(arguments.recorded, f"minilm-{arguments.case}")
    name = CASES[arguments.case][2]
    with open(os.path.join(recorded, f"{name}.csv"), encoding="utf-8") as file:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    model = os.path.join(arguments.output, f"{arguments.case}-model")
    without_dropout(arguments.model, model)
    steps = min(arguments.steps or len(rows), len(rows))
    log, evaluations = train(arguments, recorded, model, len(rows), steps)
    worst = dict.fromkeys(TOLERANCES, 0.0)
    failures = []
    for step, (entry, expected) in enumerate(zip(log[:steps], rows[:steps], strict=True), 1):
        for key, tolerance in TOLERANCES.items():
            difference = abs(entry[key] - expected[key]) / max(abs(expected[key]), 1e-12)
            worst[key] = max(worst[key], difference)
            if not difference <= tolerance:
                failures.append(f"step {step}: expected {key} {expected[key]:.9g}, found {entry[key]:.9g} (off by {difference:.2e})")
    print(f"{arguments.case}: {steps} steps, largest relative differences: " + ", ".join(f"{key} {value:.2e}" for key, value in worst.items()))
    if failures:
        sys.exit("\n".join(failures[:20]))
    with open(os.path.join(recorded, f"{name}.json"), encoding="utf-8") as file:
        compare_evaluation(arguments.case, json.load(file), evaluations)


if __name__ == "__main__":
    main()
