#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Loads what weft train wrote in Hugging Face Transformers and in TensorBoard, compares logits, and saves the model as they do.

  check_peers.py --trained DIR --predictions FILE.csv --texts FILE.tsv --logs DIR --output DIR
"""
import argparse
import csv
import glob

import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from transformers import AutoModelForSequenceClassification, AutoTokenizer


def main():
    parser = argparse.ArgumentParser()
    for option in ("--trained", "--predictions", "--texts", "--logs", "--output"):
        parser.add_argument(option, required=True)
    arguments = parser.parse_args()
    model, report = AutoModelForSequenceClassification.from_pretrained(arguments.trained, output_loading_info=True)
    tokenizer = AutoTokenizer.from_pretrained(arguments.trained)
    model.eval()
    print("loaded:", {kind: names for kind, names in report.items() if names} or "all weights, none left over")
    print("classes:", [model.config.id2label[i] for i in sorted(model.config.id2label)], model.config.problem_type)
    with open(arguments.texts, encoding="utf-8") as file:
        texts = [line.split("\t")[0] for line in file][1:]
    with open(arguments.predictions, newline="", encoding="utf-8") as file:
        rows = [[float(value) for key, value in row.items() if key.startswith("score_")] for row in csv.DictReader(file)]
    with torch.no_grad():
        logits = model(**tokenizer(texts, padding=True, return_tensors="pt")).logits
    worst = (logits - torch.tensor(rows)).abs().max().item()
    print(f"logits of {len(texts)} texts:", "equal" if worst < 1e-4 else f"different by {worst}")
    model.save_pretrained(arguments.output)
    tokenizer.save_pretrained(arguments.output)
    events = EventAccumulator(glob.glob(arguments.logs)[0])
    events.Reload()
    scalars = {tag: len(events.Scalars(tag)) for tag in events.Tags()["scalars"]}
    print("events:", ", ".join(f"{tag} {scalars[tag]}" for tag in ("train/loss", "train/learning_rate", "train/grad_norm", "eval/accuracy")))


if __name__ == "__main__":
    main()
