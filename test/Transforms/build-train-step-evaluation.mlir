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

// A loss that no loss op makes and that sees no batch has the weight 1; a model without an optimizer is evaluated only.
// CHECK-LABEL: weft.model @evaluation_only
// CHECK-NOT: @train_step
// CHECK: func.func @eval_step(
// CHECK: %[[SUM:.*]] = weft.reduce_sum
// CHECK: %[[ONE:.*]] = weft.constant dense<1.000000e+00> : tensor<f64>
// CHECK: return %[[SUM]], %[[ONE]]
weft.model @evaluation_only {
  weft.parameter @w : tensor<4xf32> = #weft.constant<1.0>
  func.func @loss() -> tensor<f32> {
    %w = weft.read @w : tensor<4xf32>
    %s = weft.reduce_sum %w dims = [0] : tensor<4xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
}

// -----

// One that sees a batch is a mean of its samples in evaluation; in training each batch counts the same.
// CHECK-LABEL: weft.model @scaled
// CHECK: func.func @train_step(
// CHECK-SAME: tensor<f32> {weft.output = "loss_sum"}, tensor<f32> {weft.output = "loss_weight"}
// CHECK: func.func @eval_step(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32> {weft.input = "x"}
// CHECK-SAME: tensor<f64> {weft.output = "loss_sum"}, tensor<f64> {weft.output = "loss_weight"}
// CHECK: %[[LOSS:.*]] = weft.mul {{.*}} : tensor<f32>
// CHECK: %[[SIZE:.*]] = weft.size %[[X]] dims = [0]
// CHECK: %[[ROWS:.*]] = weft.cast %[[SIZE]] : tensor<f32> -> tensor<f64>
// CHECK: %[[MEAN:.*]] = weft.cast %[[LOSS]] : tensor<f32> -> tensor<f64>
// CHECK: %[[SUM:.*]] = weft.mul %[[MEAN]], %[[ROWS]]
// CHECK: return %[[SUM]], %[[ROWS]]
weft.model @scaled attributes {optimizer = #weft.sgd<>} {
  weft.parameter @w : tensor<4xf32> = #weft.constant<1.0>
  func.func @loss(%x: tensor<?x4xf32> {weft.input = "x"}) -> tensor<f32> {
    %w = weft.read @w : tensor<4xf32>
    %ws = weft.broadcast %w like %x dims = [1] : tensor<4xf32>, tensor<?x4xf32> -> tensor<?x4xf32>
    %half = weft.constant dense<0.5> : tensor<f32>
    %l = weft.mse_loss %ws, %x : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
    %s = weft.mul %l, %half : tensor<f32>
    return %s : tensor<f32>
  }
}

// -----

// @eval_loss is the loss of evaluation: of it, not of @loss, eval_step has the ops and the inputs' names.
// CHECK-LABEL: weft.model @two_losses
// CHECK: func.func @train_step(
// CHECK: weft.mse_loss
// CHECK: func.func @eval_step(
// CHECK-SAME: {weft.input = "x"}, %{{[^:]*}}: tensor<?x4xf32> {weft.input = "labels"}
// CHECK-NOT: weft.mse_loss
// CHECK: weft.l1_loss
// CHECK-NOT: func.func @eval_loss
weft.model @two_losses attributes {optimizer = #weft.sgd<>} {
  weft.parameter @w : tensor<4xf32> = #weft.constant<1.0>
  func.func @logits(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
    %w = weft.read @w : tensor<4xf32>
    %ws = weft.broadcast %w like %x dims = [1] : tensor<4xf32>, tensor<?x4xf32> -> tensor<?x4xf32>
    %y = weft.mul %x, %ws : tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
  func.func @loss(%x: tensor<?x4xf32>, %t: tensor<?x4xf32>) -> tensor<f32> {
    %y = call @logits(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    %l = weft.mse_loss %y, %t : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
    return %l : tensor<f32>
  }
  func.func @eval_loss(%x: tensor<?x4xf32>, %t: tensor<?x4xf32>) -> tensor<f32> {
    %y = call @logits(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    %l = weft.l1_loss %y, %t : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
    return %l : tensor<f32>
  }
}
