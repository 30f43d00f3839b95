// Random models: valid, the same for the same seed, unchanged by printing and parsing, and by the passes that
// must keep what a graph means; their gradients are those of central differences.

// RUN: weft-opt %s --weft-random-graph="seed=3 size=8" | FileCheck %s
// RUN: weft-opt %s --weft-random-graph="seed=3 size=8" > %t.first
// RUN: weft-opt %s --weft-random-graph="seed=3 size=8" | diff %t.first -
// RUN: weft-opt %t.first | diff %t.first -
// RUN: weft-opt %t.first --emit-bytecode | weft-opt --allow-bytecode | diff %t.first -

// CHECK: weft.model @random
// CHECK: weft.parameter @p{{[0-9]+}}.weight
// CHECK: func.func @logits(%{{.*}}: tensor<?x{{[0-9]+}}xf32> {weft.dims = ["batch"], weft.input = "x"}) -> tensor<?x5xf32>
// CHECK: func.func @loss(
// CHECK: call @logits

// RUN: %python %S/Inputs/random-graphs.py weft-opt 0 40
