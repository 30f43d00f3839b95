#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains a tiny BERT on questions as record_questions.py recorded it of Hugging Face Transformers, and compares: loss, gradient norm
and learning rate of each step, the loss of the evaluation, then answers, n-best lists, scores of no answer and metrics. Also writes
the same questions in their other forms: OUTPUT/dev-answered.json (SQuAD 1.1), OUTPUT/flat/{train,dev}.jsonl.

  check_questions.py --recorded DIR --output DIR

Prints the largest differences; exit code 1 if one is out of tolerance.
"""
import argparse
import json
import os
import subprocess
import sys

TOLERANCES = {"loss": 2e-5, "grad_norm": 1e-4, "learning_rate": 1e-9}
# Of differences of logits after training.
LOGITS = 1e-4


def load(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return json.load(file)


def weft(*arguments):
    result = subprocess.run(["weft", *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True)
    return result.stdout


def questions_of(data):
    return [{"context": paragraph["context"], **question} for article in data["data"] for paragraph in article["paragraphs"] for question in paragraph["qas"]]


def write_forms(recorded, output):
    os.makedirs(os.path.join(output, "flat"), exist_ok=True)
    for name in ("train", "dev"):
        with open(os.path.join(output, "flat", f"{name}.jsonl"), "w", encoding="utf-8") as file:
            for question in questions_of(load(recorded, f"{name}.json")):
                answers = {key: [answer[key] for answer in question["answers"]] for key in ("text", "answer_start")}
                print(json.dumps({"id": question["id"], "title": "", "context": question["context"], "question": question["question"], "answers": answers}), file=file)
    data = load(recorded, "dev.json")
    for article in data["data"]:
        for paragraph in article["paragraphs"]:
            paragraph["qas"] = [{key: value for key, value in question.items() if key != "is_impossible"} for question in paragraph["qas"] if question["answers"]]
    with open(os.path.join(output, "dev-answered.json"), "w", encoding="utf-8") as file:
        json.dump(data, file)


def compare_steps(log, run):
    steps = [entry for entry in log if "learning_rate" in entry]
    worst = dict.fromkeys(TOLERANCES, 0.0)
    for number, (entry, expected) in enumerate(zip(steps, run["steps"], strict=True), 1):
        for key, tolerance in TOLERANCES.items():
            difference = abs(entry[key] - expected[key]) / max(abs(expected[key]), 1e-12)
            worst[key] = max(worst[key], difference)
            if not difference <= tolerance:
                sys.exit(f"step {number}: expected {key} {expected[key]:.9g}, found {entry[key]:.9g} (off by {difference:.2e})")
    print(f"{len(steps)} steps as recorded, loss within {worst['loss']:.2e}, gradient norm within {worst['grad_norm']:.2e}")


def compare_metrics(name, found, expected):
    for key, value in expected.items():
        if abs(found[f"eval_{key}"] - value) > 1e-6:
            sys.exit(f"{name}: expected {key} {value}, found {found[f'eval_{key}']}")


def score_of(candidate):
    return candidate["start_logit"] + candidate["end_logit"]


def compare_answers(name, folder, run, version_2):
    """The biases of the two outputs move all logits alike, which no loss sees: what moves them is rounding. Scores are compared with the
    best one's of a question."""
    answers, lists = load(folder, "predictions.json"), load(folder, "nbest.json")
    if list(answers) != list(run["predictions"]):
        sys.exit(f"{name}: expected the questions {list(run['predictions'])}, found {list(answers)}")
    if answers != run["predictions"]:
        sys.exit(f"{name}: expected the answers {run['predictions']}, found {answers}")
    worst = 0.0
    for key, expected in run["nbest"].items():
        for found, wanted in zip(lists[key], expected, strict=True):
            if list(found) != list(wanted):
                sys.exit(f"{name}: {key}: expected the fields {list(wanted)}, found {list(found)}")
            difference = score_of(found) - score_of(lists[key][0]) - score_of(wanted) + score_of(expected[0])
            worst = max(worst, abs(difference), abs(found["probability"] - wanted["probability"]))
    if version_2:
        odds = load(folder, "null_odds.json")
        worst = max([worst] + [abs(odds[key] - value) for key, value in run["null_odds"].items()])
    if worst > LOGITS:
        sys.exit(f"{name}: scores differ by {worst:.2e}")
    print(f"{name}: {len(answers)} answers as recorded, scores within {worst:.2e}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--recorded", required=True)
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args()
    recorded, output = arguments.recorded, arguments.output
    run = load(recorded, "recorded.json")
    write_forms(recorded, output)
    module, trained = os.path.join(output, "questions.weft"), os.path.join(output, "trained")
    subprocess.run(["weftc", recorded, f"--bind=batch={run['batch']}", f"--bind=seq={run['sequence']}", "-o", module], check=True)
    windows = ["--doc-stride", run["stride"]]
    version_2 = ["--version-2-with-negative", "true"]
    log = weft("train", module, "--model", recorded, "--train-data", recorded, "--eval-data", recorded, *windows, *version_2, "--train-sampling-strategy", "sequential",
               "--per-device-train-batch-size", run["batch"], "--num-train-epochs", run["epochs"], "--learning-rate", run["learning_rate"], "--warmup-steps", run["warmup_steps"],
               "--weight-decay", run["weight_decay"], "--max-grad-norm", run["max_grad_norm"], "--logging-steps", 1, "--eval-strategy", "epoch", "--save-strategy", "epoch", "--save-total-limit", 1,
               "--load-best-model-at-end", "false", "--metric-for-best-model", "exact_match", "--report-to", "none", "--log-format", "json", "--output-dir", trained)
    log = [json.loads(line) for line in log.splitlines()]
    compare_steps(log, run)
    last = [entry for entry in log if "eval_loss" in entry][-1]
    difference = abs(last["eval_loss"] - run["eval_loss"]) / run["eval_loss"]
    if difference > 1e-4:
        sys.exit(f"expected the evaluation's loss {run['eval_loss']}, found {last['eval_loss']}")
    print(f"evaluation's loss within {difference:.2e}")
    compare_metrics("training", last, run["runs"]["v2"]["metrics"])
    options = {"v1": [], "v2": version_2, "short": [*version_2, "--n-best-size", 10, "--max-answer-length", 4, "--null-score-diff-threshold", 1.5]}
    for name, chosen in options.items():
        folder = os.path.join(output, name)
        os.makedirs(folder, exist_ok=True)
        data = os.path.join(output, "dev-answered.json") if name == "v1" else os.path.join(recorded, "dev.json")
        common = [module, "--checkpoint", trained, *windows, *chosen, "--batch-size", 3]
        odds = [] if name == "v1" else ["--null-odds-output", os.path.join(folder, "null_odds.json")]
        weft("predict", *common, "--data", data, "--output", os.path.join(folder, "predictions.json"), "--nbest-output", os.path.join(folder, "nbest.json"), *odds)
        compare_answers(name, folder, run["runs"][name], name != "v1")
        compare_metrics(name, json.loads(weft("eval", *common, "--eval-data", data, "--log-format", "json")), run["runs"][name]["metrics"])


if __name__ == "__main__":
    main()
