// RUN: weft-opt %s --split-input-file --weft-flatten-model --weft-build-train-step | FileCheck %s

// What an input of indices may hold stays known when the loss is decomposed; other functions are left alone.
// CHECK-LABEL: weft.model @indices
// CHECK: func.func @eval_step(
// CHECK-SAME: tensor<?xi64> {weft.index_range = array<i64: 0, 5, -100>, weft.input = "labels"}
// CHECK: func.func @other(
weft.model @indices {
  func.func @loss(%x: tensor<?x5xf32> {weft.input = "x"}, %labels: tensor<?xi64> {weft.input = "labels"}) -> tensor<f32> {
    %l = weft.cross_entropy %x, %labels : (tensor<?x5xf32>, tensor<?xi64>) -> tensor<f32>
    return %l : tensor<f32>
  }
  func.func @other(%x: tensor<?x5xf32>) -> tensor<?x5xf32> {
    return %x : tensor<?x5xf32>
  }
}

// -----

// A loss that no loss op makes is a sum of weight 1; a model without an optimizer is evaluated only.
// CHECK-LABEL: weft.model @evaluation_only
// CHECK-NOT: @train_step
// CHECK: func.func @eval_step(
// CHECK: %[[SUM:.*]] = weft.reduce_sum
// CHECK: %[[ONE:.*]] = weft.constant dense<1.000000e+00> : tensor<f32>
// CHECK: return %[[SUM]], %[[ONE]]
weft.model @evaluation_only {
  weft.parameter @w : tensor<4xf32> = #weft.constant<1.0>
  func.func @loss() -> tensor<f32> {
    %w = weft.read @w : tensor<4xf32>
    %s = weft.reduce_sum %w dims = [0] : tensor<4xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
}
