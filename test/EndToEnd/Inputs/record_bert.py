#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records what Hugging Face Transformers computes for a tiny random BERT (2 layers, 64 wide) and a DistilBERT with the same weights:
for each head the logits of the first batch before training, then loss, gradient norm and learning rate of each AdamW step, as Trainer
takes them (batches in file order, clipping at 1.0, weight decay 0.01 except for biases and norms, linear schedule with warmup; no
dropout). Needs torch, transformers and safetensors; what it writes is checked in beside it.

  record_bert.py FOLDER
"""
import json
import os
import sys

import torch
import transformers
from safetensors.torch import save_file
from torch import nn
from transformers.trainer_pt_utils import LabelSmoother

SAMPLES, SEQUENCE, BATCH, VOCABULARY, WIDTH, CLASSES, MASKED = 32, 32, 8, 160, 64, 3, 8
LEARNING_RATE, WARMUP, WEIGHT_DECAY, CLIPPING, SMOOTHING = 1e-3, 4, 0.01, 1.0, 0.1

BERT = dict(vocab_size=VOCABULARY, hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128,
            max_position_embeddings=48, type_vocab_size=2, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
DISTILBERT = dict(vocab_size=VOCABULARY, dim=WIDTH, n_layers=2, n_heads=4, hidden_dim=128, max_position_embeddings=48,
                  dropout=0.0, attention_dropout=0.0, qa_dropout=0.0, seq_classif_dropout=0.0)

# Name: class, steps, further fields of the configuration.
VARIANTS = {
    "sequence": ("BertForSequenceClassification", 20, {"num_labels": CLASSES}),
    "multi-label": ("BertForSequenceClassification", 8,
                    {"num_labels": CLASSES, "problem_type": "multi_label_classification"}),
    "regression": ("BertForSequenceClassification", 8, {"num_labels": 1}),
    "token": ("BertForTokenClassification", 8, {"num_labels": CLASSES}),
    "masked-lm": ("BertForMaskedLM", 8, {}),
    "pretraining": ("BertForPreTraining", 8, {}),
    "question": ("BertForQuestionAnswering", 8, {}),
    "tanh-gelu": ("BertForSequenceClassification", 4, {"num_labels": CLASSES, "hidden_act": "gelu_new"}),
    "distil-sequence": ("DistilBertForSequenceClassification", 8, {"num_labels": CLASSES}),
    "distil-masked-lm": ("DistilBertForMaskedLM", 4, {}),
    "token-smoothed": ("BertForTokenClassification", 4, {"num_labels": CLASSES}),
}

LAYER = [("attention.self.query", "attention.q_lin"), ("attention.self.key", "attention.k_lin"),
         ("attention.self.value", "attention.v_lin"), ("attention.output.dense", "attention.out_lin"),
         ("attention.output.LayerNorm", "sa_layer_norm"), ("intermediate.dense", "ffn.lin1"), ("output.dense", "ffn.lin2"),
         ("output.LayerNorm", "output_layer_norm")]
HEAD = [("bert.pooler.dense", "pre_classifier"), ("cls.predictions.transform.dense", "vocab_transform"),
        ("cls.predictions.transform.LayerNorm", "vocab_layer_norm"), ("cls.predictions.bias", "vocab_projector.bias")]


def distilbert_name(name):
    """What DistilBERT calls a parameter of BERT's."""
    for old, new in HEAD:
        if name.startswith(old):
            return new + name[len(old):]
    name = name.replace("bert.encoder.layer.", "distilbert.transformer.layer.").replace("bert.embeddings.", "distilbert.embeddings.")
    for old, new in LAYER:
        name = name.replace(f".{old}.", f".{new}.") if "transformer.layer" in name else name
    return name


def make_weights():
    """All parameters of all heads, larger than they are initialized, so that everything matters."""
    weights = {}
    for kind, fields in (("PreTraining", {}), ("TokenClassification", {"num_labels": CLASSES}), ("QuestionAnswering", {})):
        model = getattr(transformers, f"BertFor{kind}")(transformers.BertConfig(**BERT, **fields))
        for name, value in model.named_parameters():
            if name not in weights:
                scale = 0.1 if value.dim() > 1 else 0.05
                weights[name] = torch.randn(value.shape) * scale + (1.0 if name.endswith("LayerNorm.weight") else 0.0)
    return weights


