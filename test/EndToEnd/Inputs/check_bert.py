#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares Weft with what record_bert.py recorded of Hugging Face Transformers.

  check_bert.py reference --recorded DIR --output DIR VARIANT...   the reference interpreter: logits and loss of the first batch
  check_bert.py train --recorded DIR --output DIR VARIANT...       compiled training: loss, gradient norm and learning rate of each step

Prints the largest relative difference of each; exit code 1 if one is out of tolerance.
"""
import argparse
import json
import math
import os
import re
import struct
import subprocess
import sys

SEQUENCE, MASKED = 32, 8
# Relative, as between f32 and f64 in PyTorch itself.
TOLERANCES = {"loss": 2e-5, "grad_norm": 1e-4, "learning_rate": 1e-9}

LAYER = [("attention.self.query", "attention.q_lin"), ("attention.self.key", "attention.k_lin"),
         ("attention.self.value", "attention.v_lin"), ("attention.output.dense", "attention.out_lin"),
         ("attention.output.LayerNorm", "sa_layer_norm"), ("intermediate.dense", "ffn.lin1"), ("output.dense", "ffn.lin2"),
         ("output.LayerNorm", "output_layer_norm")]
HEAD = [("bert.pooler.dense", "pre_classifier"), ("cls.predictions.transform.dense", "vocab_transform"),
        ("cls.predictions.transform.LayerNorm", "vocab_layer_norm"), ("cls.predictions.bias", "vocab_projector.bias")]


def read_tensors(path):
    """Name: (type, shape, bytes)."""
    with open(path, "rb") as file:
        size, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = file.read()
    return {name: (entry["dtype"], entry["shape"], data[slice(*entry["data_offsets"])])
            for name, entry in header.items() if name != "__metadata__"}


def write_tensors(path, tensors):
    header, offset = {}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(data for _, _, data in tensors.values()))


def rename(name):
    """What DistilBERT calls a parameter of BERT's."""
    for old, new in HEAD:
        if name.startswith(old):
            return new + name[len(old):]
    if "encoder.layer" in name:
        for old, new in LAYER:
            name = name.replace(f".{old}.", f".{new}.")
    return name.replace("bert.encoder.layer.", "distilbert.transformer.layer.").replace("bert.embeddings.", "distilbert.embeddings.")


