#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records what PyTorch computes when it trains a 20-16-5 perceptron for three epochs on 200 samples in file order, in batches of 32
(the last one of each epoch has 8), with several optimizers. Needs torch and safetensors; what it writes is checked in beside it.

  record_small.py FOLDER
"""
import json
import os
import sys
from collections import OrderedDict

import torch
from safetensors.torch import save_file
from torch import nn

SAMPLES, FEATURES, HIDDEN, CLASSES, BATCH, EPOCHS = 200, 20, 16, 5, 32, 3

# The keywords of torch.optim, and the norm to which gradients are clipped.
VARIANTS = {
    "sgd": (torch.optim.SGD, {"lr": 0.1}, None),
    "nesterov": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}, None),
    "adam": (torch.optim.Adam, {"lr": 0.01}, None),
    "adamw": (torch.optim.AdamW, {"lr": 0.01, "weight_decay": 0.1}, None),
    "clipping": (torch.optim.SGD, {"lr": 0.5}, 0.25),
}


def build():
    return nn.Sequential(
        OrderedDict(fc1=nn.Linear(FEATURES, HIDDEN), relu=nn.ReLU(), fc2=nn.Linear(HIDDEN, CLASSES)))


def record(variant, initial, x, labels):
    optimizer_type, keywords, max_norm = VARIANTS[variant]
    model = build()
    model.load_state_dict(initial)
    optimizer = optimizer_type(model.parameters(), **keywords)
    losses, norms = [], []
    for _ in range(EPOCHS):
        for begin in range(0, SAMPLES, BATCH):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x[begin:begin + BATCH]), labels[begin:begin + BATCH])
            loss.backward()
            if max_norm:
                norms.append(nn.utils.clip_grad_norm_(model.parameters(), max_norm).item())
            optimizer.step()
            losses.append(loss.item())
    recorded = {"losses": losses}
    if norms:
        recorded["grad_norms"] = norms
    return recorded


def main():
    folder = sys.argv[1]
    torch.set_num_threads(1)
    torch.manual_seed(0)
    initial = {name: value.clone() for name, value in build().state_dict().items()}
    labels = torch.randint(CLASSES, (SAMPLES,))
    x = torch.randn(CLASSES, FEATURES)[labels] + 0.8 * torch.randn(SAMPLES, FEATURES)
    save_file(initial, os.path.join(folder, "init.safetensors"))
    save_file({"x": x, "labels": labels}, os.path.join(folder, "samples.safetensors"))
    recorded = {variant: record(variant, initial, x, labels) for variant in VARIANTS}
    with open(os.path.join(folder, "recorded.json"), "w", encoding="utf-8") as file:
        json.dump({"torch": torch.__version__.split("+")[0], "variants": recorded}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
