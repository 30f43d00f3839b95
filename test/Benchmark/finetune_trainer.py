# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What finetune.py compares with: Hugging Face's Trainer, as its documentation uses it.
import csv
import json
import pathlib
import sys

import numpy
import torch
import transformers


def read_table(path, tokenizer):
    """Tokens and labels of a table; GLUE's tables have no quotes."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    tokens = tokenizer([row["sentence"] for row in rows], truncation=True, max_length=128)
    return [{**{name: values[i] for name, values in tokens.items()}, "labels": int(row["label"])}
            for i, row in enumerate(rows)]


def accuracy(prediction):
    classes = numpy.argmax(prediction.predictions, axis=-1)
    return {"accuracy": float((classes == prediction.label_ids).mean())}


def main():
    problem = json.loads(sys.argv[1])
    torch.set_num_threads(problem["threads"])
    data = pathlib.Path(problem["data"])
    tokenizer = transformers.AutoTokenizer.from_pretrained(problem["model"])
    model = transformers.AutoModelForSequenceClassification.from_pretrained(problem["model"],
                                                                           num_labels=2)
    arguments = transformers.TrainingArguments(**problem["options"], save_strategy="no",
                                               report_to="none", disable_tqdm=True)
    trainer = transformers.Trainer(
        model=model, args=arguments, train_dataset=read_table(data / "train.tsv", tokenizer),
        eval_dataset=read_table(data / "dev.tsv", tokenizer),
        data_collator=transformers.DataCollatorWithPadding(tokenizer), compute_metrics=accuracy)
    trainer.train()
    pathlib.Path(problem["evaluation"]).write_text(json.dumps(trainer.evaluate()))


main()
