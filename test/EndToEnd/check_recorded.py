#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains with weft as a recorded PyTorch run did and compares: the loss of each step of the first epoch, then the epochs' mean
losses, test losses and accuracies. Prints the largest differences; exit code 1 if one is out of tolerance.

  check_recorded.py --variant sgd --module mlp.weft --data DIR --recorded DIR --output DIR [--tolerance 5e-6] [weft options...]
"""
import argparse
import csv
import json
import os
import subprocess
import sys


def read_recorded(folder, variant):
    with open(os.path.join(folder, f"{variant}.csv"), encoding="utf-8") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    with open(os.path.join(folder, f"{variant}-epochs.json"), encoding="utf-8") as file:
        return losses, json.load(file)


def train(arguments, epochs, options):
    command = ["weft", "train", arguments.module, "--train-data", arguments.data, "--eval-data", arguments.data,
               "--init-from", os.path.join(arguments.recorded, "init.safetensors"), "--train-sampling-strategy", "sequential",
               "--per-device-train-batch-size", str(arguments.batch), "--per-device-eval-batch-size", "1000",
               "--num-train-epochs", str(epochs), "--logging-steps", "1", "--eval-strategy", "epoch",
               "--save-strategy", "epoch", "--report-to", "none", "--output-dir", arguments.output, *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    checkpoints = [name for name in os.listdir(arguments.output) if name.startswith("checkpoint-")]
    last = max(checkpoints, key=lambda name: int(name.split("-")[1]))
    with open(os.path.join(arguments.output, last, "trainer_state.json"), encoding="utf-8") as file:
        return json.load(file)["log_history"]


def relative(found, expected):
    return abs(found - expected) / max(abs(expected), 1e-30)


def main():
    parser = argparse.ArgumentParser()
    for name in ("variant", "module", "data", "recorded", "output"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--tolerance", type=float, default=5e-6)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--epochs", type=int, help="compare this many (default: all that were recorded)")
    parser.add_argument("--images-off", type=int, default=3, help="test images that may be judged otherwise")
    parser.add_argument("--test-size", type=int, default=10000)
    arguments, options = parser.parse_known_args()

    losses, epochs = read_recorded(arguments.recorded, arguments.variant)
    epochs = epochs[:arguments.epochs]
    history = train(arguments, len(epochs), options)
    steps = {int(entry["step"]): entry["loss"] for entry in history if "loss" in entry}
    evaluations = [entry for entry in history if "eval_loss" in entry]
    failures = []

    worst = 0.0
    for step, expected in enumerate(losses, 1):
        worst = max(worst, relative(steps[step], expected))
        if relative(steps[step], expected) > arguments.tolerance:
            failures.append(f"step {step}: loss {steps[step]:.9g}, recorded {expected:.9g}")
    per_epoch = len(losses)
    worst_epoch = 0.0
    for number, (recorded, evaluation) in enumerate(zip(epochs, evaluations), 1):
        mean = sum(steps[step] for step in range((number - 1) * per_epoch + 1, number * per_epoch + 1)) / per_epoch
        # Rounding differences grow over epochs as they do between two runs in PyTorch with other thread counts.
        bound = arguments.tolerance * 20 * number
        for name, found, expected in (("loss", mean, recorded["loss"]), ("test loss", evaluation["eval_loss"], recorded["test_loss"])):
            worst_epoch = max(worst_epoch, relative(found, expected))
            if relative(found, expected) > bound:
                failures.append(f"epoch {number}: {name} {found:.9g}, recorded {expected:.9g}")
        if "eval_accuracy" in evaluation:
            off = abs(evaluation["eval_accuracy"] - recorded["test_accuracy"]) * arguments.test_size
            if off > arguments.images_off + 0.5:
                failures.append(f"epoch {number}: accuracy {evaluation['eval_accuracy']}, recorded {recorded['test_accuracy']}")
    print(f"{arguments.variant}: {len(losses)} steps, largest relative difference {worst:.2e}; "
          f"{len(epochs)} epochs, {worst_epoch:.2e}")
    print("\n".join(failures[:20]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
