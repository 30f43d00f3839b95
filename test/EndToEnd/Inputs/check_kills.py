#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs that are killed again and again lose no checkpoint and end in the bytes of a run that nothing stopped.

  check_kills.py --module M.weft --folder DIR [--kills N] [--stops N] [--pairs N] [--overlay] [--seed N] OPTION... (of weft train)

In DIR (of any file system) runs are ended N times by SIGKILL, then N times by SIGTERM at any moment of theirs, start-up and end included, and N
times two runs are started on one folder at once. After each, every checkpoint must be whole and hold the bytes that the run without a stop has
at that step, and the newest one may not be older than before. With --overlay, each output folder lies on overlayfs, with checkpoints in the lower layer
(only root can mount it: "skipped" is printed otherwise).
"""
import argparse
import filecmp
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

FILES = ("model.safetensors", "optimizer.safetensors")
STEPS, SAVE_STEPS = 120, 10


def command(arguments, folder, *options, save_steps=SAVE_STEPS):
    return ["weft", "train", arguments.module, "--save-steps", str(save_steps), "--logging-steps", "1000", "--report-to", "none",
            "--num-threads", "1", "--lr-scheduler-type", "constant", "--output-dir", folder, *arguments.options, *options]


def steps_in(folder):
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted(int(name[11:]) for name in names if re.fullmatch(r"checkpoint-\d+", name))


class Checker:
    """The output folder of a run that is ended over and over, beside what it should hold."""

    def __init__(self, arguments, name):
        self.arguments, self.name, self.count, self.mounted = arguments, name, 0, False
        self.base = os.path.join(arguments.folder, name)
        self.folder = os.path.join(self.base, "out")
        self.whole = os.path.join(arguments.folder, "whole")

    def fail(self, text):
        sys.exit(f"{self.name}, round {self.count}: {text}; look at {self.folder}")

    def begin(self):
        """A new output folder; on overlayfs with the first checkpoints in the lower layer."""
        self.unmount()
        shutil.rmtree(self.base, ignore_errors=True)
        os.makedirs(self.base)
        self.newest = 0
        if not self.arguments.overlay:
            return
        layers = {layer: os.path.join(self.base, layer) for layer in ("lower", "upper", "work")}
        for path in (*layers.values(), self.folder):
            os.makedirs(path)
        for step in (SAVE_STEPS, 2 * SAVE_STEPS):
            shutil.copytree(os.path.join(self.whole, f"checkpoint-{step}"), os.path.join(layers["lower"], f"checkpoint-{step}"))
        options = f"lowerdir={layers['lower']},upperdir={layers['upper']},workdir={layers['work']}"
        if subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, self.folder], capture_output=True).returncode != 0:
            print("skipped: mounting overlayfs needs root, and a file system that can be its upper layer")
            sys.exit(0)
        self.mounted = True
        # A step that is saved again replaces a folder of the lower layer.
        for _ in range(2):
            subprocess.run(command(self.arguments, self.folder, "--max-steps", str(SAVE_STEPS)), check=True, capture_output=True)
        self.check()

    def unmount(self):
        if self.mounted:
            subprocess.run(["umount", self.folder], check=True)
        self.mounted = False

    def start(self):
        options = ["--max-steps", str(STEPS), "--save-total-limit", "2"]
        # A killed run may have left its checkpoint under the name of one that is ready.
        if os.path.isdir(self.folder) and any("checkpoint-" in name for name in os.listdir(self.folder)):
            options += ["--resume-from-checkpoint", "true"]
        return subprocess.Popen(command(self.arguments, self.folder, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def check(self):
        steps = steps_in(self.folder)
        for step in steps:
            for file in FILES:
                path = os.path.join(f"checkpoint-{step}", file)
                if not os.path.exists(os.path.join(self.folder, path)):
                    self.fail(f"{path} is missing")
                if not filecmp.cmp(os.path.join(self.whole, path), os.path.join(self.folder, path), shallow=False):
                    self.fail(f"{path} differs from that of the run without a stop")
        ready = [int(name.rpartition("-")[2]) for name in (os.listdir(self.folder) if os.path.isdir(self.folder) else []) if "-ready-" in name]
        newest = max(steps + ready, default=0)
        if newest < self.newest:
            self.fail(f"expected checkpoint-{self.newest} or a newer one, found checkpoint-{newest}")
        self.newest = newest

    def check_end(self):
        for file in FILES[:1]:
            if not filecmp.cmp(os.path.join(self.whole, file), os.path.join(self.folder, file), shallow=False):
                self.fail(f"{file} at the end differs from that of the run without a stop")
        left = [name for name in os.listdir(self.folder) if name.startswith(".weft-")]
        if left:
            self.fail(f"{left} is left at the end")

    def end_by(self, stop_signal, rounds, duration):
        self.begin()
        for self.count in range(1, rounds + 1):
            run = self.start()
            try:
                output, errors = run.communicate(timeout=random.uniform(0, duration))
            except subprocess.TimeoutExpired:
                run.send_signal(stop_signal)
                output, errors = run.communicate()
            stopped = "go on with --resume-from-checkpoint" in errors
            if run.returncode not in (0, -stop_signal) and not (stopped and stop_signal == signal.SIGTERM):
                self.fail(f"exit code {run.returncode}: {errors}")
            self.check()
            if run.returncode == 0:
                self.check_end()
                self.begin()
        run = self.start()
        _, errors = run.communicate()
        if run.returncode != 0:
            self.fail(f"the last run: {errors}")
        self.check()
        self.check_end()
        self.unmount()
        print(f"{self.name}: no checkpoint lost, the same bytes")

    def start_pairs(self, rounds):
        for self.count in range(1, rounds + 1):
            self.begin()
            runs = [self.start() for _ in range(2)]
            results = [(*run.communicate(), run.returncode) for run in runs]
            for _, errors, code in results:
                if code != 0 and "expected an output folder that no other run uses, but " not in errors:
                    self.fail(errors)
            if all(code != 0 for _, _, code in results):
                self.fail("expected one of two runs to go on")
            self.check()
            self.check_end()
        self.unmount()
        print(f"{self.name}: one run a folder, the same bytes")


def main():
    parser = argparse.ArgumentParser()
    for name in ("module", "folder"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("kills", "stops", "pairs"):
        parser.add_argument(f"--{name}", type=int, default=0)
    parser.add_argument("--overlay", action="store_true")
    parser.add_argument("--seed", type=int)
    arguments, arguments.options = parser.parse_known_args()
    seed = random.randrange(1 << 32) if arguments.seed is None else arguments.seed
    print(f"seed {seed}")
    random.seed(seed)
    # Every step, since a run that is told to stop saves where it is; then how long a run takes.
    for folder, save_steps in (("whole", 1), ("timed", SAVE_STEPS)):
        begin = time.monotonic()
        path = os.path.join(arguments.folder, folder)
        shutil.rmtree(path, ignore_errors=True)
        subprocess.run(command(arguments, path, "--max-steps", str(STEPS), save_steps=save_steps), check=True, stdout=subprocess.DEVNULL)
    duration = 1.2 * (time.monotonic() - begin)
    checkers = [Checker(arguments, name) for name in ("SIGKILL", "SIGTERM", "two runs")]
    try:
        if arguments.kills:
            checkers[0].end_by(signal.SIGKILL, arguments.kills, duration)
        if arguments.stops:
            checkers[1].end_by(signal.SIGTERM, arguments.stops, duration)
        if arguments.pairs:
            checkers[2].start_pairs(arguments.pairs)
    finally:
        for checker in checkers:
            checker.unmount()


if __name__ == "__main__":
    main()
