// RUN: weft-opt %s --weft-check-equivalent="pipeline=weft-decompose,canonicalize,cse" | FileCheck %s
// RUN: weft-opt %examples/mlp/mlp.mlir --weft-check-equivalent="pipeline=weft-decompose,canonicalize,cse rows=2" -o /dev/null
// RUN: weft-opt %examples/mlp/mlp-mse.mlir --weft-check-equivalent="pipeline=weft-decompose,canonicalize,cse rows=2" -o /dev/null
// RUN: weft-opt %examples/mlp/mlp.mlir --weft-check-equivalent="pipeline=weft.model(weft-flatten-model) rows=2" -o /dev/null
// RUN: not weft-opt %s --weft-check-equivalent="pipeline=no-such-pass" 2>&1 | FileCheck %s --check-prefix=PIPELINE
// RUN: not weft-opt %s --weft-check-equivalent="pipeline=symbol-dce function=none" 2>&1 | FileCheck %s --check-prefix=NONE

// PIPELINE: expected a pipeline of passes, got 'no-such-pass'
// NONE: expected a function that the pipeline keeps

// The module is as it was.
// CHECK: weft.model @m
// CHECK: weft.linear
// CHECK: weft.gelu
// CHECK-NOT: builtin.module
weft.model @m {
  weft.parameter @w : tensor<4x3xf32> = #weft.kaiming_uniform<>
  weft.parameter @b : tensor<4xf32> = #weft.normal<std = 0.1>
  weft.buffer @seen : tensor<4xf32> = #weft.constant<0.0>
  func.func @loss(%x: tensor<?x3xf32>, %labels: tensor<?xi64>) -> (tensor<f32>, tensor<?x4xf32>) {
    %w = weft.read @w : tensor<4x3xf32>
    %b = weft.read @b : tensor<4xf32>
    %h = weft.linear %x, %w, %b : (tensor<?x3xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %y = weft.gelu %h : tensor<?x4xf32>
    %sum = weft.reduce_mean %y dims = [0] : tensor<?x4xf32> -> tensor<4xf32>
    weft.write @seen, %sum : tensor<4xf32>
    %loss = weft.cross_entropy %y, %labels label_smoothing = 0.1 : (tensor<?x4xf32>, tensor<?xi64>) -> tensor<f32>
    return %loss, %y : tensor<f32>, tensor<?x4xf32>
  }
}
