#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains on the same texts in every format, in one bucket and in several, on one thread and on two, and compares what comes out.

  check_text.py --modules DIR --texts DIR --output DIR
"""
import argparse
import csv
import json
import os
import subprocess


def read_rows(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file][1:]


def write_formats(texts, folder):
    for name in ("train", "dev"):
        rows = read_rows(os.path.join(texts, f"{name}.tsv"))
        with open(os.path.join(folder, f"{name}.csv"), "w", encoding="utf-8", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["id", "sentence", "label"], *([i, *row] for i, row in enumerate(rows))])
        with open(os.path.join(folder, f"{name}.jsonl"), "w", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows)
        os.makedirs(os.path.join(folder, "cola"), exist_ok=True)
        with open(os.path.join(folder, "cola", f"{name}.tsv"), "w", encoding="utf-8") as file:
            file.writelines(f"gj04\t{int(label == 'positive')}\t{'' if label == 'positive' else '*'}\t{text}\n" for text, label in rows)


def train(module, model, data, evaluation, output, *options):
    command = ["weft", "train", module, "--model", model, "--train-data", data, "--eval-data", evaluation, "--output-dir", output,
               "--logging-steps", "1", "--epochs", "3", "--lr", "0.02", "--report-to", "none", "--save-strategy", "no",
               "--log-format", "json", *options]
    lines = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    logs = [json.loads(line) for line in lines]
    with open(os.path.join(output, "model.safetensors"), "rb") as file:
        return [log["loss"] for log in logs if "loss" in log] + [log["eval_loss"] for log in logs if "eval_loss" in log], file.read()


def compare(name, run, first, bits):
    worst = max(abs(a / b - 1) for a, b in zip(run[0], first[0]))
    same = len(run[0]) == len(first[0]) and (run[1] == first[1] if bits else worst < 1e-5)
    print(f"{name}: {len(run[0])} losses, {('the same bits' if bits else 'equal') if same else f'different by {worst:g}'}")


def main():
    parser = argparse.ArgumentParser()
    for option in ("--modules", "--texts", "--output"):
        parser.add_argument(option, required=True)
    arguments = parser.parse_args()
    write_formats(arguments.texts, arguments.output)
    several, one = (os.path.join(arguments.modules, f"{name}.weft") for name in ("several", "one"))
    made = lambda name: os.path.join(arguments.output, name)
    run = lambda *rest: train(rest[0], arguments.texts, rest[1], rest[2], made("out"), *rest[3:])
    first = run(several, arguments.texts, arguments.texts)
    for kind in ("csv", "jsonl"):
        compare(kind, run(several, made(f"train.{kind}"), made(f"dev.{kind}")), first, True)
    compare("cola", run(several, made("cola"), made("cola")), first, True)
    compare("one thread", run(several, arguments.texts, arguments.texts, "--num-threads", "1"), first, True)
    compare("two threads", run(several, arguments.texts, arguments.texts, "--num-threads", "2"), first, True)
    compare("one bucket", run(one, arguments.texts, arguments.texts), first, False)
    grouped = run(several, arguments.texts, arguments.texts, "--group-by-length", "--label-column", "label", "--text-column", "Sentence")
    print("grouped by length:", "another order" if grouped[0] != first[0] else "the same order")


if __name__ == "__main__":
    main()
