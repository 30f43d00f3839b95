# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The training step of the MLP in Weft and in its peers, and Weft's sizes and times around it.
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
MODEL = HERE.parent.parent / "examples" / "mlp" / "mlp.mlir"
SIZE_CHECK = HERE.parent.parent / "tools" / "dev" / "check-library-size"

DESCRIPTION = """\
Times whole training steps of the MLP 784-128-10 (forward, cross entropy, backward, SGD), the loss
read back after each, on a batch that is in memory. Weft, PyTorch eager, torch.compile and JAX take
turns in one process: each makes a slice of steps, its first ones not counted, then waits until its
threads sleep. All begin with the same weights and must show the same losses. Then it measures what
else Weft promises: time from loading a module to the end of its first step, time of compilation,
size of the runtime library and of what it needs, peak memory of training on MNIST.
"""

# Times of best peer / Weft by batch size, and limits.
GOALS = {64: 2.0, 512: 1.6}
FIRST_STEP_GOAL_MS, COMPILE_GOAL_S = 20, 3
MEMORY_GOAL_BYTES = 120 << 20


def parse_arguments():
    parser = argparse.ArgumentParser(prog="mlp.sh", description=DESCRIPTION,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent.parent / "build",
                        help="build folder (build)")
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=sorted(GOALS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15, help="slices of each contender (15)")
    parser.add_argument("--steps", type=int, default=100, help="steps of a slice (100)")
    parser.add_argument("--warmup", type=int, default=20, help="steps before them (20)")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a goal is missed")
    parser.add_argument("--first-step", nargs=2, metavar=("LIBRARY", "MODULE"),
                        help=argparse.SUPPRESS)
    return parser.parse_args()


class Report:
    """Prints lines and counts goals that were missed."""

    def __init__(self):
        self.missed = 0

    def goal(self, name, value, goal, met):
        self.missed += not met
        print(f"{name:34} {value:>14}   goal {goal}: {'met' if met else 'MISSED'}")


# --- Steps ----------------------------------------------------------------------------------------


def time_slice(step, arguments):
    time.sleep(0.02)
    for _ in range(arguments.warmup):
        step()
    times = []
    for _ in range(arguments.steps):
        begin = time.perf_counter()
        loss = step()
        times.append((time.perf_counter() - begin) * 1e3)
    return times, loss


def time_steps(arguments, library, module, batch, report):
    import mlp_peers
    weights, x, labels = mlp_peers.problem(batch)
    contenders = {"Weft": mlp_peers.Weft(library, module, arguments.threads, weights, x, labels)}
    for name, make in mlp_peers.PEERS.items():
        contenders[name] = make(weights, x, labels)
    times = {name: [] for name in contenders}
    for turn in range(-1, arguments.rounds):
        losses = {}
        for name, step in contenders.items():
            taken, losses[name] = time_slice(step, arguments)
            if turn >= 0:
                times[name] += taken
        for name, loss in losses.items():
            if abs(loss - losses["Weft"]) > 1e-3 * abs(losses["Weft"]):
                sys.exit(f"mlp.py: round {turn + 1}: the loss of {name} is {loss}, "
                         f"that of Weft {losses['Weft']}")
    print(f"\nbatch {batch}, {arguments.threads} threads: milliseconds a step, "
          f"{len(times['Weft'])} steps each")
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    for name, taken in times.items():
        fast = statistics.quantiles(taken, n=10)[0]
        print(f"  {name:32} median {medians[name]:8.4f}   p10 {fast:8.4f}   "
              f"median / Weft's {medians[name] / medians['Weft']:5.2f}")
    ratio = min(m for name, m in medians.items() if name != "Weft") / medians["Weft"]
    if batch in GOALS:
        report.goal(f"batch {batch}: best peer / Weft", f"{ratio:.2f}", f">= {GOALS[batch]}",
                    ratio >= GOALS[batch])


# --- Around the steps -----------------------------------------------------------------------------


