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

// Wide ones: dimensions of up to a million, in tensors of bounded size.
// RUN: weft-opt %s --weft-random-graph="seed=8 size=4 max-elements=4000000 batch=2" > %t.wide
// RUN: weft-opt %t.wide | diff %t.wide -
// RUN: FileCheck %s --check-prefix=WIDE --input-file=%t.wide

// WIDE: weft.parameter @p0.weight : tensor<[[FEATURES:[0-9]+]]xf32>
// WIDE: func.func @loss(%{{.*}}: tensor<?x[[FEATURES]]xf32> {weft.dims = ["batch"], weft.input = "x"}, %{{.*}}: tensor<?x[[FEATURES]]xf32> {{.*}}) -> tensor<f32>
// WIDE-NOT: @logits

// RUN: %python %S/Inputs/random-graphs.py weft-opt 0 40
