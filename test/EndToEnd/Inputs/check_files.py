#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What weft and weftc do with files that are no files, with outputs that exist, with signals and with closed descriptors.

  check_files.py --model M.mlir --module M.weft --data DIR --output DIR     (an empty folder)

Prints "ok: NAME" for each check.
"""
import argparse
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time

NOBODY = 65534


def run(*command, **options):
    """Exit code and stderr. What waits for a pipe would wait for ever."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, **options)
    return result.returncode, result.stderr


def expect(condition, *found):
    if not condition:
        caller = sys._getframe(1)
        sys.exit(f"{caller.f_code.co_name}, line {caller.f_lineno}: {found}")


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Checks:
    def __init__(self, arguments):
        self.model, self.module, self.data = arguments.model, arguments.module, arguments.data

    def train(self, output, *options, report="none"):
        return ["weft", "train", self.module, "--train-data", self.data, "--report-to", report, "--output-dir", output, *options]

    def predict(self, output, *options):
        return ["weft", "predict", self.module, "--checkpoint", "trained", "--data", self.data, "--output", output, *options]

    def inputs_are_files(self):
        """A pipe without a writer is refused at once, by every reader."""
        os.mkfifo("pipe")
        for folder, name in (("hf", "config.json"), ("words", "vocab.txt"), ("split", "train.csv"), ("weights", "model.safetensors")):
            os.mkdir(folder)
            os.mkfifo(f"{folder}/{name}")
        write("hf/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n")
        write("texts.jsonl", '{"text": "a"}\n')
        train = self.train("refused")
        commands = (["weft", "inspect", "pipe"], ["weft", "train", "pipe", *train[3:]], [*train[:4], "pipe"], [*train[:4], "split"],
                    [*train, "--eval-data", "pipe"], [*train, "--model", "pipe"], [*train, "--init-from", "pipe"], [*train, "--arguments", "pipe"],
                    [*train, "--model", "weights"], [*train, "--tokenizer", "hf"],
                    ["weft", "eval", self.module, "--checkpoint", "pipe", "--eval-data", self.data],
                    ["weft", "eval", self.module, "--checkpoint", "trained", "--eval-data", "pipe"],
                    ["weft", "predict", self.module, "--checkpoint", "trained", "--data", "pipe"],
                    ["weft", "tokenize", "--tokenizer", "words", "texts.jsonl"], ["weft", "tokenize", "--tokenizer", "hf", "pipe"],
                    ["weftc", "pipe", "-o", "refused.weft"], ["weftc", "hf", "-o", "refused.weft"], ["weftc", "/dev/null", "-o", "refused.weft"],
                    ["weft", "inspect", "/dev/zero"])
        for command in commands:
            code, errors = run(*command)
            expect(code == 1 and ("found a pipe" in errors or "got a pipe" in errors or "a device" in errors), command, code, errors)
            expect(errors.count("\n") == 1, errors)
        expect(not os.path.exists("refused.weft") and not os.path.exists("refused/model.safetensors"))

    def outputs_keep_what_they_are(self):
        """Links, permissions, pipes and devices."""
        write("target", "keep")
        os.chmod("target", 0o600)
        os.symlink("target", "link")
        code, errors = run(*self.predict("link"))
        expect(code == 0 and os.path.islink("link") and read("target").startswith(b"index,label"), code, errors)
        expect(stat.S_IMODE(os.stat("target").st_mode) == 0o600)
        code, errors = run(*self.predict("pipe"))
        expect(code == 1 and "weft: 'pipe' is a pipe that nobody reads\n" == errors, code, errors)
        with subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE) as cat:
            code, errors = run(*self.predict("pipe"))
            expect(code == 0 and cat.communicate(timeout=300)[0] == read("target") and stat.S_ISFIFO(os.stat("pipe").st_mode), code, errors)
        try:
            os.mknod("null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
            open("null", "wb").close()
        except PermissionError:
            return
        for command in (self.predict("null"), ["weftc", self.model, "--optimizer=sgd", "-o", "null"]):
            code, errors = run(*command)
            expect(code == 0 and stat.S_ISCHR(os.stat("null").st_mode), command, code, errors)

    def inputs_are_not_overwritten(self):
        shutil.copy(self.model, "own.mlir")
        os.link("own.mlir", "same.mlir")
        before = read("own.mlir")
        for name in ("own.mlir", "./own.mlir", "same.mlir"):
            code, errors = run("weftc", "own.mlir", "--optimizer=sgd", "-o", name)
            expect(code == 1 and errors == f"weftc: error: cannot write '{name}': it is an input\n" and read("own.mlir") == before, code, errors)
        for name in ("config.json", "model.safetensors"):
            os.makedirs("source", exist_ok=True)
            write(f"source/{name}", "keep")
            code, errors = run("weftc", "source", "-o", f"source/{name}")
            expect(code == 1 and errors == f"weftc: error: cannot write 'source/{name}': it is an input\n", code, errors)
            expect(read(f"source/{name}") == b"keep")
        shutil.copy(self.module, "own.weft")
        before = read("own.weft")
        code, errors = run("weft", "predict", "own.weft", "--checkpoint", "trained", "--data", self.data, "--output", "./own.weft")
        expect(code == 1 and errors == "weft: ./own.weft: expected an output of its own, found a file that is read: own.weft\n", code, errors)
        expect(read("own.weft") == before)

    def compiler_writes_whole_files(self):
        """In another place first; nothing of a compilation lies in the folder of temporary files, even when it is killed."""
        os.mkdir("temporary")
        environment = {**os.environ, "TMPDIR": os.path.abspath("temporary")}
        command = ["weftc", self.model, "--optimizer=sgd", "-o", "out.weft"]
        code, errors = run(*command, env={**os.environ, "TMPDIR": "/nonexistent"})
        expect(code == 0 and errors == "", code, errors)
        os.chmod("out.weft", 0o600)
        first, whole = os.stat("out.weft").st_ino, read("out.weft")
        with open("out.weft", "rb") as old:
            code, errors = run(*command)
            expect(code == 0 and old.read() == whole == read("out.weft"), code, errors)
        expect(os.stat("out.weft").st_ino != first and stat.S_IMODE(os.stat("out.weft").st_mode) == 0o600)
        for wait in (0.05, 0.1, 0.2, 0.4):
            with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
                time.sleep(wait)
                process.kill()
            expect(os.listdir("temporary") == [] and read("out.weft") == whole, os.listdir("temporary"))

    def full_disks_are_named(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        code, errors = run(*self.train("small", "--max-steps", "1"), preexec_fn=limit)
        expect(code == 1 and errors.endswith("File too large\n") and "cannot save small/checkpoint-1" in errors, code, errors)
        code, errors = run("weftc", self.model, "--optimizer=sgd", "-o", "small.weft", preexec_fn=limit)
        expect(code == 1 and "File too large" in errors and errors.count("\n") < 5 and not os.path.exists("small.weft"), code, errors)
        with open("/dev/full", "wb") as full:
            for command in (["weft", "bench", self.module, "--steps", "1", "--warmup", "0", "--kernels"], ["weft", "inspect", self.module],
                            self.train("full", "--max-steps", "2", "--logging-steps", "1")):
                result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
                expect(result.returncode == 1 and result.stderr == "weft: cannot write to stdout: No space left on device\n", result)

    def closed_descriptors_are_no_files(self):
        command = " ".join(self.train("closed", "--max-steps", "4", "--logging-steps", "1", report="tensorboard"))
        expect(subprocess.run(["sh", "-c", command + " <&- >&- 2>&-"], check=False).returncode == 0)
        for folder, _, files in os.walk("closed"):
            for file in files:
                expect(file.startswith("events") == (folder.startswith("closed/runs")), folder, file)
                expect(not file.startswith("events") or b"learning rate" not in read(os.path.join(folder, file)), file)
        # What is asked for and gets nowhere is a failure.
        code, errors = run("sh", "-c", " ".join(self.predict("-")) + " >&-")
        expect(code == 1 and "cannot write to stdout: Bad file descriptor" in errors, code, errors)

    def signals_save(self):
        for name in ("SIGHUP", "SIGUSR1", "SIGTERM", "SIGINT"):
            with subprocess.Popen(self.train(name, "--max-steps", "1000000", "--logging-steps", "1", "--save-strategy", "no"),
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1, pipesize=4096) as process:
                process.stdout.readline()
                process.send_signal(getattr(signal, name))
                _, errors = process.communicate(timeout=300)
            saved = [entry for entry in os.listdir(name) if entry.startswith("checkpoint-")]
            expect(process.returncode == 1 and errors.startswith("weft: stopped at step") and len(saved) == 1, name, process.returncode, errors)

    def one_signal_ends_a_start(self):
        """Reading so much text takes longer than starting a process."""
        with open("large.csv", "w", encoding="utf-8") as file:
            file.write(",".join(["label", *(f"p{i}" for i in range(784))]) + "\n" + (",".join(["1"] * 785) + "\n") * 60000)
        with subprocess.Popen(["weft", "train", self.module, "--train-data", "large.csv", "--output-dir", "started"], stdout=subprocess.PIPE) as process:
            while not any("large.csv" in os.path.realpath(f"/proc/{process.pid}/fd/{number}") for number in os.listdir(f"/proc/{process.pid}/fd")):
                expect(process.poll() is None)
            process.send_signal(signal.SIGTERM)
            expect(process.wait(timeout=300) == -signal.SIGTERM, process.returncode)
        os.remove("large.csv")

    def folders_are_found_unwritable_at_once(self):
        os.mkdir("closed-folder", 0o555)
        os.chmod(".", 0o755)
        options = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
        try:
            code, errors = run(*self.train("closed-folder", "--max-steps", "3"), **options)
        except PermissionError:
            return
        if "'closed-folder'" not in errors and "Permission denied" in errors:
            return  # nobody else gets to this folder at all
        expect(code == 1 and errors == "weft: cannot write to the output folder 'closed-folder': Permission denied\n", code, errors)

    def newest_model_is_taken(self):
        evaluate = ["weft", "eval", self.module, "--checkpoint", "older", "--eval-data", self.data]
        run(*self.train("older", "--max-steps", "2"), check=True)
        expect(run(*evaluate) == (0, ""))
        final = read("older/model.safetensors"), read("older/trainer_state.json")
        run(*self.train("older", "--max-steps", "4", "--resume-from-checkpoint", "true"), check=True)
        expect(run(*evaluate) == (0, ""))
        # As if the second run had been killed before its end.
        for name, content in zip(("model.safetensors", "trainer_state.json"), final):
            with open(f"older/{name}", "wb") as file:
                file.write(content)
        expect(run(*evaluate) == (0, "weft: older: the model there is of step 2: took older/checkpoint-4, which is newer\n"), run(*evaluate))
        os.remove("older/trainer_state.json")
        expect(run(*evaluate) == (0, "weft: older: took the model there, whose step is not known; older/checkpoint-4 is there too\n"), run(*evaluate))

    def a_folder_is_of_one_run(self):
        command = self.train("shared", "--max-steps", "1000000", "--logging-steps", "1", "--save-strategy", "no")
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1, pipesize=4096) as first:
            first.stdout.readline()
            code, errors = run(*self.train("./shared/", "--max-steps", "1"))
            first.kill()
        expect(code == 1 and f"no other run uses, but process {first.pid} on " in errors, code, errors)
        code, errors = run(*self.train("shared", "--max-steps", "1"))
        expect(code == 0, errors)

    def notes_in_checkpoints_stay(self):
        for _ in range(2):
            run(*self.train("noted", "--max-steps", "1"), check=True)
            write("noted/checkpoint-1/notes.txt", "mine")
        run(*self.train("noted", "--max-steps", "1"), check=True)
        expect(read("noted/checkpoint-1/notes.txt") == b"mine")

    def files_that_are_read_may_be_cut(self):
        """Neither the module nor the data is mapped: a run goes on, or ends with an error, when they are cut."""
        shutil.copy(self.module, "cut.weft")
        command = ["weft", "train", "cut.weft", *self.train("cut", "--max-steps", "1000000", "--logging-steps", "1")[3:]]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1, pipesize=4096) as process:
            process.stdout.readline()
            os.truncate("cut.weft", 0)
            for _ in range(200):
                process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=300)
        expect(process.returncode == 1 and errors.startswith("weft: stopped at step"), process.returncode, errors)


def main():
    parser = argparse.ArgumentParser()
    for name in ("model", "module", "data", "output"):
        parser.add_argument(f"--{name}", required=True, type=os.path.abspath)
    arguments = parser.parse_args()
    os.chdir(arguments.output)
    checks = Checks(arguments)
    run(*checks.train("trained", "--max-steps", "2"), check=True)
    for name in [name for name in Checks.__dict__ if not name.startswith("__") and name not in ("train", "predict")]:
        getattr(checks, name)()
        print(f"ok: {name.replace('_', ' ')}", flush=True)


if __name__ == "__main__":
    main()
