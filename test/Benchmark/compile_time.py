# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a layer costs weftc, in models of few and of many layers.

For each shape of model: user time and memory of compilations, and what a layer of the larger models
costs relative to one of the smallest but one. The smallest is what all have in common. With --bound,
more than that is an error.
"""
import argparse
import os
import sys
import tempfile

VECTOR = "tensor<?x{}xf32>"


class Graph:
    """The text of a model with one function @loss, op by op."""

    def __init__(self, optimizer="sgd<lr = 0.01>", width=4, inputs=None):
        self.optimizer = optimizer
        self.parameters = []
        self.lines = []
        self.inputs = inputs or [f'%x: tensor<?x{width}xf32> {{weft.input = "x", weft.dims = ["batch"]}}']
        self.count = 0

    def op(self, text):
        self.count += 1
        self.lines.append(f"    %v{self.count} = weft.{text}")
        return f"%v{self.count}"

    def parameter(self, shape, name=None):
        name = name or f"p{len(self.parameters)}"
        kind = f"tensor<{shape}xf32>"
        text = f"  weft.parameter @{name} : {kind} = #weft.normal<std = 0.1>"
        if text not in self.parameters:
            self.parameters.append(text)
        return self.op(f"read @{name} : {kind}")

    def linear(self, x, columns, rows, name=None):
        weight = self.parameter(f"{rows}x{columns}", name)
        types = f"({VECTOR.format(columns)}, tensor<{rows}x{columns}xf32>) -> {VECTOR.format(rows)}"
        return self.op(f"linear {x}, {weight} : {types}")

    def text(self, value, width):
        mean = self.op(f"reduce_mean {value} dims = [0, 1] : {VECTOR.format(width)} -> tensor<f32>")
        head = f"weft.model @layers attributes {{optimizer = #weft.{self.optimizer}}} {{"
        function = f"  func.func @loss({', '.join(self.inputs)}) -> tensor<f32> {{"
        end = f"    return {mean} : tensor<f32>\n  }}\n}}\n"
        return "\n".join([head, *self.parameters, function, *self.lines, end])


def chain(layers):
    g, x = Graph(), "%x"
    for _ in range(layers):
        x = g.op(f"tanh {g.linear(x, 4, 4)} : tensor<?x4xf32>")
    return g.text(x, 4)


def distinct(layers):
    """Layers of seven widths in turn."""
    g, x = Graph(), "%x"
    for i in range(layers):
        x = g.op(f"tanh {g.linear(x, 4 + i % 7, 4 + (i + 1) % 7)} : {VECTOR.format(4 + (i + 1) % 7)}")
    return g.text(x, 4 + layers % 7)


def residual(layers):
    g, x = Graph(), "%x"
    for _ in range(layers):
        y = g.op(f"tanh {g.linear(x, 4, 4)} : tensor<?x4xf32>")
        x = g.op(f"add {x}, {y} : tensor<?x4xf32>")
    return g.text(x, 4)


def reshaped(layers):
    g, x = Graph(), "%x"
    for _ in range(layers):
        y = g.op(f"reshape {g.linear(x, 4, 4)} : tensor<?x4xf32> -> tensor<?x2x2xf32>")
        y = g.op(f"softmax {y} dim = 2 : tensor<?x2x2xf32>")
        x = g.op(f"reshape {y} : tensor<?x2x2xf32> -> tensor<?x4xf32>")
    return g.text(x, 4)


def recurrent(layers):
    """One parameter, read by all."""
    g, x = Graph(), "%x"
    for _ in range(layers):
        x = g.op(f"tanh {g.linear(x, 4, 4, 'shared')} : tensor<?x4xf32>")
    return g.text(x, 4)


def beside(layers):
    """All read the input, and are summed."""
    g, x = Graph(), "%x"
    for _ in range(layers):
        y = g.op(f"tanh {g.linear('%x', 4, 4)} : tensor<?x4xf32>")
        x = g.op(f"add {x}, {y} : tensor<?x4xf32>")
    return g.text(x, 4)


def biases(layers):
    """Small parameters with the state of an optimizer."""
    g, x = Graph("adamw<lr = 0.01>"), "%x"
    for _ in range(layers):
        bias = g.op(f"broadcast {g.parameter('4')} like {x} dims = [1] : "
                    "tensor<4xf32>, tensor<?x4xf32> -> tensor<?x4xf32>")
        y = g.op(f"add {g.linear(x, 4, 4)}, {bias} : tensor<?x4xf32>")
        x = g.op(f"relu {y} : tensor<?x4xf32>")
    return g.text(x, 4)


def tables(layers):
    """A table and an input of ids for each."""
    ids = [f'%i{i}: tensor<?xi32> {{weft.input = "i{i}", weft.dims = ["batch"]}}' for i in range(layers)]
    g, x = Graph("adam<lr = 0.01>", inputs=ids), None
    for i in range(layers):
        table = g.parameter("10x4")
        y = g.op(f"embedding %i{i}, {table} : (tensor<?xi32>, tensor<10x4xf32>) -> tensor<?x4xf32>")
        x = g.op(f"add {x}, {y} : tensor<?x4xf32>") if x else y
    return g.text(g.op(f"tanh {x} : tensor<?x4xf32>"), 4)


MODELS = {f.__name__: f for f in (chain, distinct, residual, reshaped, recurrent, beside, biases, tables)}


def compile_once(command, text, folder):
    """User time in seconds, and the most memory in KiB."""
    source = os.path.join(folder, "model.mlir")
    with open(source, "w") as file:
        file.write(text)
    process = os.posix_spawnp(command[0], [*command, source, "-o", os.path.join(folder, "out")],
                              os.environ)
    _, status, usage = os.wait4(process, 0)
    if status:
        sys.exit(f"error: {' '.join(command)} failed")
    return usage.ru_utime, usage.ru_maxrss


def measure(name, sizes, command, bound, folder):
    """Prints a line for each size; returns whether all are within the bound."""
    base_time, base_memory = compile_once(command, MODELS[name](sizes[0]), folder)
    first, within = None, True
    for size in sizes[1:]:
        time, memory = compile_once(command, MODELS[name](size), folder)
        # What cannot be measured is no growth.
        layer = (max(time - base_time, 0.02) / (size - sizes[0]),
                 max(memory - base_memory, 4096) / (size - sizes[0]))
        first = first or layer
        ratios = [now / then for now, then in zip(layer, first)]
        print(f"{name} {size}: {time:.2f} s, {memory / 1024:.0f} MiB; a layer {1e3 * layer[0]:.2f} ms, "
              f"{layer[1]:.1f} KiB, relative to {sizes[1]} layers: {ratios[0]:.2f}, {ratios[1]:.2f}",
              flush=True)
        within &= not bound or max(ratios) <= bound
    return within


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--weftc", default="weftc")
    parser.add_argument("--models", default=",".join(MODELS), help="some of: %(default)s")
    parser.add_argument("--sizes", default="32,400,1600,6400", help="numbers of layers (%(default)s)")
    parser.add_argument("--bound", type=float, help="largest ratio allowed")
    parser.add_argument("options", nargs="*", help="options of weftc, behind --")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    command = [arguments.weftc, *arguments.options]
    with tempfile.TemporaryDirectory() as folder:
        results = [measure(name, sizes, command, arguments.bound, folder)
                   for name in arguments.models.split(",")]
    if not all(results):
        sys.exit(f"error: expected a layer to cost at most {arguments.bound} times as much in larger models")


if __name__ == "__main__":
    main()
