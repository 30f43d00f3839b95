# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_names.py DATA: what `weft` says of odd names and of values that are none; mlp.weft is in this folder."""
import json
import os
import pathlib
import re
import struct
import subprocess
import sys

DATA = sys.argv[1]


def weft(*arguments, code, **environment):
    done = subprocess.run(["weft", *arguments], capture_output=True, env={**os.environ, **environment}, check=False)
    assert done.returncode == code, (arguments, done)
    return done


def safetensors(path, names):
    header = json.dumps({name: {"dtype": "F32", "shape": [1], "data_offsets": [4 * i, 4 * i + 4]}
                         for i, name in enumerate(names)}).encode()
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(header)) + header + bytes(4 * len(names)))


def check_names():
    safetensors("odd.safetensors", ["w\x1b]0;title\x07", "gr\u00f6\u00dfe\u009b31m", "two\nlines"])
    said = weft("train", "mlp.weft", "--train-data", DATA, "--init-from", "odd.safetensors", "--output-dir", "odd", code=1).stderr
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]", said) and said.count(b"\n") == 1, said
    for shown in (r"w\x1b]0;title\x07", r"größe\u009b31m", r"two\x0alines"):
        assert shown in said.decode(), said
    # Of a file and of a command, too, and of bytes that are no text.
    for name in (b"no\x1b[2Jfile", b"caf\xe9", "caf\u00e9".encode()):
        said = weft("inspect", name, code=1).stderr
        wanted = {b"no\x1b[2Jfile": rb"no\x1b[2Jfile", b"caf\xe9": rb"caf\xe9"}.get(name, name)
        assert wanted in said and b"\x1b" not in said, said
    assert rb"'fly\x1b'" in weft(b"fly\x1b", code=2).stderr


def check_empty_values():
    train = ["train", "mlp.weft", "--train-data", DATA, "--max-steps", "1"]
    for option in ("--output-dir", "--optim", "--logging-dir", "--model", "--arguments", "--resume-from-checkpoint", "--seed",
                   "--load-best-model-at-end", "--run-name"):
        for words in ([option, ""], [option + "="], [option.replace("-", "_").replace("__", "--", 1) + "="]):
            said = weft(*train, *words, code=2).stderr.decode()
            assert said == f"weft: {option}: expected a value, found an empty one\nTry 'weft train --help'.\n", said
    assert not os.path.exists("true")
    said = weft("predict", "", "--checkpoint", "c", "--data", "d", code=2).stderr.decode()
    assert said.startswith("weft: word 2: expected a value, found an empty one\n"), said
    pathlib.Path("empty.json").write_text('{"output_dir": ""}')
    said = weft(*train, "--arguments", "empty.json", code=1).stderr.decode()
    assert said == "weft: empty.json: output_dir: expected a value, found an empty one\n", said


def check_numbers():
    train = ["train", "mlp.weft", "--train-data", DATA, "--output-dir", "numbers"]
    for option, value, wanted in (("epochs", "inf", "num_train_epochs: expected a number of 0 to 1e+15, found 'inf'"),
                                  ("epochs", "1e300", "num_train_epochs: expected a number of 0 to 1e+15, found '1e300'"),
                                  ("save-steps", "1e300", "save_steps: expected a number of 0 to 1e+15, found '1e300'"),
                                  ("max-steps", "9223372036854775807", "max_steps: expected an integer of -1 to 10000000")):
        said = weft(*train, "--" + option, value, code=2).stderr.decode()
        assert said.startswith("weft: command line: " + wanted), said
    said = weft(*train, "--epochs", "1e15", code=1).stderr.decode()
    assert re.match(r"weft: num_train_epochs: 1e\+15 epochs of \d+ steps: expected at most 1e\+15 steps\n", said), said
    for threads in ("0", "two", "999999999", "-1", "1e3"):
        said = weft(*train, code=1, WEFT_NUM_THREADS=threads).stderr.decode()
        assert said == f"weft: WEFT_NUM_THREADS: expected an integer of 1 to 1024, found '{threads}'\n", said
        said = weft(*train, "--num-threads", threads, code=2).stderr.decode()
        assert "--num-threads" in said and threads in said and "range 1 to 1024" in said, said
    assert not os.path.exists("numbers")
    weft(*train, "--max-steps", "3", "--save-steps", "1e15", code=0, WEFT_NUM_THREADS="")
    assert [name for name in os.listdir("numbers") if name.startswith("checkpoint")] == ["checkpoint-3"]


check_names()
check_empty_values()
check_numbers()