def first_step(library, module, threads):
    """Milliseconds from nothing to a loss. The batch and the weights are there before."""
    import mlp_peers
    weights, x, labels = mlp_peers.problem(64)
    begin = time.perf_counter()
    mlp_peers.Weft(library, module, threads, weights, x, labels)()
    return (time.perf_counter() - begin) * 1e3


def measure_first_step(arguments, library, module, report):
    command = [sys.executable, __file__, "--threads", str(arguments.threads), "--first-step",
               library, module]
    times = [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
             for _ in range(7)]
    taken = statistics.median(times)
    report.goal("load to first step", f"{taken:.1f} ms", f"< {FIRST_STEP_GOAL_MS} ms",
                taken < FIRST_STEP_GOAL_MS)


def compile_model(arguments, folder, report):
    module = str(pathlib.Path(folder) / "mlp.weft")
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        subprocess.run([arguments.build / "bin" / "weftc", MODEL, "--optimizer=sgd",
                        "--bind=batch=64", "-o", module], check=True)
        times.append(time.perf_counter() - begin)
    taken = statistics.median(times)
    report.goal("weftc", f"{taken:.2f} s", f"< {COMPILE_GOAL_S} s", taken < COMPILE_GOAL_S)
    return module


def measure_size(build, report):
    """tools/dev/check-library-size says what counts; its exit status is the judgement."""
    check = subprocess.run([sys.executable, SIZE_CHECK, build], capture_output=True, text=True)
    if check.returncode > 1 or not check.stdout:
        sys.exit(f"mlp.py: {check.stderr}")
    parts, _, counted = check.stdout.strip().rpartition(": ")
    print(parts)
    report.goal("runtime library", counted.split(" without")[0], "< 1,000,000 bytes", check.returncode == 0)


def peak_memory(command):
    """The highest VmHWM of a process; what it says as it ends cannot be read any more."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            continue
        if found := re.search(r"VmHWM:\s+(\d+) kB", status):
            peak = max(peak, int(found[1]) << 10)
        time.sleep(0.005)
    if process.returncode:
        sys.exit(f"mlp.py: {command[0]} ended with {process.returncode}")
    return peak


def measure_memory(arguments, folder, module, report):
    data = pathlib.Path(os.environ["WEFT_DATA"]) / "mnist"
    peak = peak_memory([arguments.build / "bin" / "weft", "train", module, "--train-data", data,
                        "--eval-data", data, "--num-train-epochs", "2", "--learning-rate", "0.01",
                        "--per-device-train-batch-size", "64", "--num-threads",
                        str(arguments.threads), "--output-dir", pathlib.Path(folder) / "out"])
    report.goal("peak memory, full MNIST", f"{peak / 2**20:.1f} MB",
                f"< {MEMORY_GOAL_BYTES >> 20} MB", peak < MEMORY_GOAL_BYTES)


def main():
    arguments = parse_arguments()
    if arguments.first_step:
        print(first_step(*arguments.first_step, arguments.threads))
        return
    # The same cores for all; the peers read the variables when they are imported.
    cores = sorted(os.sched_getaffinity(0))[:arguments.threads]
    os.sched_setaffinity(0, cores)
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = str(arguments.threads)
    os.environ["JAX_PLATFORMS"] = "cpu"
    library = str(arguments.build / "runtime" / "src" / "libweft.so")
    report = Report()
    print(f"load average {os.getloadavg()[0]:.1f}, {len(cores)} cores")
    with tempfile.TemporaryDirectory() as folder:
        module = compile_model(arguments, folder, report)
        measure_first_step(arguments, library, module, report)
        measure_size(arguments.build, report)
        if "WEFT_DATA" in os.environ:
            measure_memory(arguments, folder, module, report)
        for batch in arguments.batch_sizes:
            time_steps(arguments, library, module, batch, report)
    if arguments.check and report.missed:
        sys.exit(1)


if __name__ == "__main__":
    main()
