#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a step means, on models so small that the right numbers are computed here: check_semantics.py WHAT FOLDER. FOLDER holds the
modules, and gets what the runs write."""
import math
import os
import sys

from tensors import evaluate, expect, load, run, save, train

FOLDER = sys.argv[2]


def path(name):
    return os.path.join(FOLDER, name)


def without_labels():
    """Batches of 2: the second has no label, and neither has the third."""
    x = ("F32", [6, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    labels = ("I64", [6], [0, 2, -100, -100, -100, -100])
    weights = {"w": ("F32", [3, 2], [0.5, -0.5, 0.25, 0, -0.25, 0.75])}
    empty = {"x": x, "labels": ("I64", [6], [-100] * 6)}
    options = ["--batch-size", 2, "--save-strategy", "no", "--learning-rate", 0.1]
    for kind in ("bare", "sum"):
        module = path(f"{kind}.weft")
        steps, after = train(module, {"x": x, "labels": labels}, path(kind), *options, "--max-steps", 3, weights=weights)
        expect(f"{kind}, losses of batches without labels", [step["loss"] for step in steps[1:]], [0, 0])
        expect(f"{kind}, norms", [step["grad_norm"] for step in steps[1:]], [0, 0])
        first = train(module, {"x": x, "labels": labels}, path(kind + "-first"), *options, "--max-steps", 1, weights=weights)[1]
        expect(f"{kind}, weights stay", after["w"][2], first["w"][2])
        evaluated = evaluate(module, empty, weights, path(kind + "-eval"), "--batch-size", 4)
        expect(f"{kind}, evaluation of no label", evaluated["eval_loss"], 0)
    steps, after = train(path("accumulating.weft"), empty, path("accumulating"), *options, "--gradient-accumulation-steps", 3,
                         "--max-steps", 1, weights=weights)
    expect("accumulated, loss", steps[0]["loss"], 0)
    expect("accumulated, weights stay", after["w"][2], weights["w"][2])
    # Decay and moments act as with a gradient of zero: m = v = 0, w (1 - lr wd).
    steps, after = train(path("adamw.weft"), empty, path("adamw"), *options, "--weight-decay", 0.5, "--max-steps", 2,
                         weights=weights)
    expect("adamw, losses", [step["loss"] for step in steps], [0, 0])
    expect("adamw, weights decay", after["w"][2], [value * 0.95 ** 2 for value in weights["w"][2]], 1e-6)
    # A sample without a label does not count in evaluation, whatever batch it is in.
    for batch in (1, 2, 3, 6):
        found = evaluate(path("bare.weft"), {"x": x, "labels": labels}, weights, path("few"), "--batch-size", batch)
        expect(f"evaluation, batch {batch}", found["eval_loss"], cross_entropy(weights["w"][2], [(1, 2, 0), (3, 4, 2)]), 1e-6)


def cross_entropy(w, samples):
    total = 0
    for a, b, label in samples:
        scores = [w[2 * i] * a + w[2 * i + 1] * b for i in range(3)]
        total += math.log(sum(map(math.exp, scores))) - scores[label]
    return total / len(samples)


def names():
    """Parameters that are named like state of each other are trained as under any other name, and so is what is resumed."""
    plain = ["a", "b", "c", "d", "e"]
    hurting = ["w", "w.exp_avg", "grad.w", "accumulated.loss_sum", "w.exp_avg.exp_avg"]
    data = {"x": ("F32", [8, 2], [math.sin(i) for i in range(16)])}
    options = ["--batch-size", 2, "--gradient-accumulation-steps", 2, "--max-steps", 4, "--num-train-epochs", 4,
               "--save-steps", 2, "--learning-rate", 0.1]
    results = {}
    for kind, parameters in (("plain", plain), ("hurting", hurting)):
        weights = {name: ("F32", [2], [1 + i, 2 - i]) for i, name in enumerate(parameters)}
        results[kind] = train(path(f"{kind}.weft"), data, path(kind), *options, weights=weights)
    expect("losses", [step["loss"] for step in results["hurting"][0]], [step["loss"] for step in results["plain"][0]])
    for one, other in zip(hurting, plain):
        expect(one, results["hurting"][1][one][2], results["plain"][1][other][2])
    saved, expected = (load(path(f"{kind}/checkpoint-4/optimizer.safetensors")) for kind in ("hurting", "plain"))
    for one, other in zip(hurting, plain):
        for slot in ("exp_avg", "exp_avg_sq"):
            expect(f"{one}, {slot}", saved[f"{one}.{slot}"][2], expected[f"{other}.{slot}"][2])
    print(f"{len(saved)} tensors of state")
    train(path("hurting.weft"), data, path("resumed"), *options, "--resume-from-checkpoint", path("hurting/checkpoint-2"))
    for file in ("model", "optimizer"):
        with open(path(f"hurting/checkpoint-4/{file}.safetensors"), "rb") as one:
            with open(path(f"resumed/checkpoint-4/{file}.safetensors"), "rb") as other:
                print(f"resumed, {file}: {'the same bytes' if one.read() == other.read() else 'OTHER BYTES'}")


def weights_of_batches():
    x = ("F32", [5, 1], [0, 0, 0, 0, 10])
    for batch in (1, 2, 4, 5):
        found = evaluate(path("mean.weft"), {"x": x}, {"w": ("F32", [1], [1])}, path("mean"), "--batch-size", batch)
        expect(f"mean, batch {batch}", found["eval_loss"], 2)
        found = evaluate(path("half.weft"), {"x": x}, {"w": ("F32", [1], [1])}, path("half"), "--batch-size", batch)
        expect(f"half, batch {batch}", found["eval_loss"], 8.5, 1e-7)


def documented():
    """The example of weft.buffer: 3 columns' running means stand for those of the batch in evaluation."""
    x = ("F32", [5, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    labels = ("F32", [5, 1], [0, 1, 2, 3, 4])
    weights = {"w": ("F32", [1, 2], [1, 0.5]), "running_mean": ("F32", [2], [0.5, 0])}
    expected = sum((x[2][2 * i] - 0.5 + 0.5 * x[2][2 * i + 1] - labels[2][i]) ** 2 for i in range(5)) / 5
    for module in ("documented", "undocumented"):
        for batch in (1, 2, 3, 5):
            found = evaluate(path(f"{module}.weft"), {"x": x, "labels": labels}, weights, path(module), "--batch-size", batch)
            expect(f"{module}, batch {batch}", found["eval_loss"], expected, 1e-6)
    steps, after = train(path("documented.weft"), {"x": x, "labels": labels}, path("documented"), "--batch-size", 5, "--max-steps",
                         1, "--save-strategy", "no", "--learning-rate", 0, weights=weights)
    expect("running mean", after["running_mean"][2], [0.9 * 0.5 + 0.1 * 5, 0.1 * 6], 1e-6)


def double():
    """Two steps of Adam with clipping and accumulation, in the order of PyTorch's operations."""
    x = [math.sin(3 * i + 1) for i in range(14)]
    w, lr, betas, eps, bound = [0.25, -0.5], 0.1, (0.9, 0.999), 1e-8, 0.5
    m, v, losses, norms = [0, 0], [0, 0], [], []
    for step in (1, 2):
        rows = [x[2 * i:2 * i + 2] for i in range(7)]
        losses.append(sum((w[k] - row[k]) ** 2 for row in rows for k in (0, 1)) / 14)
        gradient = [sum(2 * (w[k] - row[k]) for row in rows) / 14 for k in (0, 1)]
        norms.append(math.hypot(*gradient))
        scale = min(1, bound / (norms[-1] + 1e-6))
        for k in (0, 1):
            g = gradient[k] * scale
            m[k] += (g - m[k]) * (1 - betas[0])
            v[k] = v[k] * betas[1] + (1 - betas[1]) * g * g
            denominator = math.sqrt(v[k]) / math.sqrt(1 - betas[1] ** step) + eps
            w[k] -= lr / (1 - betas[0] ** step) * m[k] / denominator
    data = {"x": ("F64", [7, 2], x)}
    for name, batch, accumulation in (("whole", 7, 1), ("accumulated", 3, 3)):
        steps, after = train(path("double.weft"), data, path(name), "--batch-size", batch, "--gradient-accumulation-steps",
                             accumulation, "--max-grad-norm", bound, "--learning-rate", lr, "--max-steps", 2, "--num-train-epochs",
                             2, "--save-strategy", "no", weights={"w": ("F64", [2], [0.25, -0.5])})
        expect(f"{name}, losses", [step["loss"] for step in steps], losses, 1e-14)
        expect(f"{name}, norms", [step["grad_norm"] for step in steps], norms, 1e-14)
        expect(f"{name}, weights", after["w"][2], w, 1e-14)
    found = evaluate(path("double.weft"), data, {"w": ("F64", [2], [0.25, -0.5])}, path("double"), "--batch-size", 3)
    expect("evaluation", found["eval_loss"], losses[0], 1e-14)


def tables():
    weights = {"a": ("F32", [50, 1], list(range(50))), "b": ("F32", [7, 1], list(range(7)))}
    found = evaluate(path("tables.weft"), {"ids": ("I64", [2, 2], [49, 6, 1, 0])}, weights, path("tables"), "--batch-size", 2)
    expect("ids of two tables", found["eval_loss"], 147)
    save(path("wrong.safetensors"), {"ids": ("I64", [3, 2], [49, 6, 1, 0, 6, 7])})
    found = evaluate(path("tasks.weft"), {"x": ("F32", [2, 3], [0] * 6), "labels": ("I64", [2, 2], [2, -100, 0, 1])},
                     {"w": ("F32", [3, 3], [0] * 9)}, path("tasks"), "--batch-size", 2)
    expect("labels of two tasks", found["eval_loss"], math.log(3) + math.log(2), 1e-6)
    save(path("ignored.safetensors"), {"x": ("F32", [2, 3], [0] * 6), "labels": ("I64", [2, 2], [-100, 1, 0, 1])})
    save(path("classes.safetensors"), {"x": ("F32", [2, 3], [0] * 6), "labels": ("I64", [2, 2], [2, 2, 0, 1])})
    run("weft", "bench", path("tables.weft"), "--steps", 1, "--warmup", 0)


def predictions(module, data, weights, name, *options):
    save(path(name + ".data.safetensors"), data)
    save(path(name + ".weights.safetensors"), weights)
    printed = run("weft", "predict", path(module), "--checkpoint", path(name + ".weights.safetensors"), "--data",
                  path(name + ".data.safetensors"), "--scores", *options)
    return printed.splitlines()


def places():
    values = [float(i % 7 - 3) for i in range(24)]
    swap = {"w": ("F32", [2, 2], [0, 1, 1, 0])}
    lines = predictions("rank3.weft", {"x": ("F32", [3, 4, 2], values)}, swap, "rank3")
    print(lines[0])
    expect("rank 3", [float(field) for line in lines[1:] for field in line.split(",")],
           [field for i in range(12) for field in
            (i // 4, i % 4, int(values[2 * i] > values[2 * i + 1]), values[2 * i + 1], values[2 * i])])
    lines = predictions("rank4.weft", {"x": ("F32", [2, 2, 3, 2], values)}, swap, "rank4", "--batch-size", 1)
    expect("rank 4", [float(field) for line in lines[1:] for field in line.split(",")],
           [field for i in range(12) for field in
            (i // 6, i % 6, int(values[2 * i] > values[2 * i + 1]), values[2 * i + 1], values[2 * i])])
    # Numbers for each place, as the labels are; classes along the dimension that the labels lack.
    lines = predictions("numbers.weft", {"x": ("F32", [2, 2, 3, 2], values)}, swap, "numbers")
    expect("numbers", [float(line.split(",")[2]) for line in lines[1:]], [values[i ^ 1] for i in range(24)])
    lines = predictions("planes.weft", {"x": ("F32", [2, 2, 3, 2], values)}, swap, "planes")
    planes = [(values[12 * (i // 6) + i % 6 ^ 1], values[12 * (i // 6) + i % 6 + 6 ^ 1]) for i in range(12)]
    expect("planes", [float(field) for line in lines[1:] for field in line.split(",")],
           [field for i, (one, other) in enumerate(planes) for field in (i // 6, i % 6, int(other > one), one, other)])
    # Places of a sequence, but not those that fill it up to 4 or 8; 2 for each.
    for length in (3, 5):
        lines = predictions("sequence.weft", {"x": ("F32", [2, length, 2], values[:4 * length])}, swap, f"sequence{length}")
        expect(f"length {length}", [int(line.split(",")[1]) for line in lines[1:]], 2 * list(range(2 * length)))


def full_batches():
    x = ("F32", [13, 1], [3] * 10 + [30] * 3)
    weights = {"w": ("F32", [1], [1])}
    steps, after = train(path("fixed.weft"), {"x": x}, path("fixed"), "--max-steps", 2, "--save-strategy", "no", "--learning-rate",
                         0.1, weights=weights)
    expect("losses", [step["loss"] for step in steps], [3, 2.1], 1e-6)
    expect("weight", after["w"][2], [0.4], 1e-6)
    found = evaluate(path("fixed.weft"), {"x": x}, weights, path("fixed-eval"))
    expect("evaluation", (found["eval_loss"], found["eval_samples"]), (3, 10))
    for count in (2, 5, 13):
        lines = predictions("fixed.weft", {"x": ("F32", [count, 1], x[2][-count:])}, weights, f"fixed{count}")
        expect(f"predictions of {count}", [float(line.split(",")[1]) for line in lines[1:]], x[2][-count:])
    run("weft", "bench", path("fixed.weft"), "--steps", 2, "--warmup", 0)
    save(path("few.safetensors"), {"x": ("F32", [4, 1], [3] * 4)})
    save(path("w.safetensors"), weights)


if __name__ == "__main__":
    {check.__name__: check for check in (without_labels, names, weights_of_batches, documented, double, tables, places,
                                         full_batches)}[sys.argv[1]]()
