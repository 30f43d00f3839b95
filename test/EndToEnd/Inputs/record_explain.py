#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records what tokens contribute to logits by PyTorch's gradients, for the tiny models of record_bert.py: gradient x input, and
integrated gradients from word embeddings of zero by the midpoint rule, in f64. Needs torch and transformers; the folders are those
that check_explain.py leaves in OUTPUT/VARIANT/model. What it writes is checked in as tiny-bert/explain.json.

  record_explain.py OUTPUT explain.json
"""
import json
import os
import sys

import torch
import transformers

STEPS = 16
# Ids of two texts, the second of which is a pair; for each, targets as (position or None, class).
TEXTS = [([2, 7, 20, 33, 90, 3], 0), ([2, 9, 11, 3, 40, 41, 42, 59, 77, 101, 3], 4)]
TARGETS = {
    "sequence": [(None, 1), (None, 2)],
    "multi-label": [(None, 0), (None, 2)],
    "regression": [(None, 0), (None, 0)],
    "token": [(1, 2), (2, 0)],
    "question": [None, (6, 0)],
    "distil-sequence": [(None, 1), (None, 2)],
}


def rounded(values):
    return [float(f"{value:.8g}") for value in values]


def get_logits(outputs):
    if "start_logits" in outputs:
        return torch.stack([outputs.start_logits, outputs.end_logits], -1)[0]
    return outputs.logits[0]


def record(model, ids, first_of_pair, position, target):
    types = [int(first_of_pair and i >= first_of_pair) for i in range(len(ids))]
    inputs = {} if model.config.model_type == "distilbert" else {"token_type_ids": torch.tensor([types])}
    words = model.get_input_embeddings()(torch.tensor([ids])).detach()

    def at(alpha):
        scaled = (words * alpha).requires_grad_()
        logits = get_logits(model(inputs_embeds=scaled, **inputs))
        score = (logits if position is None else logits[position])[target]
        gradient, = torch.autograd.grad(score, scaled)
        return logits if position is None else logits[position], (gradient * words).sum(2)[0]

    logits, product = at(1.0)
    integrated = sum(at((k + 0.5) / STEPS)[1] for k in range(STEPS)) / STEPS
    return {"ids": ids, "position": position, "target": target, "logits": rounded(logits.tolist()), "baseline": rounded(at(0.0)[0].tolist()),
            "gradient-x-input": rounded(product.tolist()), "integrated-gradients": rounded(integrated.tolist())}


def main():
    result = {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__, "steps": STEPS, "variants": {}}
    for variant, targets in TARGETS.items():
        folder = os.path.join(sys.argv[1], variant, "model")
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            name = json.load(file)["architectures"][0]
        model = getattr(transformers, name).from_pretrained(folder).double().eval()
        result["variants"][variant] = [record(model, ids, pair, *target) for (ids, pair), target in zip(TEXTS, targets) if target]
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
