#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains without a stop, then kills and interrupts runs in the middle of an epoch, resumes them and compares the last checkpoints.

  check_resume.py --module M.weft --output DIR --steps N --stop-at N --save-steps N --num-threads N [--also-threads N] OPTION... (of weft train)

With --also-threads, another run without a stop on so many threads has to end in the same bytes too.
"""
import argparse
import filecmp
import json
import os
import signal
import subprocess
import sys

FILES = ("model.safetensors", "optimizer.safetensors")


def command(arguments, folder, *options, threads=None):
    return ["weft", "train", arguments.module, "--max-steps", str(arguments.steps), "--save-steps", str(arguments.save_steps), "--logging-steps", "1",
            "--num-threads", str(threads or arguments.num_threads),
            "--report-to", "none", "--log-format", "json", "--output-dir", os.path.join(arguments.output, folder), *arguments.options, *options]


def compare(arguments, folder, name):
    last = f"checkpoint-{arguments.steps}"
    for file in FILES:
        expected = os.path.join(arguments.output, "whole", last, file)
        if not filecmp.cmp(expected, os.path.join(arguments.output, folder, last, file), shallow=False):
            sys.exit(f"{name}: {file} of the run differs from that of the whole run")
    print(f"{name}: {' and '.join(FILES)} are the same")


def stop_at(arguments, folder, stop_step, stop_signal):
    """Starts a run, sends the signal once the log of a step is seen; gives exit code, output and errors."""
    # A full pipe holds the run, so that it cannot end before the signal reaches it; of a page, 4096 bytes are read ahead and as many wait.
    run = subprocess.Popen(command(arguments, folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, pipesize=4096)
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
    notices = [json.loads(line).get("message", "") for line in result.stdout.splitlines()]
    print(f"{name}: {next(notice for notice in notices if notice.startswith('resuming'))}")
    compare(arguments, folder, name)


def main():
    parser = argparse.ArgumentParser()
    for name in ("module", "output"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("steps", "stop-at", "save-steps", "num-threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--also-threads")
    arguments, arguments.options = parser.parse_known_args()
    subprocess.run(command(arguments, "whole"), check=True, stdout=subprocess.DEVNULL)
    if arguments.also_threads:
        subprocess.run(command(arguments, "threads", threads=arguments.also_threads), check=True, stdout=subprocess.DEVNULL)
        compare(arguments, "threads", f"{arguments.also_threads} threads")

    code, _, _ = stop_at(arguments, "killed", arguments.stop_at, signal.SIGKILL)
    if code != -signal.SIGKILL:
        sys.exit(f"SIGKILL: the run ended with {code} before it was killed")
    resume(arguments, "killed", "SIGKILL")

    code, lines, errors = stop_at(arguments, "interrupted", arguments.stop_at, signal.SIGINT)
    print(f"SIGINT: exit code {code}")
    saved = [json.loads(line)["checkpoint"] for line in lines if "checkpoint" in line]
    print(f"SIGINT: saved {saved[-1]}")
    print(f"SIGINT: {errors.strip()}")
    resume(arguments, "interrupted", "SIGINT")


if __name__ == "__main__":
    main()
