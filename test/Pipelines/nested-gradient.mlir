// RUN: weft-opt %s --weft-pipeline="to=training" | FileCheck %s

// A loss that holds a gradient itself (of the inputs, as a penalty): the train step differentiates it again.
weft.model @penalty attributes {optimizer = #weft.sgd<lr = 0.1>} {
  weft.parameter @w : tensor<4xf32> = #weft.constant<1.0>
  func.func private @score(%x: tensor<?x4xf32>) -> tensor<f32> {
    %w = weft.read @w : tensor<4xf32>
    %ws = weft.broadcast %w like %x dims = [1] : tensor<4xf32>, tensor<?x4xf32> -> tensor<?x4xf32>
    %p = weft.mul %x, %ws : tensor<?x4xf32>
    %t = weft.tanh %p : tensor<?x4xf32>
    %s = weft.reduce_sum %t dims = [0, 1] : tensor<?x4xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  func.func @loss(%x: tensor<?x4xf32>) -> tensor<f32> {
    %v, %dx = weft.value_and_grad @score(%x) wrt [0] : (tensor<?x4xf32>) -> (tensor<f32>, tensor<?x4xf32>)
    %sq = weft.mul %dx, %dx : tensor<?x4xf32>
    %penalty = weft.reduce_sum %sq dims = [0, 1] : tensor<?x4xf32> -> tensor<f32>
    return %penalty : tensor<f32>
  }
}

// CHECK-NOT: @score
// CHECK: func.func @train_step(
// CHECK-SAME: {weft.parameter = @w}
// CHECK-COUNT-1: weft.tanh
// CHECK-NOT: weft.value_and_grad
// CHECK: weft.sgd_update
// CHECK: func.func @eval_step(
