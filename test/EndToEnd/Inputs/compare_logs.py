#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares the logs of two runs, or of a run and of a recorded one, step by step.

  compare_logs.py RUN/trainer_state.json OTHER/trainer_state.json|RECORDED.csv [--loss X] [--grad-norm X] [--eval RECORDED.json]
"""
import argparse
import csv
import json


def read(path):
    if path.endswith(".csv"):
        with open(path, newline="", encoding="utf-8") as file:
            return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    with open(path, encoding="utf-8") as file:
        return [entry for entry in json.load(file)["log_history"] if "loss" in entry]


def relative(a, b):
    return abs(a - b) / abs(b) if b else abs(a)


def compare(name, run, other, tolerance):
    pairs = [(a[name], b[name]) for a, b in zip(run, other) if name in a and name in b]
    worst = max(relative(a, b) for a, b in pairs)
    print(f"{name}: {len(pairs)} steps, {'as recorded' if worst <= tolerance else f'different by {worst:.3g}'}")


def compare_evaluation(run, recorded):
    with open(run, encoding="utf-8") as file:
        last = [entry for entry in json.load(file)["log_history"] if "eval_loss" in entry][-1]
    with open(recorded, encoding="utf-8") as file:
        wanted = json.load(file)["after"]
    sentences = round(abs(last["eval_accuracy"] - wanted["eval_accuracy"]) * 872)
    near = relative(last["eval_loss"], wanted["eval_loss"]) <= 2e-5
    print(f"evaluation: loss {'as recorded' if near else last['eval_loss']}, {'accuracy as recorded' if sentences <= 2 else f'{sentences} differ'}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("run")
    parser.add_argument("other")
    parser.add_argument("--loss", type=float, default=1e-5)
    parser.add_argument("--grad-norm", type=float, default=1e-4)
    parser.add_argument("--eval")
    arguments = parser.parse_args()
    run, other = read(arguments.run), read(arguments.other)
    if len(run) != len(other):
        print(f"{len(run)} steps, expected {len(other)}")
    compare("loss", run, other, arguments.loss)
    compare("grad_norm", run, other, arguments.grad_norm)
    compare("learning_rate", run, other, 1e-8)
    if arguments.eval:
        compare_evaluation(arguments.run, arguments.eval)


if __name__ == "__main__":
    main()
