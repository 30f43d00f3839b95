# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The fine-tuning step of BERT in Weft and in its peers, their memory, and weftc's time and memory.
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
Times whole fine-tuning steps of a BERT with a head for sequence classification: forward with
dropout, backward, clipping of the gradient's norm to 1, AdamW with weight decay 0.01 (not of biases
and norms), the loss read back. f32, one batch that is in memory, of sequences without padding.
Weft, PyTorch eager, torch.compile (of the model; of the whole step) and JAX have a process each and
take turns: while one makes its steps, the others sleep. All have the same configuration and begin
with the same random weights. The peak of a process' memory is that of its timed steps.
For bert-base, weftc with eight buckets of sequence lengths is measured too.
"""

# What the best peer's time over Weft's must be, Weft's memory over eager's, by model.
SPEED_GOALS = {"minilm": 1.5, "bert-base": 1.2}
MEMORY_GOALS = {"minilm": 0.45, "bert-base": 0.65}
COMPILE_GOAL_S, COMPILE_GOAL_BYTES = 60, 1e9
# Without dropout, how far a loss may be from eager's: the first one, and those after updates.
FIRST_LOSS_TOLERANCE, LOSS_TOLERANCE, CHECKED_STEPS = 1e-4, 1e-3, 3

COMMON = {"model_type": "bert", "architectures": ["BertForSequenceClassification"],
          "vocab_size": 30522, "num_attention_heads": 12, "hidden_act": "gelu",
          "max_position_embeddings": 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
          "initializer_range": 0.02, "pad_token_id": 0}
CONFIGURATIONS = {
    "minilm": {**COMMON, "hidden_size": 384, "num_hidden_layers": 6, "intermediate_size": 1536},
    "bert-base": {**COMMON, "hidden_size": 768, "num_hidden_layers": 12,
                  "intermediate_size": 3072},
}
PEERS = {"eager": "PyTorch eager", "compile": "torch.compile",
         "whole": "torch.compile, whole step", "jax": "JAX"}


def parse_arguments():
    parser = argparse.ArgumentParser(prog="bert.sh", description=DESCRIPTION,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent.parent / "build",
                        help="build folder (build)")
    parser.add_argument("--model", choices=CONFIGURATIONS, default="minilm")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS),
                        help="beside Weft (all of eager, compile, whole, jax)")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--sequence", type=int, default=128, help="tokens of a sequence (128)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=10,
                        help="turns of each contender; 0: compile only (10)")
    parser.add_argument("--steps", type=int, default=2, help="steps of a turn (2)")
    parser.add_argument("--warmup", type=int, default=3, help="steps before the first turn (3)")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--check", action="store_true",
                        help="before, compare losses without dropout on sequences with padding; "
                             "exit with 1 if they differ or a goal is missed")
    return parser.parse_args()


class Report:
    """Prints lines and counts goals that were missed."""

    def __init__(self):
        self.missed = 0

    def goal(self, name, value, goal, met):
        self.missed += not met
        print(f"{name:44} {value:>12}   goal {goal}: {'met' if met else 'MISSED'}", flush=True)


class ContenderError(Exception):
    pass


class Contender:
    """A process of bert_peers.py, which answers a line of JSON with another."""

    def __init__(self, kind, problem, folder):
        self.kind = kind
        self.log = folder / f"{kind}.log"
        environment = {name: value for name, value in os.environ.items()
                       if name != "OPENBLAS_CORETYPE"}
        for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            environment[variable] = str(problem["threads"])
        environment["JAX_PLATFORMS"] = "cpu"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, HERE / "bert_peers.py", kind, json.dumps(problem)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                env=environment)
        try:
            self.note = self.answer()["note"]
        except ContenderError:
            self.end()
            raise

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            last = self.log.read_text(errors="replace").strip().splitlines()[-8:]
            raise ContenderError(f"{self.kind} ended with {code}:\n    " + "\n    ".join(last))
        return json.loads(line)

    def ask(self, **question):
        try:
            self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # It has ended; the answer says how.
        return self.answer()

    def end(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()


# --- Compilation ----------------------------------------------------------------------------------


def write_configuration(name, dropout, folder):
    """A folder with a config.json alone."""
    configuration = CONFIGURATIONS[name]
    if name == "minilm" and "WEFT_MINILM" in os.environ:
        path = pathlib.Path(os.environ["WEFT_MINILM"]) / "config.json"
        found = json.loads(path.read_text())
        configuration = {key: found.get(key, value) for key, value in configuration.items()}
        configuration["architectures"] = COMMON["architectures"]
    configuration = {**configuration, "hidden_dropout_prob": dropout,
                     "attention_probs_dropout_prob": dropout}
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(configuration, indent=2))
    return configuration


def compile_module(arguments, model, sequences, module):
    """Runs weftc: seconds, and bytes at the peak."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [arguments.build / "bin" / "weftc", model, "--task", "sequence-classification",
         "--num-labels", "2", f"--bind=batch={arguments.batch_size}", f"--bind=seq={sequences}",
         "-o", module])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bert.py: weftc ended with {process.returncode}")
    return time.perf_counter() - begin, usage.ru_maxrss << 10


def measure_buckets(arguments, model, folder, report):
    taken, peak = compile_module(arguments, model, "16:128:16", folder / "buckets.weft")
    report.goal("weftc, eight buckets: time", f"{taken:.1f} s", f"< {COMPILE_GOAL_S} s",
                taken < COMPILE_GOAL_S)
    report.goal("weftc, eight buckets: memory", f"{peak / 1e6:.0f} MB",
                f"< {COMPILE_GOAL_BYTES / 1e6:.0f} MB", peak < COMPILE_GOAL_BYTES)


