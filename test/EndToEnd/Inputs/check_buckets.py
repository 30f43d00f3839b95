#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains a module that has several lengths and one that has a single, larger one on the same sequences, and compares losses.

  check_buckets.py --modules DIR --output DIR
"""
import argparse
import array
import json
import os
import random
import struct
import subprocess


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, (kind, shape, values) in tensors.items():
        content = array.array({"F32": "f", "I64": "q", "I32": "i"}[kind], values).tobytes()
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def write_sequences(path, samples, length):
    """Every third label is ignored."""
    draw = random.Random(length)
    x = [draw.uniform(-1, 1) for _ in range(samples * length * 8)]
    labels = [-100 if i % 3 == 2 else int(x[8 * i] > 0) + int(x[8 * i + 1] > 0) for i in range(samples * length)]
    write_safetensors(path, {"x": ("F32", [samples, length, 8], x), "labels": ("I64", [samples, length], labels)})


def train(module, data, output, *options):
    command = ["weft", "train", module, "--train-data", data, "--eval-data", data, "--output-dir", output, "--logging-steps", "1",
               "--num-train-epochs", "2", "--save-strategy", "no", "--report-to", "none", "--log-format", "json", *options]
    lines = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    logs = [json.loads(line) for line in lines]
    return [log["loss"] for log in logs if "loss" in log], [log["eval_loss"] for log in logs if "eval_loss" in log]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--modules", required=True)
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args()
    for length in (3, 4, 8):
        data = os.path.join(arguments.output, f"length-{length}.safetensors")
        write_sequences(data, 21, length)
        runs = [train(os.path.join(arguments.modules, module), data, os.path.join(arguments.output, "out"), *options)
                for module, options in (("several.weft", ()), ("one.weft", ()),
                                        ("several.weft", ("--per-device-train-batch-size", "4", "--gradient-accumulation-steps", "2")))]
        worst = max(abs(a / b - 1) for other in runs[1:] for kind in (0, 1) for a, b in zip(other[kind], runs[0][kind]))
        assert all(len(kind) == len(first) for run in runs for kind, first in zip(run, runs[0]))
        print(f"length {length}: {len(runs[0][0])} losses, {'equal' if worst < 1e-5 else f'different by {worst:g}'}")


if __name__ == "__main__":
    main()
