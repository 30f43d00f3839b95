# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A whole fine-tuning run in Weft and with Hugging Face's Trainer.
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent

DESCRIPTION = """\
Fine-tunes a pretrained BERT on sentences of two classes, with dropout, clipping, AdamW, warmup and
shuffling, and evaluates it at the end: Weft (weftc, then weft train) and Hugging Face's Trainer with
the same arguments take turns, on the same cores. Times are of whole processes, from their start to
their end, weftc's included.
"""
GOAL = 1.35  # Trainer's time over Weft's.


def parse_arguments():
    parser = argparse.ArgumentParser(prog="finetune.sh", description=DESCRIPTION,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent.parent / "build",
                        help="build folder (build)")
    parser.add_argument("--model", type=pathlib.Path, default=os.environ.get("WEFT_MINILM"),
                        help="Hugging Face folder of a BERT ($WEFT_MINILM)")
    parser.add_argument("--data", type=pathlib.Path,
                        default=os.path.join(os.environ.get("WEFT_DATA", ""), "sst2"),
                        help="folder with train.tsv and dev.tsv: sentence, label ($WEFT_DATA/sst2)")
    parser.add_argument("--epochs", type=float, default=3, help="of a run (3)")
    parser.add_argument("--runs", type=int, default=1, help="of each contender (1)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=42, help="of the first run (42)")
    parser.add_argument("--check", action="store_true", help="exit with 1 if the goal is missed")
    arguments = parser.parse_args()
    for path, name in ((arguments.model, "config.json"), (arguments.data, "train.tsv")):
        if not path or not (path / name).is_file():
            parser.error(f"expected a folder with {name}, found none at '{path}'")
    return arguments


def timed(command, environment, log):
    """Seconds that a command takes; its output goes to a file."""
    begin = time.perf_counter()
    with open(log, "wb") as file:
        code = subprocess.run(command, env=environment, stdout=file, stderr=file).returncode
    if code:
        last = log.read_text(errors="replace").strip().splitlines()[-8:]
        sys.exit(f"finetune.py: {command[0]} ended with {code}:\n    " + "\n    ".join(last))
    return time.perf_counter() - begin


def training_options(arguments, seed, output):
    """The same words for Weft and for TrainingArguments."""
    return {"num_train_epochs": arguments.epochs, "per_device_train_batch_size": 16,
            "per_device_eval_batch_size": 64, "learning_rate": 5e-5, "warmup_steps": 500,
            "weight_decay": 0.01, "max_grad_norm": 1.0, "logging_steps": 50, "seed": seed,
            "output_dir": str(output)}


def run_weft(arguments, seed, folder):
    """Seconds of weftc and of weft train, and the last evaluation."""
    environment = {**os.environ, "WEFT_NUM_THREADS": str(arguments.threads)}
    programs, module = arguments.build / "bin", folder / "model.weft"
    compilation = timed(
        [programs / "weftc", arguments.model, "--task", "sequence-classification", "--num-labels",
         "2", "--bind=batch=16", "--bind=seq=16:128:16", "-o", module],
        environment, folder / "weftc.log")
    command = [programs / "weft", "train", module, "--model", arguments.model, "--train-data",
               arguments.data / "train.tsv", "--eval-data", arguments.data / "dev.tsv",
               "--text-column", "sentence", "--label-column", "label"]
    for name, value in training_options(arguments, seed, folder / "weft").items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    training = timed(command, environment, folder / "weft.log")
    log = json.loads((folder / "weft" / "trainer_state.json").read_text())["log_history"]
    return compilation, training, [entry for entry in log if "eval_loss" in entry][-1]


def run_trainer(arguments, seed, folder):
    """Seconds of a Trainer script, and its evaluation."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(arguments.threads),
                   "MKL_NUM_THREADS": str(arguments.threads), "CUDA_VISIBLE_DEVICES": ""}
    evaluation = folder / "evaluation.json"
    problem = {"model": str(arguments.model), "data": str(arguments.data),
               "evaluation": str(evaluation), "threads": arguments.threads,
               "options": training_options(arguments, seed, folder / "trainer")}
    taken = timed([sys.executable, HERE / "finetune_trainer.py", json.dumps(problem)], environment,
                  folder / "trainer.log")
    return taken, json.loads(evaluation.read_text())


def main():
    arguments = parse_arguments()
    cores = sorted(os.sched_getaffinity(0))[:arguments.threads]
    os.sched_setaffinity(0, cores)
    print(f"load average {os.getloadavg()[0]:.1f}, {len(cores)} cores", flush=True)
    weft, trainer = [], []
    for run in range(arguments.runs):
        seed = arguments.seed + run
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            compilation, training, found = run_weft(arguments, seed, folder)
            weft.append(compilation + training)
            print(f"seed {seed}: Weft    {weft[-1]:7.1f} s (weftc {compilation:.1f})   accuracy "
                  f"{found['eval_accuracy']:.4f}   loss {found['eval_loss']:.4f}", flush=True)
            taken, found = run_trainer(arguments, seed, folder)
            trainer.append(taken)
            print(f"seed {seed}: Trainer {taken:7.1f} s               accuracy "
                  f"{found['eval_accuracy']:.4f}   loss {found['eval_loss']:.4f}", flush=True)
    ratio = statistics.median(trainer) / statistics.median(weft)
    met = ratio >= GOAL
    print(f"Trainer / Weft, whole run: {ratio:.2f}   goal >= {GOAL}: {'met' if met else 'MISSED'}")
    return 1 if arguments.check and not met else 0


sys.exit(main())