def make_samples():
    lengths = torch.randint(5, SEQUENCE + 1, (SAMPLES, 1))
    positions = torch.arange(SEQUENCE)[None]
    mask = positions < lengths
    ids = torch.where(mask, torch.randint(1, VOCABULARY, (SAMPLES, SEQUENCE)), 0)
    types = torch.where(mask & (positions >= lengths // 2), 1, 0)
    samples = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
    samples["labels"] = (ids.sum(1) % CLASSES)
    samples["labels.multi-label"] = torch.stack([(ids % 5 == 1 + i).sum(1) % 2 for i in range(CLASSES)], 1)
    samples["labels.regression"] = ids.sum(1) % 7 / 4 - 1
    # A class that the token gives, where there is one; the first token and every third have none.
    labelled = mask & (positions > 0) & (positions % 3 != 2)
    samples["labels.token"] = torch.where(labelled, ids % CLASSES, -100)
    samples["next_sentence_label"] = ids[:, 1] % 2
    samples["start_positions"] = (torch.rand(SAMPLES, 1) * lengths * 0.5).long()[:, 0]
    samples["end_positions"] = samples["start_positions"] + (torch.rand(SAMPLES, 1) * lengths * 0.4).long()[:, 0]
    # Up to MASKED positions of a sample, in order, the first token never; the rest of the places point at that and are ignored.
    samples["masked_positions"] = torch.zeros(SAMPLES, MASKED)
    samples["labels.masked-lm"] = torch.full((SAMPLES, MASKED), -100)
    for i in range(SAMPLES):
        count = int(torch.randint(1, min(MASKED, int(lengths[i]) - 1) + 1, ()))
        chosen = 1 + torch.randperm(int(lengths[i]) - 1)[:count].sort().values
        samples["masked_positions"][i, :count] = chosen
        samples["labels.masked-lm"][i, :count] = ids[i, chosen]
        ids[i, chosen] = torch.where(torch.rand(count) < 0.8, 3, ids[i, chosen])
    floats = ("labels.multi-label", "labels.regression")
    return {name: value.to(torch.float32 if name in floats else torch.int32).contiguous() for name, value in samples.items()}


def get_batch(variant, samples, rows):
    kind = variant.replace("distil-", "").replace("-smoothed", "")
    batch = {name: samples[name][rows].long() for name in ("input_ids", "token_type_ids", "attention_mask")}
    if variant.startswith("distil-"):
        del batch["token_type_ids"]
    if kind in ("masked-lm", "pretraining"):
        batch["labels"] = torch.full((len(batch["input_ids"]), SEQUENCE), -100)
        batch["labels"].scatter_(1, samples["masked_positions"][rows].long(), samples["labels.masked-lm"][rows].long())
    if kind == "pretraining":
        batch["next_sentence_label"] = samples["next_sentence_label"][rows].long()
    elif kind == "question":
        for name in ("start_positions", "end_positions"):
            batch[name] = samples[name][rows].long()
    elif kind != "masked-lm":
        labels = samples.get(f"labels.{kind}", samples["labels"])[rows]
        batch["labels"] = labels if labels.is_floating_point() else labels.long()
    return batch


def get_logits(variant, outputs, samples, rows):
    if variant == "question":
        return {"logits": outputs.start_logits, "end_logits": outputs.end_logits}
    logits = outputs.prediction_logits if variant == "pretraining" else outputs.logits
    if variant.endswith(("masked-lm", "pretraining")):
        # The first few of the vocabulary, at the masked positions.
        places = samples["masked_positions"][rows].long()[:, :, None]
        logits = torch.take_along_dim(logits, places, 1)[:, :, :4]
    result = {"logits": logits}
    if variant == "pretraining":
        result["seq_relationship_logits"] = outputs.seq_relationship_logits
    return result


def record(variant, weights, samples):
    name, steps, fields = VARIANTS[variant]
    is_distil = name.startswith("Distil")
    config = (transformers.DistilBertConfig if is_distil else transformers.BertConfig)(**(DISTILBERT if is_distil else BERT), **fields)
    model = getattr(transformers, name)(config)
    if is_distil:
        weights = {distilbert_name(key): value for key, value in weights.items()}
    state = {key: weights[key] for key, value in model.named_parameters()}
    if variant == "regression":
        state["classifier.weight"], state["classifier.bias"] = state["classifier.weight"][:1], state["classifier.bias"][:1]
    model.load_state_dict(state, strict=False)
    model.tie_weights()
    model.train()
    decays = [value for key, value in model.named_parameters() if not key.endswith("bias") and "orm" not in key]
    rest = [value for key, value in model.named_parameters() if key.endswith("bias") or "orm" in key]
    optimizer = torch.optim.AdamW([{"params": decays, "weight_decay": WEIGHT_DECAY}, {"params": rest, "weight_decay": 0.0}], lr=LEARNING_RATE)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, WARMUP, steps)
    recorded = {"architecture": name, "steps": []}
    for step in range(steps):
        begin = step * BATCH % SAMPLES
        rows = slice(begin, begin + BATCH)
        batch = get_batch(variant, samples, rows)
        outputs = model(**batch)
        loss = LabelSmoother(SMOOTHING)(outputs, batch["labels"]) if variant.endswith("-smoothed") else outputs.loss
        if step == 0:
            recorded["logits"] = {key: value.double().flatten().tolist() for key, value in get_logits(variant, outputs, samples, rows).items()}
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), CLIPPING)
        rate = schedule.get_last_lr()[0]
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        recorded["steps"].append({"loss": loss.item(), "grad_norm": norm.item(), "learning_rate": rate})
    if variant.endswith("-smoothed"):
        recorded["label_smoothing_factor"] = SMOOTHING
    return recorded, config


def round_logits(recorded):
    for values in recorded["logits"].values():
        values[:] = [float(f"{value:.7g}") for value in values]


def main():
    folder = sys.argv[1]
    torch.set_num_threads(1)
    torch.manual_seed(0)
    weights, samples = make_weights(), make_samples()
    os.makedirs(folder, exist_ok=True)
    save_file(weights, os.path.join(folder, "model.safetensors"), {"format": "pt"})
    save_file(samples, os.path.join(folder, "samples.safetensors"))
    variants = {}
    for variant in VARIANTS:
        variants[variant], config = record(variant, weights, samples)
        round_logits(variants[variant])
        variants[variant]["config"] = {**config.to_diff_dict(), "architectures": [VARIANTS[variant][0]]}
    recorded = {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__, "batch": BATCH,
                "learning_rate": LEARNING_RATE, "warmup_steps": WARMUP, "weight_decay": WEIGHT_DECAY, "max_grad_norm": CLIPPING,
                "variants": variants}
    with open(os.path.join(folder, "recorded.json"), "w", encoding="utf-8") as file:
        json.dump(recorded, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
