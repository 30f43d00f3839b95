# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""safetensors files of small tensors, and runs of weft on them, for tests that know the right numbers. Tensors are (dtype, shape,
flat list)."""
import json
import struct
import subprocess

CODES = {"F32": "f", "F64": "d", "I64": "q", "I32": "i"}


def save(path, tensors):
    header, data = {}, b""
    for name, (dtype, shape, values) in tensors.items():
        packed = struct.pack(f"<{len(values)}{CODES[dtype]}", *values)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def load(path):
    with open(path, "rb") as file:
        content = file.read()
    size = struct.unpack("<Q", content[:8])[0]
    tensors = {}
    for name, entry in json.loads(content[8:8 + size]).items():
        if name == "__metadata__":
            continue
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        code = CODES[entry["dtype"]]
        values = struct.unpack(f"<{(end - begin) // struct.calcsize('<' + code)}{code}", content[begin:end])
        tensors[name] = (entry["dtype"], entry["shape"], list(values))
    return tensors


def run(*command):
    """What the command prints; its error ends the test."""
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: exit code {result.returncode}: {result.stderr.strip()}")
    return result.stdout


def train(module, data, output, *options, weights=None):
    """The logged steps of a run in file order, each batch once, and the weights it ends in."""
    save(output + ".data.safetensors", data)
    initial = []
    if weights:
        save(output + ".weights.safetensors", weights)
        initial = ["--init-from", output + ".weights.safetensors"]
    printed = run("weft", "train", module, "--train-data", output + ".data.safetensors", *initial, "--output-dir", output,
                  "--train-sampling-strategy", "sequential", "--lr-scheduler-type", "constant", "--logging-steps", 1,
                  "--report-to", "none", "--log-format", "json", "--num-threads", 1, *options)
    steps = [entry for entry in map(json.loads, printed.splitlines()) if "learning_rate" in entry]
    return steps, load(output + "/model.safetensors")


def evaluate(module, data, weights, prefix, *options):
    save(prefix + ".data.safetensors", data)
    save(prefix + ".weights.safetensors", weights)
    printed = run("weft", "eval", module, "--checkpoint", prefix + ".weights.safetensors", "--eval-data",
                  prefix + ".data.safetensors", "--log-format", "json", "--num-threads", 1, *options)
    return json.loads(printed.splitlines()[-1])


def expect(what, found, expected, tolerance=0.0):
    pairs = list(zip(found, expected, strict=True)) if isinstance(found, (list, tuple)) else [(found, expected)]
    for one, other in pairs:
        if not abs(one - other) <= tolerance * max(1e-30, abs(other)):
            raise SystemExit(f"{what}: expected {expected}, found {found}")
    print(f"{what}: as expected")
