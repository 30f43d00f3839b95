#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records what Hugging Face Transformers and tokenizers make of a few questions about a few texts (all written for this test), as
run_qa does it: the tokens of each window with their places of answers, a training run of a tiny random BERT (2 layers, 32 wide) step
by step, its logits after that, and the answers and numbers that postprocessing and SQuAD's evaluation make of them; the latter two
are written out here. Needs torch, transformers and safetensors; what it writes is checked in beside it.

  record_questions.py FOLDER
"""
import collections
import json
import os
import re
import string
import sys

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import normalizers, pre_tokenizers
from torch import nn

SEQUENCE, STRIDE, BATCH, EPOCHS = 64, 16, 4, 6
LEARNING_RATE, WARMUP, WEIGHT_DECAY, CLIPPING = 3e-3, 4, 0.01, 1.0
CONFIG = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, max_position_embeddings=64,
              hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)

# Contexts, and questions with their answers: none, one or several. "@-": the context says something else there.
TRAIN = [
    ("The lighthouse of Carrow stands on a rock two miles from the shore. Its keeper, Ann Doyle, lit the lamp every evening for thirty-one "
     "years. In 1887 a storm broke the glass, and she kept ships away with a bell until the morning came and the wind went down.",
     [("Where does the lighthouse stand?", ["on a rock"]), ("Who was its keeper?", ["Ann Doyle"]), ("How long did she light the lamp?", ["thirty-one years"]),
      ("What broke the glass?", ["a storm"]), ("How tall is the lighthouse?", []), ("What happened at last?", ["the wind went down"])]),
    ("Café Zürich opened in 1924. Its owner, José Ångström, came from Malmö; he baked smørrebrød, crème brûlée and pão de queijo. "
     "Prices were low: coffee cost 5¢, a cake £0.50 — “never more,” he said.",
     [("When did the café open?", ["1924"]), ("Who owned the CAFÉ?", ["José Ångström"]), ("What did coffee cost?", ["5¢"]),
      ("What did a cake cost?", ["£0.50"]), ("What did he say?", ["“never more,”", "never more"]), ("Who bought the café?", [])]),
    ("Decomposed letters count one by one: cafe\u0301, nai\u0308ve and A\u030angstro\u0308m are longer than they look. The word e\u0301tude has six characters here.",
     [("Which word has six characters?", ["e\u0301tude"]), ("What is longer than it looks?", ["cafe\u0301, nai\u0308ve and A\u030angstro\u0308m"])]),
    ("东京塔高三百三十三米，建于一九五八年。The tower is red and white. 设计者是内藤多仲。It glows at night 🗼✨ and 👨‍👩‍👧 families climb it.",
     [("东京塔有多高？", ["三百三十三米"]), ("谁设计了它？", ["内藤多仲"]), ("What colour is the tower?", ["red and white"]), ("Who climbs it?", ["👨‍👩‍👧 families"])]),
    ("The river Ouse rises in the hills\tof Northam.\r\nIt turns twice\u00a0before the mill; there the\u3000water is deep.\n\nBelow the bridge, at Lowfield, it meets the sea",
     [("Where does the Ouse rise?", ["in the hills\tof Northam"]), ("What is deep?", ["the\u3000water"]), ("What does it meet?", ["the sea", "sea"]), ("Where is the mill?", [])]),
]
DEV = [
    ("The tower of Lowfield was built by José Doyle in 1899. He came from Carrow, where Ann Doyle, his aunt, kept the lamp of the lighthouse. "
     "The tower is red and it is two hundred feet tall; every evening a bell is rung for ships. It fell in the storm of 1931, and nobody built "
     "another one. Only the rock under it stands there now, where the water is deep and the wind never goes down",
     [("Who built the tower?", ["José Doyle", "Doyle"]), ("When was it built?", ["1899", "in 1899"]), ("What colour is the tower?", ["red"]),
      ("How tall is it?", ["two hundred feet", "200 feet@-"]), ("When did it fall?", ["1931"]), ("Who owned the mill?", []), ("What never goes down?", ["the wind", "wind"])]),
    ("ΟΔΥΣΣΕΥΣ was the name of the ship; its captain was Σωκράτης. İstanbul was its harbour. It carried ﬁgs, 12½ tons of them, and 3² lamps.",
     [("What was the name of the ship?", ["ΟΔΥΣΣΕΥΣ"]), ("Where was its harbour?", ["İstanbul"]), ("How much did it carry?", ["12½ tons"]), ("Who sank it?", [])]),
    TRAIN[0],
    ("한국의 바다는 깊다. Море глубокое. البحر عميق. समुद्र गहरा है। ทะเลลึก The sea is deep in every language.",
     [("What is deep?", ["The sea", "sea"]), ("Какое море?", ["глубокое"]), ("바다는?", ["깊다"])]),
]
METRIC_CASES = [
    ("The Cat", ["cat"]), ("a", ["the"]), ("", [""]), ("!?", ["a."]), ("the cat sat", ["cat sat down", "dog"]), ("U.S.A.", ["USA"]), ("ΟΔΟΣ", ["οδος", "οδοσ"]),
    ("İstanbul", ["i\u0307stanbul"]), ("a\u0301 b", ["\u0301 b"]), ("x\u00b7a", ["x\u00b7"]), ("an\u00a0apple\u3000pie", ["apple pie"]), ("thé", ["th\u00e9"]), ("the-cat", ["thecat"]),
    ("one one two", ["one two two"]), ("ΑΣ.Β", ["ας.β", "ασβ"]), ("“a”", ["“”"]), ("5¢ and £0.50", ["5¢ £050"]), ("a_b", ["ab"]), ("x\x1cy", ["x y"]), ("中文 the字", ["中文 the字"]),
]


def build_questions(texts, prefix):
    paragraphs = []
    for number, (context, questions) in enumerate(texts):
        qas = []
        for question, answers in questions:
            found = []
            for answer in answers:
                # An answer that the context does not have: it says something else in as many characters.
                found.append({"text": answer.removesuffix("@-"), "answer_start": context.find(answer) if not answer.endswith("@-") else context.find("two hundred")})
            qas.append({"id": f"{prefix}-{number}-{len(qas)}", "question": question, "answers": found, "is_impossible": not answers})
        paragraphs.append({"qas": qas, "context": context})
    return {"version": "v2.0", "data": [{"title": f"{prefix} é", "paragraphs": paragraphs}]}


def flatten(data):
    return [{"context": paragraph["context"], **question} for article in data["data"] for paragraph in article["paragraphs"] for question in paragraph["qas"]]


def write_vocabulary(path):
    """All characters but every seventh, alone and inside of words, and words, most of them."""
    normalizer, splitter = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    words = collections.Counter()
    for context, questions in TRAIN + DEV:
        for text in [context] + [question for question, _ in questions]:
            words.update(word for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text)))
    letters = [letter for i, letter in enumerate(sorted(set("".join(words)))) if letter < "\x7f" or i % 7]
    inner = sorted({letter for word in words for letter in word[1:]} & set(letters))
    common = sorted(word for word, count in words.items() if len(word) > 1 and (count > 1 or word.isascii() and len(word) % 3))
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(token + "\n" for token in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + letter for letter in inner), *common])


def make_features(tokenizer, examples):
    """prepare_train_features and prepare_validation_features of run_qa."""
    encoded = tokenizer([example["question"] for example in examples], [example["context"] for example in examples], truncation="only_second",
                        max_length=SEQUENCE, stride=STRIDE, return_overflowing_tokens=True, return_offsets_mapping=True)
    features = []
    for i, sample in enumerate(encoded["overflow_to_sample_mapping"]):
        example, offsets, sequences = examples[sample], encoded["offset_mapping"][i], encoded.sequence_ids(i)
        ids = encoded["input_ids"][i]
        start = end = ids.index(tokenizer.cls_token_id)
        if example["answers"]:
            first_char = example["answers"][0]["answer_start"]
            last_char = first_char + len(example["answers"][0]["text"])
            first, last = sequences.index(1), len(ids) - 1 - sequences[::-1].index(1)
            if offsets[first][0] <= first_char and offsets[last][1] >= last_char:
                # run_qa goes on behind the last token of the context, whose neighbours' offsets are 0.
                limit, token = last, first
                while token <= limit and offsets[token][0] <= first_char:
                    token += 1
                start = token - 1
                token = last
                while offsets[token][1] >= last_char:
                    token -= 1
                end = token + 1
        features.append({"id": example["id"], "input_ids": ids, "token_type_ids": encoded["token_type_ids"][i], "start": start, "end": end,
                         "offsets": [offset if sequence == 1 else None for offset, sequence in zip(offsets, sequences)]})
    return features


def to_batch(features):
    def padded(key):
        return torch.tensor([feature[key] + [0] * (SEQUENCE - len(feature[key])) for feature in features])
    batch = {"input_ids": padded("input_ids"), "token_type_ids": padded("token_type_ids")}
    batch["attention_mask"] = torch.tensor([[1] * len(feature["input_ids"]) + [0] * (SEQUENCE - len(feature["input_ids"])) for feature in features])
    batch["start_positions"] = torch.tensor([feature["start"] for feature in features])
    batch["end_positions"] = torch.tensor([feature["end"] for feature in features])
    return batch


def train(model, features):
    model.train()
    decays = [value for key, value in model.named_parameters() if not key.endswith("bias") and "orm" not in key]
    rest = [value for key, value in model.named_parameters() if key.endswith("bias") or "orm" in key]
    optimizer = torch.optim.AdamW([{"params": decays, "weight_decay": WEIGHT_DECAY}, {"params": rest, "weight_decay": 0.0}], lr=LEARNING_RATE)
    per_epoch = -(-len(features) // BATCH)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, WARMUP, per_epoch * EPOCHS)
    steps = []
    for step in range(per_epoch * EPOCHS):
        begin = step % per_epoch * BATCH
        loss = model(**to_batch(features[begin:begin + BATCH])).loss
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), CLIPPING)
        steps.append({"loss": loss.item(), "grad_norm": norm.item(), "learning_rate": schedule.get_last_lr()[0]})
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    return steps


def postprocess(examples, features, logits, version_2, n_best=20, longest=30, threshold=0.0):
    """postprocess_qa_predictions of run_qa's utils_qa, where a window has no padding."""
    predictions, n_best_lists, odds = {}, {}, {}
    for example in examples:
        null, spans = None, []
        for feature, (starts, ends) in zip(features, logits):
            if feature["id"] != example["id"]:
                continue
            score = starts[0] + ends[0]
            if null is None or null["score"] > score:
                null = {"offsets": (0, 0), "score": score, "start_logit": starts[0], "end_logit": ends[0]}
            best = [sorted(range(len(values)), key=lambda i: -values[i])[:n_best] for values in (starts, ends)]
            for start in best[0]:
                for end in best[1]:
                    if feature["offsets"][start] is None or feature["offsets"][end] is None or end < start or end - start + 1 > longest:
                        continue
                    spans.append({"offsets": (feature["offsets"][start][0], feature["offsets"][end][1]), "score": starts[start] + ends[end],
                                  "start_logit": starts[start], "end_logit": ends[end]})
        if version_2:
            spans.append(null)
        spans = sorted(spans, key=lambda span: span["score"], reverse=True)[:n_best]
        if version_2 and not any(span["offsets"] == (0, 0) for span in spans):
            spans.append(null)
        spans = [{**span, "text": example["context"][slice(*span["offsets"])]} for span in spans]
        if not spans or (len(spans) == 1 and spans[0]["text"] == ""):
            spans.insert(0, {"text": "empty", "start_logit": 0.0, "end_logit": 0.0, "score": 0.0})
        scores = torch.tensor([span["score"] for span in spans], dtype=torch.float64).softmax(0).tolist()
        predictions[example["id"]] = spans[0]["text"]
        if version_2:
            chosen = next(span for span in spans if span["text"] != "")
            odds[example["id"]] = null["score"] - chosen["start_logit"] - chosen["end_logit"]
            predictions[example["id"]] = "" if odds[example["id"]] > threshold else chosen["text"]
        n_best_lists[example["id"]] = [{"start_logit": span["start_logit"], "end_logit": span["end_logit"], "text": span["text"], "probability": share}
                                       for span, share in zip(spans, scores)]
    return {"predictions": predictions, "nbest": n_best_lists, "null_odds": odds}


