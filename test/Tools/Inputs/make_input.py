# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes models that a few lines of text make large: make_input.py KIND N."""
import sys

kind, n = sys.argv[1], int(sys.argv[2])
unary = "func.func {} @f{}(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {{"


def attribute(text):
    """A model that carries an attribute of its own."""
    print(f"weft.model @m attributes {{note = {text}}} {{\n}}")


if kind == "brackets":
    attribute("[" * n + "]" * n)
elif kind == "types":
    attribute("tuple<" * n + "f32" + ">" * n)
elif kind == "regions":
    print("module {\n" * n + "}\n" * n)
elif kind == "signs":
    attribute(f"affine_map<(d0) -> ({'-' * n}d0)>")
elif kind == "aliases":  # each within the next
    print("#a0 = [1]")
    for i in range(1, n):
        print(f"#a{i} = [#a{i - 1}]")
    attribute(f"#a{n - 1}")
elif kind == "doubled-aliases":  # each twice in the next
    print("#a0 = [1]")
    for i in range(1, n):
        print(f"#a{i} = [#a{i - 1}, #a{i - 1}]")
    attribute(f"#a{n - 1}")
elif kind == "strings":  # brackets of text are none
    attribute('["' + "(<[{" * n + r"\"" + '"] // ' + "[" * n + "\n")
elif kind == "calls":  # each function calls the one before twice, the last is the entry
    print("weft.model @m {")
    print(unary.format("private", 0) + "\n  %y = weft.exp %x : tensor<?x4xf32>\n  return %y : tensor<?x4xf32>\n}")
    for i in range(1, n):
        print(unary.format("private" if i < n - 1 else "", i))
        print(f"  %a = call @f{i - 1}(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>")
        print(f"  %b = call @f{i - 1}(%a) : (tensor<?x4xf32>) -> tensor<?x4xf32>")
        print("  return %b : tensor<?x4xf32>\n}")
    print("}")
elif kind == "call-chain":  # each function calls the next
    print("weft.model @m {")
    for i in range(n):
        print(unary.format("private" if i else "", i))
        print(f"  %a = call @f{i + 1}(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>\n  return %a : tensor<?x4xf32>\n}}")
    print(unary.format("private", n) + "\n  return %x : tensor<?x4xf32>\n}\n}")
elif kind == "gradients":  # the gradient of the gradient of ...
    print("weft.model @m {")
    print("func.func @f0(%x: tensor<4xf32>) -> tensor<f32> {\n  %e = weft.tanh %x : tensor<4xf32>")
    print("  %l = weft.reduce_sum %e dims = [0] : tensor<4xf32> -> tensor<f32>\n  return %l : tensor<f32>\n}")
    for i in range(1, n):
        print(f"func.func @f{i}(%x: tensor<4xf32>) -> tensor<f32> {{")
        print(f"  %l, %g = weft.value_and_grad @f{i - 1}(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)")
        print("  %q = weft.mul %g, %g : tensor<4xf32>")
        print("  %r = weft.reduce_sum %q dims = [0] : tensor<4xf32> -> tensor<f32>\n  return %r : tensor<f32>\n}")
    print("}")
elif kind == "wide-rows":  # each within the limits, not all together
    wide = 1 << 32
    print("weft.model @m {")
    for i in range(n):
        print(f"  weft.parameter @w{i} : tensor<1x{wide}xf64> = #weft.constant<1.0>")
    print("  func.func @logits(%x: tensor<?x1xf64>) -> tensor<?x1xf64> {")
    for i in range(n):
        print(f"    %w{i} = weft.read @w{i} : tensor<1x{wide}xf64>")
        print(f"    %h{i} = weft.matmul %x, %w{i} : (tensor<?x1xf64>, tensor<1x{wide}xf64>) -> tensor<?x{wide}xf64>")
        print(f"    %y{i} = weft.matmul %h{i}, %w{i} {{transpose_b}} : (tensor<?x{wide}xf64>, tensor<1x{wide}xf64>) -> tensor<?x1xf64>")
        print(f"    %s{i} = weft.add %{'x' if i == 0 else f's{i - 1}'}, %y{i} : tensor<?x1xf64>")
    print(f"    return %s{n - 1} : tensor<?x1xf64>\n  }}\n}}")
else:
    sys.exit(f"unknown kind {kind}")
