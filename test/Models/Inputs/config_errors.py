#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Changes one thing of a configuration at a time and expects weft-translate to refuse it with a message.

  config_errors.py FOLDER_OF_INPUTS OUTPUT
"""
import json
import os
import subprocess
import sys

ABSENT = object()

# Base, what to change, expected message after "config.json: ".
CASES = [
    ("bert", {"model_type": "roberta"}, '$.model_type: expected "bert" or "distilbert", found "roberta"'),
    ("bert", {"model_type": ABSENT, "architectures": ["BertGenerationEncoder"]},
     '$.model_type: expected "bert" or "distilbert", or $.architectures that tells which, such as '
     '["BertForSequenceClassification"]; found neither: add it to the file'),
    ("bert", {"model_type": None, "architectures": None}, '$.model_type: expected "bert" or "distilbert", or $.architectures'),
    ("bert", {"model_type": 7}, "$.model_type: expected a string, found 7"),
    ("bert", {"hidden_size": "8"}, '$.hidden_size: expected an integer from 1 to 65536, found "8"'),
    ("bert", {"hidden_size": 8.5}, "$.hidden_size: expected an integer from 1 to 65536, found 8.5"),
    ("bert", {"hidden_size": -8}, "$.hidden_size: expected an integer from 1 to 65536, found -8"),
    ("bert", {"hidden_size": 10**30}, "$.hidden_size: expected an integer from 1 to 65536, found 1e+30"),
    ("bert", {"num_attention_heads": 3}, "$.num_attention_heads: expected a divisor of hidden_size, 8, found 3"),
    ("distilbert", {"n_heads": 3}, "$.n_heads: expected a divisor of dim, 8, found 3"),
    ("bert", {"hidden_act": "gelu_10"}, "$.hidden_act: expected one of gelu, gelu_python, gelu_new, gelu_fast, gelu_accurate, "
     'gelu_pytorch_tanh, gelu_python_tanh, relu, relu6, silu, swish, tanh, sigmoid, linear, found "gelu_10"'),
    ("distilbert", {"activation": 3}, "$.activation: expected a string, found 3"),
    ("bert", {"hidden_dropout_prob": 1}, "$.hidden_dropout_prob: expected a number from 0 to below 1, found 1"),
    ("bert", {"classifier_dropout": "0.1"}, '$.classifier_dropout: expected a number from 0 to below 1, found "0.1"'),
    ("bert", {"layer_norm_eps": -0.5}, "$.layer_norm_eps: expected a number from 0 to below 1, found -0.5"),
    ("bert", {"pad_token_id": 20}, "$.pad_token_id: expected an integer from 0 to 19, found 20"),
    ("bert", {"position_embedding_type": "relative_key"},
     '$.position_embedding_type: expected "absolute", all that is supported, found "relative_key"'),
    ("bert", {"is_decoder": True}, "$.is_decoder: expected false, all that is supported, found true"),
    ("bert", {"add_cross_attention": True}, "$.add_cross_attention: expected false, all that is supported, found true"),
    ("bert", {"is_encoder_decoder": 1}, "$.is_encoder_decoder: expected false, all that is supported, found 1"),
    ("bert", {"pruned_heads": {"0": [1]}}, '$.pruned_heads: expected null or nothing in it, all that is supported, found {"0":[1]}'),
    ("distilbert", {"sinusoidal_pos_embds": True}, "$.sinusoidal_pos_embds: expected false, all that is supported, found true"),
    ("bert", {"rotary_dim": 4, "notes": [], "alibi": True, "nothing": None}, "$.alibi: unknown field, which may change what the model "
     "computes; expected a field that this model is known to have, found true; what changes nothing is passed over with "
     "--ignore-config-field=alibi,notes,rotary_dim"),
    ("bert", {"quantization_config": {"bits": 8}}, "$.quantization_config: unknown field"),
    ("distilbert", {"position_embedding_type": "relative_key"},
     '$.position_embedding_type: expected "absolute", all that is supported, found "relative_key"'),
    ("bert", {"tie_word_embeddings": "yes"}, '$.tie_word_embeddings: expected true or false, found "yes"'),
    ("bert", {"torch_dtype": "int8"}, '$.torch_dtype: expected float32, float16, bfloat16 or float64, found "int8"'),
    ("bert", {"architectures": "BertModel"}, '$.architectures: expected a list of strings, found "BertModel"'),
    ("bert", {"architectures": ["BertModel", 3]}, "$.architectures[1]: expected a string, found 3"),
    ("bert", {"problem_type": "ranking"}, "$.problem_type: expected single_label_classification, multi_label_classification or "
     'regression, found "ranking"'),
    ("bert", {"id2label": ["a"]}, '$.id2label: expected an object with a name for each of "0", "1" ..., found ["a"]'),
    ("bert", {"id2label": {"0": "a", "2": "b"}}, "$.id2label.1: expected a name of printable characters, found null"),
    ("bert", {"id2label": {"0": ""}}, '$.id2label.0: expected a name of printable characters, found ""'),
    ("bert", {"id2label": {"0": "a", "1": None}}, "$.id2label.1: expected a name of printable characters, found null"),
    ("bert", {"id2label": {"0": "a\nb"}}, '$.id2label.0: expected a name of printable characters, found "a\\nb"'),
    ("bert", {"id2label": {"0": "a"}, "num_labels": 2}, "$.id2label: expected 2 names, as num_labels says, found 1"),
    ("bert", {"rotary_dim": 4}, "$.rotary_dim: unknown field, which may change what the model computes; expected a field that this "
     "model is known to have, found 4"),
    ("bert", {"gr\u00f6\u00dfe\x1b[31m\u009b\u202e": 8}, r"$.größe\x1b[31m\xc2\x9b\xe2\x80\xae: unknown field"),
    ("bert", {"dim": 8}, "$.dim: unknown field, which may change what the model computes"),
]

# The whole text of a file.
TEXTS = [
    ("", "expected JSON, found an error at [1:0, byte=0]: Unexpected EOF"),
    ("[1, 2]", "expected a JSON object, found [1,2]"),
    ('{"model_type": "bert",\n "x" 3}', "expected JSON, found an error at [2:6, byte=29]: Expected : after object key"),
    ('{"model_type": ' + "[" * 100000, "expected at most 64 levels of nesting, found more"),
    ('{"model_type": "\xff"}', "found an error at"),
]


def translate(folder, text):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "config.json"), "w", encoding="latin-1") as file:
        file.write(text)
    return subprocess.run(["weft-translate", "--hf-to-weft", folder, "--task", "masked-lm"], capture_output=True, text=True, check=False)


def main():
    inputs, output = sys.argv[1:]
    failures = 0
    texts = list(TEXTS)
    for base, changes, message in CASES:
        with open(os.path.join(inputs, base, "config.json"), encoding="utf-8") as file:
            config = {key: value for key, value in {**json.load(file), **changes}.items() if value is not ABSENT}
        texts.append((json.dumps(config), message))
    for text, message in texts:
        result = translate(output, text)
        expected = f"weft-translate: error: {output}/config.json: "
        if result.returncode != 1 or not result.stderr.startswith(expected) or message not in result.stderr:
            print(f"{text[:80]!r}: expected '{message}', found (exit code {result.returncode}) '{result.stderr[:300]}'")
            failures += 1
    print(f"{len(texts)} configurations, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
