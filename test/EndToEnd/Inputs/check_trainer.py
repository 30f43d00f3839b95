#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains random small models on random data with Hugging Face's Trainer and with Weft, and compares every step.

  check_trainer.py --output DIR [--cases FIRST:LAST] [--keep]

A case draws the family (BERT, DistilBERT), sizes, activation, task, data and training arguments from its number. There is no dropout and
the order is that of the file, so that the two have to agree: loss, gradient norm, learning rate and epoch of each step, the evaluation's
loss, and the weights at the end. Where gradients are accumulated, Trainer gets the whole batch instead: that is what accumulation has to
equal (Transformers itself adds the losses of parts up for these models, because they ignore num_items_in_batch).
Needs torch, transformers and safetensors; weftc and weft in the path.
"""
import argparse
import csv
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys

os.environ.update(OMP_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="", TRANSFORMERS_VERBOSITY="error", HF_HUB_DISABLE_PROGRESS_BARS="1")

import tokenizers
import torch
import transformers
from safetensors.torch import load_file, save_file

# Relative; weights: in parts of the learning rate.
TOLERANCES = {"loss": 1e-5, "grad_norm": 1e-4, "learning_rate": 1e-9, "epoch": 1e-9, "eval_loss": 1e-5, "weights": 0.05}

WORDS = ("the a of and film is it movie with an one story good best funny dull love time makes very never warm bad plot acting great "
         "characters it's don't re-imagining café naïve 漢字 😀 unfathomable 1990s ( ) , . ! ?").split()
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz0123456789'-,.!?()漢", *("##" + c for c in "abcdefghijklmnopqrstuvwxyz0123456789"),
          "the", "of", "and", "film", "movie", "good", "fun", "##ny", "story", "char", "##act", "##ers", "love", "##ing", "re", "cafe", "naive", "##able"]
TASKS = {"sequence-classification": transformers.AutoModelForSequenceClassification,
         "token-classification": transformers.AutoModelForTokenClassification,
         "masked-lm": transformers.AutoModelForMaskedLM, "pretraining": transformers.AutoModelForPreTraining}


class Case:
    """What a number stands for, and its files."""

    def __init__(self, number, output):
        self.number, self.draw = number, random.Random(number)
        self.folder = pathlib.Path(output) / str(number)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.model_folder = self.folder / "model"
        self.model_folder.mkdir(parents=True)
        self.task = self.draw.choice(list(TASKS))
        self.length = self.draw.choice([16, 24, 48])
        self.config = self.draw_config()
        self.options = self.draw_options()
        self.compile_options, self.data_options = [], []

    @property
    def is_bert(self):
        return self.config.model_type == "bert"

    def draw_config(self):
        draw = self.draw
        heads = draw.choice([1, 2, 3, 4])
        width = heads * draw.choice([4, 5, 8, 16])
        common = {"vocab_size": len(PIECES), "max_position_embeddings": draw.choice([48, 64]), "initializer_range": draw.choice([0.02, 0.1])}
        if self.task == "pretraining" or draw.random() < 0.65:
            config = transformers.BertConfig(
                hidden_size=width, num_hidden_layers=draw.choice([0, 1, 1, 2, 3]), num_attention_heads=heads,
                intermediate_size=draw.choice([4 * width, 17]), layer_norm_eps=draw.choice([1e-12, 1e-5]),
                hidden_act=draw.choice(["gelu", "gelu_new", "relu", "silu", "tanh"]), type_vocab_size=draw.choice([1, 2, 3]),
                hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **common)
        else:
            config = transformers.DistilBertConfig(
                dim=width, n_layers=draw.choice([1, 2]), n_heads=heads, hidden_dim=draw.choice([4 * width, 33]),
                activation=draw.choice(["gelu", "relu"]), dropout=0.0, attention_dropout=0.0, seq_classif_dropout=0.0, **common)
        if self.task == "sequence-classification":
            config.problem_type = draw.choice(["single_label_classification", "multi_label_classification", "regression"])
            config.num_labels = draw.choice([1, 3] if config.problem_type == "regression" else [2, 3, 5])
        elif self.task == "token-classification":
            config.num_labels = draw.choice([2, 5, 9])
        return config

    def draw_options(self):
        draw = self.draw
        smooths = self.task in ("token-classification", "masked-lm") or self.config.problem_type == "single_label_classification"
        return {
            "num_train_epochs": draw.choice([1, 1.5, 2]), "per_device_train_batch_size": draw.choice([1, 3, 4]),
            "per_device_eval_batch_size": draw.choice([2, 5]),
            # The two losses of pretraining have weights of their own, so that parts are not comparable with a whole.
            "gradient_accumulation_steps": 1 if self.task == "pretraining" else draw.choice([1, 1, 2, 3]),
            "learning_rate": draw.choice([5e-5, 1e-3]),
            "lr_scheduler_type": draw.choice(["linear", "cosine", "polynomial", "constant", "constant_with_warmup"]),
            "warmup_steps": draw.choice([0, 3, 0.2, 0.5]), "weight_decay": draw.choice([0, 0.1]), "adam_beta1": draw.choice([0.9, 0.8]),
            "adam_beta2": draw.choice([0.999, 0.95]), "adam_epsilon": draw.choice([1e-8, 1e-6]),
            "max_grad_norm": draw.choice([0, 0.1, 1.0]), "label_smoothing_factor": draw.choice([0, 0, 0.1]) if smooths else 0}

    def text(self, most):
        return " ".join(self.draw.choice(WORDS) for _ in range(self.draw.randint(1, most)))

    def write_model(self):
        torch.manual_seed(self.number)
        model = TASKS[self.task].from_config(self.config)
        for name, parameter in model.named_parameters():
            if "bias" in name or "norm" in name.lower():
                parameter.data += 0.1 * torch.randn_like(parameter)
        model.save_pretrained(self.model_folder)
        (self.model_folder / "vocab.txt").write_text("\n".join(PIECES) + "\n", encoding="utf-8")
        tokenizer = tokenizers.BertWordPieceTokenizer(str(self.model_folder / "vocab.txt"))
        tokenizer.save(str(self.model_folder / "tokenizer.json"))
        names = ["input_ids", "token_type_ids", "attention_mask"] if self.is_bert else ["input_ids", "attention_mask"]
        self.tokenizer = transformers.PreTrainedTokenizerFast(
            tokenizer_file=str(self.model_folder / "tokenizer.json"), pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
            mask_token="[MASK]", unk_token="[UNK]", model_input_names=names)
        return model

    def write_data(self):
        """The samples as Trainer takes them, for training and evaluation; files and options for Weft."""
        write = {"sequence-classification": self.write_classes, "token-classification": self.write_tags}.get(self.task, self.write_masked)
        samples = []
        for split, count in (("train", self.draw.randint(13, 30)), ("eval", self.draw.randint(3, 12))):
            path, part = write(split, count)
            self.data_options += [f"--{split}-data", path]
            samples.append(part)
        return samples

    def write_classes(self, split, count):
        problem, classes = self.config.problem_type, self.config.num_labels
        # The kind of file and whether texts are pairs are those of the case, not of the split.
        choices = random.Random(self.number)
        kind = choices.choice(["tsv", "csv", "jsonl"])
        is_pair = choices.random() < 0.4 and (not self.is_bert or self.config.type_vocab_size > 1)
        columns = [f"label{i}" for i in range(1 if problem == "single_label_classification" else classes)]
        rows, samples = [], []
        for _ in range(count):
            texts = {"first": self.text(20), **({"second": self.text(20)} if is_pair else {})}
            if problem == "single_label_classification":
                values = [self.draw.randrange(classes)]
            elif problem == "regression":
                values = [round(self.draw.gauss(0, 2), 3) for _ in columns]
            else:
                values = [int(self.draw.random() < 0.4) for _ in columns]
            rows.append({**texts, **dict(zip(columns, values))})
            labels = values[0] if len(columns) == 1 else [float(value) for value in values]
            samples.append({**self.tokenizer(*texts.values(), truncation=True, max_length=self.length), "labels": labels})
        path = self.folder / f"{split}.{kind}"
        with open(path, "w", encoding="utf-8", newline="") as file:
            if kind == "jsonl":
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            else:
                quotes = {"delimiter": "\t", "quoting": csv.QUOTE_NONE, "quotechar": None} if kind == "tsv" else {}
                writer = csv.DictWriter(file, rows[0], lineterminator="\n", **quotes)
                writer.writeheader()
                writer.writerows(rows)
        if split == "train":
            self.compile_options += ["--num-labels", classes, "--problem-type", problem]
            self.data_options += ["--text-column", "first", "--label-column", ",".join(columns)]
            if is_pair:
                self.data_options += ["--text-pair-column", "second"]
        return path, samples

    def write_tags(self, split, count):
        labels = [f"L{i}" for i in range(self.config.num_labels)]
        rows, samples = [], []
        for _ in range(count):
            words = self.text(20).split()
            tags = [self.draw.randrange(len(labels)) for _ in words]
            rows.append({"tokens": words, "tags": [labels[tag] for tag in tags]})
            sample = self.tokenizer(words, is_split_into_words=True, truncation=True, max_length=self.length)
            places = sample.word_ids()
            firsts = [-100 if word is None or word == before else tags[word] for word, before in zip(places, [None, *places])]
            samples.append({**sample, "labels": firsts})
        path = self.folder / f"{split}.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        if split == "train":
            (self.folder / "labels.txt").write_text("\n".join(labels) + "\n", encoding="utf-8")
            self.compile_options += ["--labels-file", self.folder / "labels.txt"]
        return path, samples

    def write_masked(self, split, count):
        most = max(1, self.length * 15 // 100)
        ids = torch.tensor([[self.draw.randrange(5, len(PIECES)) for _ in range(self.length)] for _ in range(count)], dtype=torch.int32)
        labels = torch.full_like(ids, -100)
        for row in labels:
            for place in self.draw.sample(range(self.length), self.draw.randint(1, most)):
                row[place] = self.draw.randrange(5, len(PIECES))
        arrays = {"input_ids": ids, "labels": labels}
        if self.task == "pretraining":
            arrays["next_sentence_label"] = torch.tensor([self.draw.randrange(2) for _ in range(count)], dtype=torch.int32)
        path = self.folder / f"{split}.safetensors"
        save_file(arrays, path)
        if split == "train":
            self.compile_options.append(f"--bind=masked={most}")
        return path, [{name: values[i].long() for name, values in arrays.items()} for i in range(count)]

    def buckets(self):
        if self.task in ("masked-lm", "pretraining"):
            return str(self.length)
        return self.draw.choice([str(self.length), f"8:{self.length}:8"])


def run_trainer(case, model, samples):
    parts = case.options["gradient_accumulation_steps"]
    options = {**case.options, "per_device_train_batch_size": parts * case.options["per_device_train_batch_size"],
               "gradient_accumulation_steps": 1}
    arguments = transformers.TrainingArguments(output_dir=str(case.folder / "trainer"), report_to="none", disable_tqdm=True, save_strategy="no",
                                               logging_steps=1, train_sampling_strategy="sequential", use_cpu=True, **options)
    collator = {"sequence-classification": transformers.DataCollatorWithPadding,
                "token-classification": transformers.DataCollatorForTokenClassification}.get(case.task)
    trainer = transformers.Trainer(model=model, args=arguments, train_dataset=samples[0], eval_dataset=samples[1],
                                   data_collator=collator(case.tokenizer) if collator else transformers.default_data_collator)
    trainer.remove_callback(transformers.PrinterCallback)
    trainer.train()
    evaluation = trainer.evaluate()
    steps = [entry for entry in trainer.state.log_history if "loss" in entry]
    return steps, evaluation, model.state_dict()


def run_weft(case):
    module, output = case.folder / "model.weft", case.folder / "weft"
    options = case.options
    run("weftc", case.model_folder, "--task", case.task, *case.compile_options, "--bind=batch=4", f"--bind=seq={case.buckets()}",
        "--max-grad-norm", options["max_grad_norm"], "--gradient-accumulation-steps", options["gradient_accumulation_steps"], "-o", module)
    flags = [word for name, value in options.items() for word in ("--" + name.replace("_", "-"), value)]
    run("weft", "train", module, "--model", case.model_folder, *case.data_options, "--max-seq-length", case.length,
        "--train-sampling-strategy", "sequential", "--logging-steps", 1, "--report-to", "none", "--save-strategy", "no", "--output-dir", output,
        *flags)
    log = json.loads((output / "trainer_state.json").read_text())["log_history"]
    return [entry for entry in log if "loss" in entry], [entry for entry in log if "eval_loss" in entry][-1], load_file(output / "model.safetensors")


def run(*command):
    words = [str(word) for word in command]
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"{' '.join(words)}\nended with {result.returncode}: {result.stderr}")


def compare(case, expected, found):
    """The largest difference of each kind."""
    steps, evaluation, weights = expected
    own_steps, own_evaluation, own_weights = found
    if len(steps) != len(own_steps):
        return {"steps": abs(len(steps) - len(own_steps))}
    worst = {"eval_loss": abs(own_evaluation["eval_loss"] / evaluation["eval_loss"] - 1)}
    keys = ["loss", "learning_rate"]
    if case.options["max_grad_norm"]:
        keys.append("grad_norm")
    if case.options["gradient_accumulation_steps"] == 1:
        keys.append("epoch")
    for key in keys:
        worst[key] = max(abs(own[key] - step[key]) / max(abs(step[key]), 1e-12) for own, step in zip(own_steps, steps))
    # A key's bias changes no attention: its gradient is rounding, which Adam makes steps of.
    names = [name for name in own_weights if not name.endswith(("key.bias", "k_lin.bias"))]
    apart = max(float((own_weights[name] - weights[name]).abs().max()) for name in names)
    worst["weights"] = apart / case.options["learning_rate"]
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", required=True, help="folder for the files of the cases")
    parser.add_argument("--cases", default="0:8", help="numbers, FIRST:LAST (0:8)")
    parser.add_argument("--keep", action="store_true", help="keep the files of cases that agree")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    first, last = (int(number) for number in arguments.cases.split(":"))
    failures = 0
    for number in range(first, last):
        case = Case(number, arguments.output)
        model = case.write_model()
        samples = case.write_data()
        worst = compare(case, run_trainer(case, model, samples), run_weft(case))
        wrong = {key: value for key, value in worst.items() if not value <= TOLERANCES.get(key, 0)}
        text = ", ".join(f"{key} {value:.1e}" for key, value in worst.items())
        print(f"case {number}: {case.config.model_type} {case.task}: {'DIFFERS' if wrong else 'agrees'}: {text}", flush=True)
        if wrong:
            failures += 1
            print(f"  {case.options}\n  {case.config.to_diff_dict()}", flush=True)
        elif not arguments.keep:
            shutil.rmtree(case.folder)
    print(f"{last - first - failures} cases agree, {failures} differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
