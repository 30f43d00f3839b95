#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains without a stop, then kills and interrupts runs in the middle of an epoch, resumes them and compares the last checkpoints.

  check_resume.py --module mlp.weft --data DIR --output DIR
"""
import argparse
import filecmp
import json
import os
import signal
import subprocess
import sys

LAST = "checkpoint-170"


def command(arguments, folder, *options):
    return ["weft", "train", arguments.module, "--train-data", arguments.data, "--max-steps", "170", "--batch-size", "64", "--num-threads", "1",
            "--learning-rate", "0.001", "--lr-scheduler-type", "linear", "--save-steps", "40", "--logging-steps", "1",
            "--report-to", "none", "--log-format", "json", "--output-dir", os.path.join(arguments.output, folder), *options]


def stop_at(arguments, folder, stop_step, stop_signal):
    """Starts a run, sends the signal once the log of a step is seen; gives exit code, output and errors."""
    # A pipe that is read slowly would hold the run, so it cannot end before the signal reaches it.
    run = subprocess.Popen(command(arguments, folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = []
    for line in run.stdout:
        lines.append(line)
        if json.loads(line).get("step", 0) >= stop_step:
            run.send_signal(stop_signal)
            break
    rest, errors = run.communicate()
    return run.returncode, lines + rest.splitlines(), errors


def resume(arguments, folder, name):
    path = os.path.join(arguments.output, folder)
    result = subprocess.run(command(arguments, folder, "--resume-from-checkpoint", path), check=True, capture_output=True, text=True)
    notices = [json.loads(line).get("message") for line in result.stdout.splitlines()]
    print(f"{name}: {next(notice for notice in notices if notice)}")
    for file in ("model.safetensors", "optimizer.safetensors"):
        expected = os.path.join(arguments.output, "whole", LAST, file)
        if not filecmp.cmp(expected, os.path.join(path, LAST, file), shallow=False):
            sys.exit(f"{name}: {file} of the resumed run differs from that of the whole run")
    print(f"{name}: model.safetensors and optimizer.safetensors are the same")


def main():
    parser = argparse.ArgumentParser()
    for name in ("module", "data", "output"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    subprocess.run(command(arguments, "whole"), check=True, stdout=subprocess.DEVNULL)

    code, _, _ = stop_at(arguments, "killed", 130, signal.SIGKILL)
    if code != -signal.SIGKILL:
        sys.exit(f"SIGKILL: the run ended with {code} before it was killed")
    resume(arguments, "killed", "SIGKILL")

    code, lines, errors = stop_at(arguments, "interrupted", 130, signal.SIGINT)
    print(f"SIGINT: exit code {code}")
    saved = [json.loads(line)["checkpoint"] for line in lines if "checkpoint" in line]
    print(f"SIGINT: saved {saved[-1]}")
    print(f"SIGINT: {errors.strip()}")
    resume(arguments, "interrupted", "SIGINT")


if __name__ == "__main__":
    main()
