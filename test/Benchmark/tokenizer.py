# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Weft's tokenizer beside Hugging Face's tokenizers (Rust), one thread each, on the sentences of SST-2 or on any file
with a text a line. They take turns; each line is the median of the rounds. All ids must be equal."""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
GOAL = 1.0  # times as fast


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tokenizer.sh", description=__doc__)
    parser.add_argument("--benchmark", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--model", default=os.environ.get("WEFT_MINILM"), help="folder with tokenizer.json ($WEFT_MINILM)")
    parser.add_argument("--texts", help="a text a line ($WEFT_DATA/sst2/train.tsv's sentences)")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--check", action="store_true", help="exit with 1 if the goal is missed")
    arguments = parser.parse_args()
    if not arguments.model:
        parser.error("--model or WEFT_MINILM has to name a folder with tokenizer.json")
    return arguments


def read_texts(path):
    if path:
        return pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    rows = (pathlib.Path(os.environ["WEFT_DATA"]) / "sst2" / "train.tsv").read_text(encoding="utf-8").split("\n")
    column = rows[0].split("\t").index("sentence")
    return [row.split("\t")[column] for row in rows[1:] if row]


def identity(encodings):
    tokens = value = 0
    for encoding in encodings:
        tokens += len(encoding.ids)
        for token in encoding.ids:
            value = (value + token) * 1000003 % 2147483647
    return [tokens, value]


def main():
    arguments = parse_arguments()
    import tokenizers

    model = pathlib.Path(arguments.model)
    if (model / "model" / "tokenizer.json").exists():
        model /= "model"
    start = time.perf_counter()
    peer = tokenizers.Tokenizer.from_file(str(model / "tokenizer.json"))
    load = time.perf_counter() - start
    peer.no_truncation()
    peer.no_padding()
    texts = read_texts(arguments.texts)
    size = sum(len(text.encode()) for text in texts)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        file.write("\n".join(texts) + "\n")
        file.flush()
        weft = subprocess.Popen([arguments.benchmark, str(model), file.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def ask(mode):
            weft.stdin.write(mode + "\n")
            weft.stdin.flush()
            fields = weft.stdout.readline().split()
            return float(fields[0]), [int(fields[1]), int(fields[2])]

        def timed(function):
            start = time.perf_counter()
            function()
            return time.perf_counter() - start

        contenders = {
            "tokenizers, one by one": lambda: timed(lambda: [peer.encode(text) for text in texts]),
            "tokenizers, a batch": lambda: timed(lambda: peer.encode_batch(texts)),
            "tokenizers, a batch, ids only": lambda: timed(lambda: peer.encode_batch_fast(texts)),
            "Weft, one by one": lambda: ask("one")[0],
            "Weft, a batch": lambda: ask("batch")[0],
        }
        equal = ask("one")[1] == identity(peer.encode_batch(texts))
        seconds = {name: [] for name in contenders}
        for _ in range(arguments.rounds):
            for name, run in contenders.items():
                seconds[name].append(run())
        weft.stdin.close()
        weft.wait()
    median = {name: statistics.median(values) for name, values in seconds.items()}
    print(f"tokenizers {tokenizers.__version__}, {len(texts)} texts, {size / 1e6:.2f} MB, {arguments.rounds} rounds; loads in {load * 1e3:.0f} ms")
    for name, value in median.items():
        print(f"{name:32} {value / len(texts) * 1e6:9.2f} us a text {size / value / 1e6:9.1f} MB/s")
    ratios = [median["tokenizers, one by one"] / median["Weft, one by one"],
              min(median["tokenizers, a batch"], median["tokenizers, a batch, ids only"]) / median["Weft, a batch"]]
    print(f"Weft is {ratios[0]:.1f} times as fast one by one, {ratios[1]:.1f} times in a batch (goal {GOAL}); ids are {'equal' if equal else 'DIFFERENT'}")
    return 1 if not equal or (arguments.check and min(ratios) < GOAL) else 0


sys.exit(main())
