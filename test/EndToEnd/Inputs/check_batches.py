#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains the perceptron of examples/mlp at several batch sizes, with accumulation and with clipping, and compares losses and
gradient norms with the same training done here in double precision (numpy would be one more package: plain Python, few steps).

  check_batches.py --modules DIR --data DIR --output DIR
"""
import argparse
import array
import gzip
import json
import math
import os
import struct
import subprocess
import sys

SIZES = {"fc1.weight": (128, 784), "fc1.bias": (128,), "fc2.weight": (10, 128), "fc2.bias": (10,)}
RATE = 0.1


def read_idx(path, header):
    with gzip.open(path) as file:
        return file.read()[header:]


def read_weights(path):
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    weights = {}
    for name, shape in SIZES.items():
        begin, end = header[name]["data_offsets"]
        values = array.array("f", data[8 + size + begin:8 + size + end]).tolist()
        weights[name] = [values[i:i + shape[1]] for i in range(0, len(values), shape[1])] if len(shape) == 2 else values
    return weights


class Perceptron:
    """The model, its gradient and SGD; pixels that are zero are skipped."""

    def __init__(self, path):
        self.weights = read_weights(path)

    def step(self, samples, max_norm=None):
        """One step on (pixels, label) pairs; gives the mean loss and the norm of the gradient."""
        w1, b1, w2, b2 = (self.weights[name] for name in SIZES)
        g1, gb1, g2, gb2 = [{} for _ in b1], [0.0] * 128, [[0.0] * 128 for _ in b2], [0.0] * 10
        loss = 0.0
        for pixels, label in samples:
            x = [(i, value / 255) for i, value in enumerate(pixels) if value]
            h = [max(0.0, bias + sum(row[i] * value for i, value in x)) for row, bias in zip(w1, b1)]
            y = [bias + sum(map(float.__mul__, row, h)) for row, bias in zip(w2, b2)]
            top = max(y)
            total = sum(math.exp(value - top) for value in y)
            loss += math.log(total) + top - y[label]
            dy = [(math.exp(value - top) / total - (k == label)) / len(samples) for k, value in enumerate(y)]
            for k, d in enumerate(dy):
                gb2[k] += d
                g2[k] = [g + d * value for g, value in zip(g2[k], h)]
            for j, value in enumerate(h):
                if value > 0:
                    d = sum(d * w2[k][j] for k, d in enumerate(dy))
                    gb1[j] += d
                    row = g1[j]
                    for i, pixel in x:
                        row[i] = row.get(i, 0.0) + d * pixel
        norm = math.sqrt(sum(g * g for row in g1 for g in row.values()) + sum(g * g for row in g2 for g in row) +
                         sum(g * g for g in gb1 + gb2))
        rate = RATE * (min(1.0, max_norm / (norm + 1e-6)) if max_norm else 1.0)
        for j, row in enumerate(g1):
            b1[j] -= rate * gb1[j]
            for i, g in row.items():
                w1[j][i] -= rate * g
        for k, row in enumerate(g2):
            b2[k] -= rate * gb2[k]
            w2[k] = [w - rate * g for w, g in zip(w2[k], row)]
        return loss / len(samples), norm


class Checks:
    def __init__(self, arguments):
        self.arguments = arguments
        self.images = read_idx(os.path.join(arguments.data, "train-images-idx3-ubyte.gz"), 16)
        self.labels = read_idx(os.path.join(arguments.data, "train-labels-idx1-ubyte.gz"), 8)
        self.init = os.path.join(arguments.output, "init", "model.safetensors")

    def train(self, module, steps, *options, rate=RATE):
        """The log of each step of a run in file order from the same weights."""
        output = os.path.join(self.arguments.output, "init" if "--init-from" not in options else "run")
        result = subprocess.run(
            ["weft", "train", os.path.join(self.arguments.modules, module), "--train-data", self.arguments.data, "--max-steps",
             str(steps), "--learning-rate", str(rate), "--train-sampling-strategy", "sequential", "--logging-steps", "1",
             "--report-to", "none", "--save-strategy", "no", "--log-format", "json", "--output-dir", output, *options],
            check=True, capture_output=True, text=True)
        return [entry for entry in map(json.loads, result.stdout.splitlines()) if "loss" in entry and "learning_rate" in entry]

    def samples(self, begin, count):
        return [(self.images[i * 784:(i + 1) * 784], self.labels[i]) for i in range(begin, begin + count)]

    def same(self, what, found, expected, tolerance):
        if not abs(found - expected) <= tolerance * abs(expected):
            sys.exit(f"{what}: expected {expected:.9g}, found {found:.9g}")

    def batch_sizes(self):
        for batch, steps in ((1, 4), (7, 4), (64, 4), (1000, 4)):
            log = self.train("plain.weft", steps, "--batch-size", str(batch), "--init-from", self.init)
            model = Perceptron(self.init)
            # A step of 1000 samples takes seconds here: two of them say what four would.
            for step in range(min(steps, 2) if batch > 64 else steps):
                loss, _ = model.step(self.samples(step * batch, batch))
                self.same(f"batch {batch}, step {step + 1}", log[step]["loss"], loss, 5e-6)
            print(f"batch {batch}: {len(log)} losses as computed")

    def last_batch(self):
        """At a rate of zero every loss is that of the first weights: the third batch of 4608 has 784 samples."""
        log = self.train("plain.weft", 3, "--batch-size", "4608", "--init-from", self.init, rate=0)
        loss, _ = Perceptron(self.init).step(self.samples(9216, 784))
        self.same("last batch", log[2]["loss"], loss, 5e-6)
        print("last batch of 784: loss as computed")

    def accumulation(self):
        plain = self.train("plain.weft", 6, "--batch-size", "64", "--init-from", self.init)
        summed = self.train("accumulating.weft", 6, "--batch-size", "16", "--gradient-accumulation-steps", "4", "--init-from",
                            self.init)
        for step, (found, expected) in enumerate(zip(summed, plain, strict=True), 1):
            self.same(f"accumulation, step {step}", found["loss"], expected["loss"], 1e-6)
        print(f"4 batches of 16 are a batch of 64: {len(plain)} losses")

    def clipping(self):
        log = self.train("clipping.weft", 6, "--batch-size", "64", "--max-grad-norm", "0.5", "--init-from", self.init)
        model = Perceptron(self.init)
        for step, entry in enumerate(log):
            loss, norm = model.step(self.samples(step * 64, 64), max_norm=0.5)
            self.same(f"clipping, loss of step {step + 1}", entry["loss"], loss, 5e-6)
            self.same(f"clipping, norm of step {step + 1}", entry["grad_norm"], norm, 2e-5)
        print(f"clipped to norm 0.5: {len(log)} losses and norms as computed")


def main():
    parser = argparse.ArgumentParser()
    for name in ("modules", "data", "output"):
        parser.add_argument(f"--{name}", required=True)
    checks = Checks(parser.parse_args())
    checks.train("plain.weft", 1, "--batch-size", "1", rate=0)
    checks.batch_sizes()
    checks.last_batch()
    checks.accumulation()
    checks.clipping()


if __name__ == "__main__":
    main()