def normalize(text):
    text = "".join(letter for letter in text.lower() if letter not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def f1_of(prediction, wanted, version_2):
    if version_2 and not (prediction and wanted):
        return float(prediction == wanted)
    common = sum((collections.Counter(prediction) & collections.Counter(wanted)).values())
    return 2 * common / (len(prediction) + len(wanted)) if common else 0.0


def judge(examples, predictions, version_2):
    """The scripts of SQuAD 1.1 and 2.0: exact and f1, of each question the best over its answers."""
    groups = {"": [], "HasAns_": [], "NoAns_": []}
    for example in examples:
        answers = [normalize(answer["text"]) for answer in example["answers"]]
        if version_2:
            answers = [answer for answer in answers if answer] or [[]]
        found = normalize(predictions[example["id"]])
        score = (float(max(found == answer for answer in answers)), max(f1_of(found, answer, version_2) for answer in answers))
        for group in ("", "HasAns_" if example["answers"] else "NoAns_"):
            groups[group].append(score)
    result = {}
    for group, scores in groups.items():
        if scores and (version_2 or not group):
            result["exact_match" if not group else group + "exact"] = 100 * sum(exact for exact, _ in scores) / len(scores)
            result[group + "f1"] = 100 * sum(f1 for _, f1 in scores) / len(scores)
            if version_2:
                result[group + "total"] = float(len(scores))
    return result


def rounded(value):
    return float(f"{value:.6g}")


def main():
    folder = sys.argv[1]
    torch.set_num_threads(1)
    torch.manual_seed(0)
    os.makedirs(folder, exist_ok=True)
    train_data, dev_data = build_questions(TRAIN, "train"), build_questions(DEV, "dev")
    for name, data in (("train", train_data), ("dev", dev_data)):
        with open(os.path.join(folder, f"{name}.json"), "w", encoding="utf-8") as file:
            # One with escapes on a line of its own, the other as it is read by people.
            json.dump(data, file, ensure_ascii=name == "train", indent=None if name == "train" else 1)
    write_vocabulary(os.path.join(folder, "vocab.txt"))
    tokenizer = transformers.BertTokenizerFast(os.path.join(folder, "vocab.txt"))
    config = transformers.BertConfig(vocab_size=len(tokenizer), **CONFIG)
    model = transformers.BertForQuestionAnswering(config)
    for name, value in model.named_parameters():
        scale = 0.15 if value.dim() > 1 else 0.05
        value.data = torch.randn(value.shape) * scale + (1.0 if name.endswith("LayerNorm.weight") else 0.0)
    save_file({name: value.detach().clone() for name, value in model.named_parameters()}, os.path.join(folder, "model.safetensors"), {"format": "pt"})
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
        json.dump({**config.to_diff_dict(), "architectures": ["BertForQuestionAnswering"]}, file, indent=1)
    with open(os.path.join(folder, "tokenizer_config.json"), "w", encoding="utf-8") as file:
        json.dump({"do_lower_case": True, "tokenizer_class": "BertTokenizer"}, file)

    train_examples, examples = flatten(train_data), flatten(dev_data)
    train_features, features = make_features(tokenizer, train_examples), make_features(tokenizer, examples)
    steps = train(model, train_features)
    model.eval()
    logits, losses = [], []
    with torch.no_grad():
        for feature in features:
            outputs = model(**to_batch([feature]))
            size = len(feature["input_ids"])
            losses.append(outputs.loss.item())
            logits.append([[rounded(value) for value in row[0][:size].tolist()] for row in (outputs.start_logits, outputs.end_logits)])
    answered = [example for example in examples if example["answers"]]
    runs = {}
    for name, some, version_2, options in (("v1", answered, False, {}), ("v2", examples, True, {}),
                                           ("short", examples, True, {"n_best": 10, "longest": 4, "threshold": 1.5}), ("one", examples, True, {"n_best": 1})):
        runs[name] = postprocess(some, features, logits, version_2, **options)
        runs[name]["metrics"] = judge(some, runs[name]["predictions"], version_2)
    cases = []
    for prediction, answers in METRIC_CASES:
        example = [{"id": "x", "answers": [{"text": answer} for answer in answers]}]
        cases.append({"prediction": prediction, "answers": answers, "words": normalize(prediction), "v1": judge(example, {"x": prediction}, False),
                      "v2": judge(example, {"x": prediction}, True)})
    recorded = {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__, "sequence": SEQUENCE, "stride": STRIDE,
                "batch": BATCH, "epochs": EPOCHS, "learning_rate": LEARNING_RATE, "warmup_steps": WARMUP, "weight_decay": WEIGHT_DECAY, "max_grad_norm": CLIPPING,
                "train": train_features, "dev": features, "steps": steps, "eval_loss": sum(losses) / len(losses), "logits": logits, "runs": runs, "metrics": cases}
    with open(os.path.join(folder, "recorded.json"), "w", encoding="utf-8") as file:
        json.dump(recorded, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")
    print(f"{len(train_features)} and {len(features)} windows; loss {steps[0]['loss']:.3f} to {steps[-1]['loss']:.3f}; {runs['v2']['metrics']}")
    print("".join(f"{key}: {value!r} or {runs['v2']['predictions'][key]!r}\n" for key, value in runs["v1"]["predictions"].items()), runs["v1"]["metrics"])


if __name__ == "__main__":
    main()