def make_problem(arguments, folder, dropout, padding):
    """What a contender needs to know. Compiles Weft's module."""
    model = folder / f"model-{dropout}"
    configuration = write_configuration(arguments.model, dropout, model)
    module = folder / f"model-{dropout}.weft"
    taken, peak = compile_module(arguments, model, arguments.sequence, module)
    print(f"weftc, sequence {arguments.sequence}, dropout {dropout:g}: {taken:.1f} s, "
          f"{peak / 1e6:.0f} MB", flush=True)
    return model, {"configuration": configuration, "batch": arguments.batch_size,
                   "sequence": arguments.sequence, "threads": arguments.threads,
                   "padding": padding, "module": str(module),
                   "library": str(arguments.build / "runtime" / "src" / "libweft.so")}


# --- Steps ----------------------------------------------------------------------------------------


def start_contenders(arguments, problem, folder):
    """Weft and those of the peers that work, each warmed up while the others wait."""
    contenders = {}
    for kind in ["weft", *arguments.peers]:
        name = PEERS.get(kind, "Weft")
        try:
            contenders[name] = Contender(kind, problem, folder)
            contenders[name].ask(run=arguments.warmup)
        except ContenderError as error:
            if kind == "weft":
                sys.exit(f"bert.py: {error}")
            print(f"  left out: {error}", flush=True)
            contenders.pop(name, None)
            continue
        note = contenders[name].note
        print(f"  {name}{': ' if note else ''}{note}", flush=True)
    return contenders


def compare_losses(arguments, folder, report):
    """One contender after the other, without dropout, against eager."""
    _, problem = make_problem(arguments, folder, 0.0, padding=True)
    losses = {}
    for kind in dict.fromkeys(["eager", "weft", *arguments.peers]):
        try:
            contender = Contender(kind, problem, folder)
            losses[kind] = contender.ask(run=CHECKED_STEPS)["losses"]
            contender.end()
        except ContenderError as error:
            if kind in ("eager", "weft"):
                sys.exit(f"bert.py: {error}")
            print(f"  left out: {error}", flush=True)
    expected = losses.pop("eager")
    print("losses without dropout, eager:", " ".join(f"{loss:.6f}" for loss in expected))
    for kind, found in losses.items():
        apart = [abs(a - b) for a, b in zip(found, expected)]
        text = " ".join(f"{difference:.1e}" for difference in apart)
        report.goal(f"{PEERS.get(kind, 'Weft')}: apart by", text,
                    f"< {FIRST_LOSS_TOLERANCE:g}, then {LOSS_TOLERANCE:g}",
                    apart[0] < FIRST_LOSS_TOLERANCE and max(apart) < LOSS_TOLERANCE)


def time_steps(arguments, problem, folder, report):
    contenders = start_contenders(arguments, problem, folder)
    times = {name: [] for name in contenders}
    for contender in contenders.values():
        contender.ask(reset=True)
    for _ in range(arguments.rounds):
        for name, contender in contenders.items():
            time.sleep(0.3)  # Until the threads of the one before have gone to sleep.
            times[name] += contender.ask(run=arguments.steps)["times"]
    peaks = {name: contender.ask(memory=True)["peak"] for name, contender in contenders.items()}
    for contender in contenders.values():
        contender.end()
    print_steps(arguments, times, peaks, report)


def print_steps(arguments, times, peaks, report):
    print(f"\n{arguments.model}, batch {arguments.batch_size}, sequence {arguments.sequence}, "
          f"dropout {arguments.dropout:g}, {arguments.threads} threads: seconds a step, "
          f"{len(times['Weft'])} steps each")
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    for name, taken in times.items():
        print(f"  {name:26} median {medians[name]:7.3f}   min {min(taken):7.3f}   "
              f"max {max(taken):7.3f}   median / Weft's {medians[name] / medians['Weft']:5.2f}   "
              f"peak memory {peaks[name] / 1e6:6.0f} MB")
    peers = {name: median for name, median in medians.items() if name != "Weft"}
    if not peers:
        return
    best = min(peers, key=peers.get)
    ratio, goal = peers[best] / medians["Weft"], SPEED_GOALS[arguments.model]
    # A machine whose speed drifts shows here: a turn's contenders ran close to each other in time.
    turns = [statistics.median(times[best][begin:begin + arguments.steps])
             / statistics.median(times["Weft"][begin:begin + arguments.steps])
             for begin in range(0, len(times["Weft"]), arguments.steps)]
    print(f"  {best} / Weft in each round: min {min(turns):.2f}, "
          f"median {statistics.median(turns):.2f}, max {max(turns):.2f}")
    report.goal(f"best peer ({best}) / Weft", f"{ratio:.2f}", f">= {goal}", ratio >= goal)
    if eager := peaks.get("PyTorch eager"):
        share, goal = peaks["Weft"] / eager, MEMORY_GOALS[arguments.model]
        report.goal("peak memory: Weft / PyTorch eager", f"{share:.2f}", f"<= {goal}",
                    share <= goal)


def main():
    arguments = parse_arguments()
    # The same cores for all, which the processes inherit.
    cores = sorted(os.sched_getaffinity(0))[:arguments.threads]
    os.sched_setaffinity(0, cores)
    report = Report()
    print(f"load average {os.getloadavg()[0]:.1f}, {len(cores)} cores", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if arguments.check:
            (folder / "check").mkdir()
            compare_losses(arguments, folder / "check", report)
        model, problem = make_problem(arguments, folder, arguments.dropout, padding=False)
        if arguments.model == "bert-base":
            measure_buckets(arguments, model, folder, report)
        if arguments.rounds > 0:
            time_steps(arguments, problem, folder, report)
    if arguments.check and report.missed:
        sys.exit(1)


if __name__ == "__main__":
    main()