def first_row(tensor):
    dtype, shape, data = tensor
    return dtype, [1] + shape[1:], data[:len(data) // shape[0]]


class Case:
    """A folder as Hugging Face writes it, and samples with the names of the model's inputs."""

    def __init__(self, variant, arguments):
        with open(os.path.join(arguments.recorded, "recorded.json"), encoding="utf-8") as file:
            self.run = json.load(file)
        self.variant = variant
        self.recorded = self.run["variants"][variant]
        self.folder = os.path.join(arguments.output, variant)
        self.model = os.path.join(self.folder, "model")
        os.makedirs(self.model, exist_ok=True)
        with open(os.path.join(self.model, "config.json"), "w", encoding="utf-8") as file:
            json.dump(self.recorded["config"], file, indent=2)
        weights = read_tensors(os.path.join(arguments.recorded, "model.safetensors"))
        if variant == "regression":
            weights = {name: first_row(value) if name.startswith("classifier") else value for name, value in weights.items()}
        if variant.startswith("distil-"):
            weights = {rename(name): value for name, value in weights.items()}
        self.weights = weights
        write_tensors(os.path.join(self.model, "model.safetensors"), weights)
        self.has_masked = variant.endswith(("masked-lm", "pretraining"))
        self.samples = self.choose_samples(read_tensors(os.path.join(arguments.recorded, "samples.safetensors")))
        write_tensors(os.path.join(self.folder, "samples.safetensors"), self.samples)

    def choose_samples(self, samples):
        kind = self.variant.replace("distil-", "").replace("-smoothed", "")
        names = {"input_ids": "input_ids", "attention_mask": "attention_mask"}
        if not self.variant.startswith("distil-"):
            names["token_type_ids"] = "token_type_ids"
        if kind == "question":
            names.update(start_positions="start_positions", end_positions="end_positions")
        elif self.has_masked:
            names.update(labels="labels.masked-lm", masked_positions="masked_positions")
        else:
            names["labels"] = f"labels.{kind}" if f"labels.{kind}" in samples else "labels"
        if kind == "pretraining":
            names["next_sentence_label"] = "next_sentence_label"
        return {name: samples[source] for name, source in names.items()}

    def binds(self):
        return [f"--bind=seq={SEQUENCE}"] + ([f"--bind=masked={MASKED}"] if self.has_masked else [])


def tensor_text(tensor):
    dtype, shape, data = tensor
    element = {"F32": "f32", "I32": "i32"}[dtype]
    dims = "".join(f"{size}x" for size in shape)
    return f'dense<"0x{data.hex().upper()}"> : tensor<{dims}{element}>'


def first_batch(case, name):
    dtype, shape, data = case.samples[name]
    rows = case.run["batch"]
    return dtype, [rows] + shape[1:], data[:len(data) // shape[0] * rows]


def fill(case, text):
    """The model with its weights as initial values and the first batch as the arguments of its functions."""
    missing = []

    def initialize(match):
        if match[2] not in case.weights:
            missing.append(match[2])
            return match[0]
        return match[1] + tensor_text(case.weights[match[2]])

    text = re.sub(r"(weft\.parameter @(\S+).* = )#weft\.\w+<.*>", initialize, text)
    if missing:
        sys.exit(f"{case.variant}: expected weights for {', '.join(missing)}, found none")
    smoothing = case.recorded.get("label_smoothing_factor", 0.0)
    text = re.sub(r"weft\.scalar = #weft\.scalar_role<label_smoothing>", lambda match: f"case.value = dense<{smoothing}> : tensor<f64>, {match[0]}", text)
    return re.sub(r'weft\.input = "(\w+)"', lambda match: f"case.value = {tensor_text(first_batch(case, match[1]))}, {match[0]}", text)


def worst_difference(found, expected):
    scale = max(abs(value) for value in expected)
    return max(abs(a - b) for a, b in zip(found, expected, strict=True)) / scale


def first_scores(values, case):
    """Of the vocabulary's scores the first four, which are what is recorded."""
    width = case.recorded["config"]["vocab_size"]
    return [value for begin in range(0, len(values), width) for value in values[begin:begin + 4]]


def check_reference(case):
    compiled = subprocess.run(["weftc", case.model, "--compile-to=specialized", *case.binds()], check=True, stdout=subprocess.PIPE, text=True)
    path = os.path.join(case.folder, "filled.mlir")
    with open(path, "w", encoding="utf-8") as file:
        file.write(fill(case, compiled.stdout))
    suffix = f"__seq{SEQUENCE}" + (f"__masked{MASKED}" if case.has_masked else "")
    evaluated = subprocess.run(["weft-opt", path, f"--weft-evaluate=function=logits{suffix},loss{suffix} precision=12", "-o", os.devnull],
                               check=True, stdout=subprocess.PIPE, text=True)
    results = {}
    for line in evaluated.stdout.splitlines():
        name, values = re.match(r"@(\w+?)__\S*#\d+: .*? = (.*)", line).groups()
        results.setdefault(name, []).append([float(value) for value in re.findall(r"[^\[\], ]+", values)])
    worst = 0.0
    if case.has_masked:
        results["logits"][0] = first_scores(results["logits"][0], case)
    for (name, expected), found in zip(case.recorded["logits"].items(), results["logits"], strict=True):
        difference = worst_difference(found, expected)
        worst = max(worst, difference)
        if not difference <= 1e-5:
            sys.exit(f"{case.variant}: {name} differ by {difference:.2e} of the largest")
    loss, expected = results["loss"][0][0], case.recorded["steps"][0]["loss"]
    difference = abs(loss - expected) / expected
    if not difference <= 5e-6:
        sys.exit(f"{case.variant}: expected loss {expected:.9g}, found {loss:.9g} (off by {difference:.2e})")
    print(f"{case.variant}: logits as recorded within {worst:.2e}, loss within {difference:.2e}")


def check_train(case):
    run = case.run
    module = os.path.join(case.folder, "model.weft")
    subprocess.run(["weftc", case.model, *case.binds(), f"--bind=batch={run['batch']}", "-o", module], check=True)
    steps = case.recorded["steps"]
    result = subprocess.run(
        ["weft", "train", module, "--train-data", os.path.join(case.folder, "samples.safetensors"), "--init-from",
         os.path.join(case.folder, "init.safetensors"), "--train-sampling-strategy", "sequential", "--batch-size", str(run["batch"]),
         "--max-steps", str(len(steps)), "--learning-rate", str(run["learning_rate"]), "--warmup-steps", str(run["warmup_steps"]),
         "--weight-decay", str(run["weight_decay"]), "--max-grad-norm", str(run["max_grad_norm"]), "--lr-scheduler-type", "linear",
         "--label-smoothing-factor", str(case.recorded.get("label_smoothing_factor", 0.0)), "--logging-steps", "1", "--report-to", "none", "--save-strategy", "no", "--log-format", "json", "--output-dir",
         os.path.join(case.folder, "run")],
        check=True, stdout=subprocess.PIPE, text=True)
    log = [entry for entry in map(json.loads, result.stdout.splitlines()) if "learning_rate" in entry]
    worst = dict.fromkeys(TOLERANCES, 0.0)
    for step, (entry, expected) in enumerate(zip(log, steps, strict=True), 1):
        for key, tolerance in TOLERANCES.items():
            difference = abs(entry[key] - expected[key]) / max(abs(expected[key]), 1e-12)
            worst[key] = max(worst[key], difference)
            if not (difference <= tolerance and math.isfinite(entry[key])):
                sys.exit(f"{case.variant}, step {step}: expected {key} {expected[key]:.9g}, found {entry[key]:.9g} "
                         f"(off by {difference:.2e}, tolerance {tolerance})")
    print(f"{case.variant}: {len(log)} steps as recorded, loss within {worst['loss']:.2e}, gradient norm within {worst['grad_norm']:.2e}")


def write_own_weights(case):
    """Only the parameters that this model has: --init-from takes no others."""
    listed = subprocess.run(["weft-translate", "--hf-to-weft", case.model], check=True, stdout=subprocess.PIPE, text=True).stdout
    names = set(re.findall(r"weft\.parameter @(\S+)", listed))
    write_tensors(os.path.join(case.folder, "init.safetensors"), {name: value for name, value in case.weights.items() if name in names})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=("reference", "train"))
    parser.add_argument("--recorded", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("variants", nargs="+")
    arguments = parser.parse_args()
    for variant in arguments.variants:
        case = Case(variant, arguments)
        if arguments.mode == "reference":
            check_reference(case)
        else:
            write_own_weights(case)
            check_train(case)


if __name__ == "__main__":
    main()
