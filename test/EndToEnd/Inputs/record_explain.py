#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records gradient x input of a text by PyTorch for the tiny BERT of record_bert.py. Needs torch and transformers.

  record_explain.py MODEL_DIR OUTPUT.json
"""
import json
import sys

import torch
import transformers

IDS, TARGET = [2, 7, 20, 33, 90, 3], 1


def main():
    model = transformers.BertForSequenceClassification.from_pretrained(sys.argv[1]).eval()
    words = model.get_input_embeddings()(torch.tensor([IDS])).detach().requires_grad_()
    logits = model(inputs_embeds=words).logits[0]
    gradient, = torch.autograd.grad(logits[TARGET], words)
    result = {"ids": IDS, "target": TARGET, "logits": logits.tolist(), "attributions": (gradient * words).sum(2)[0].tolist()}
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
