// RUN: weft-opt %s --weft-choose-layouts --split-input-file | FileCheck %s

// Stored transposed in every entry, with its state and its gradient; no permutation is left.
// CHECK-LABEL: weft.model @transposed
weft.model @transposed attributes {optimizer = #weft.sgd<momentum = 0.9>} {
  // The logical shape stays.
  // CHECK: weft.parameter @w : tensor<10x784xf32>
  weft.parameter @w : tensor<10x784xf32> = #weft.constant<1.0>

  // CHECK: func.func @predict(%[[W:.*]]: tensor<784x10xf32> {weft.layout = array<i64: 1, 0>, weft.parameter = @w}, %[[X:.*]]: tensor<?x784xf32>
  // CHECK-NEXT: weft.matmul %[[X]], %[[W]] : (tensor<?x784xf32>, tensor<784x10xf32>) -> tensor<?x10xf32>
  func.func @predict(%w: tensor<10x784xf32> {weft.parameter = @w}, %x: tensor<?x784xf32> {weft.input = "x"})
      -> (tensor<?x10xf32> {weft.output = "logits"}) {
    %y = weft.matmul %x, %w {transpose_b} : (tensor<?x784xf32>, tensor<10x784xf32>) -> tensor<?x10xf32>
    return %y : tensor<?x10xf32>
  }

  // CHECK: func.func @train_step(%[[W:.*]]: tensor<784x10xf32> {weft.layout = array<i64: 1, 0>, weft.parameter = @w},
  // CHECK-SAME: %[[M:.*]]: tensor<784x10xf32> {weft.layout = array<i64: 1, 0>, weft.state = #weft.state<@w, momentum_buffer>},
  // CHECK-SAME: %[[X:.*]]: tensor<?x784xf32> {weft.input = "x"}, %[[DY:.*]]: tensor<?x10xf32> {weft.input = "dy"},
  // CHECK-SAME: -> (tensor<784x10xf32> {weft.layout = array<i64: 1, 0>, weft.parameter = @w},
  // CHECK-SAME: tensor<784x10xf32> {weft.layout = array<i64: 1, 0>, weft.state = #weft.state<@w, momentum_buffer>},
  // CHECK-SAME: tensor<?x784xf32> {weft.output = "dx"}, tensor<f32> {weft.output = "norm"}, tensor<10xf32> {weft.output = "rows"})
  func.func @train_step(%w: tensor<10x784xf32> {weft.parameter = @w},
                        %m: tensor<10x784xf32> {weft.state = #weft.state<@w, momentum_buffer>},
                        %x: tensor<?x784xf32> {weft.input = "x"}, %dy: tensor<?x10xf32> {weft.input = "dy"},
                        %lr: tensor<f32>)
      -> (tensor<10x784xf32> {weft.parameter = @w}, tensor<10x784xf32> {weft.state = #weft.state<@w, momentum_buffer>},
          tensor<?x784xf32> {weft.output = "dx"}, tensor<f32> {weft.output = "norm"},
          tensor<10xf32> {weft.output = "rows"}) {
    // CHECK-NOT: weft.permute
    // CHECK: weft.matmul %[[X]], %[[W]] : (tensor<?x784xf32>, tensor<784x10xf32>) -> tensor<?x10xf32>
    // CHECK: %[[DX:.*]] = weft.matmul %[[DY]], %[[W]] {transpose_b}
    // CHECK: %[[DW:.*]] = weft.matmul %[[X]], %[[DY]] {transpose_a} : (tensor<?x784xf32>, tensor<?x10xf32>) -> tensor<784x10xf32>
    // CHECK: %[[NORM:.*]] = weft.reduce_sum %{{.*}} dims = [0, 1] : tensor<784x10xf32> -> tensor<f32>
    // A reduction over one dimension is over the other one now.
    // CHECK: %[[ROWS:.*]] = weft.reduce_sum %{{.*}} dims = [0] : tensor<784x10xf32> -> tensor<10xf32>
    // CHECK: weft.broadcast %{{.*}} dims = [] : tensor<f32> -> tensor<784x10xf32>
    // CHECK: %[[NEW:.*]] = weft.sub %[[W]], %{{.*}} : tensor<784x10xf32>
    %y = weft.matmul %x, %w {transpose_b} : (tensor<?x784xf32>, tensor<10x784xf32>) -> tensor<?x10xf32>
    %e = weft.mul %y, %dy : tensor<?x10xf32>
    %dx = weft.matmul %dy, %w : (tensor<?x10xf32>, tensor<10x784xf32>) -> tensor<?x784xf32>
    %dw = weft.matmul %dy, %x {transpose_a} : (tensor<?x10xf32>, tensor<?x784xf32>) -> tensor<10x784xf32>
    %sq = weft.mul %dw, %dw : tensor<10x784xf32>
    %norm = weft.reduce_sum %sq dims = [0, 1] : tensor<10x784xf32> -> tensor<f32>
    %rows = weft.reduce_sum %sq dims = [1] : tensor<10x784xf32> -> tensor<10xf32>
    %lrs = weft.broadcast %lr dims = [] : tensor<f32> -> tensor<10x784xf32>
    %m1 = weft.add %m, %dw : tensor<10x784xf32>
    %step = weft.mul %m1, %lrs : tensor<10x784xf32>
    %w1 = weft.sub %w, %step : tensor<10x784xf32>
    return %w1, %m1, %dx, %norm, %rows
        : tensor<10x784xf32>, tensor<10x784xf32>, tensor<?x784xf32>, tensor<f32>, tensor<10xf32>
  }
}

// -----

// Read as it is more often than transposed.
// CHECK-LABEL: weft.model @preferred_as_it_is
weft.model @preferred_as_it_is {
  weft.parameter @w : tensor<4x4xf32> = #weft.constant<1.0>
  // CHECK: func.func @f(%{{.*}}: tensor<4x4xf32> {weft.parameter = @w},
  func.func @f(%w: tensor<4x4xf32> {weft.parameter = @w}, %x: tensor<?x4xf32>) -> tensor<?x4xf32> {
    // CHECK: weft.matmul %{{.*}} {transpose_b}
    %y = weft.matmul %x, %w {transpose_b} : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
    %z = weft.matmul %y, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
    return %z : tensor<?x4xf32>
  }
}

// -----

// Something would have to be permuted: a softmax of rows, say, or a value that leaves the function.
// CHECK-LABEL: weft.model @kept
weft.model @kept {
  weft.parameter @sliced : tensor<4x8xf32> = #weft.constant<1.0>
  weft.parameter @returned : tensor<4x8xf32> = #weft.constant<1.0>
  weft.parameter @added : tensor<4x8xf32> = #weft.constant<1.0>
  // CHECK: func.func @f(
  // CHECK-SAME: tensor<4x8xf32> {weft.parameter = @sliced}
  // CHECK-SAME: tensor<4x8xf32> {weft.parameter = @returned}
  // CHECK-SAME: tensor<4x8xf32> {weft.parameter = @added}
  // CHECK-COUNT-3: {transpose_b}
  func.func @f(%s: tensor<4x8xf32> {weft.parameter = @sliced}, %r: tensor<4x8xf32> {weft.parameter = @returned},
               %a: tensor<4x8xf32> {weft.parameter = @added}, %x: tensor<?x8xf32>, %other: tensor<4x8xf32>)
      -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<4x4xf32>, tensor<4x8xf32>, tensor<4x8xf32>) {
    %0 = weft.matmul %x, %s {transpose_b} : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32>
    %1 = weft.matmul %x, %r {transpose_b} : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32>
    %2 = weft.matmul %x, %a {transpose_b} : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32>
    %3 = weft.slice %s starts = [0, 0] limits = [4, 4] strides = [1, 1] : tensor<4x8xf32> -> tensor<4x4xf32>
    %4 = weft.add %a, %other : tensor<4x8xf32>
    return %0, %1, %2, %3, %r, %4
        : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<4x4xf32>, tensor<4x8xf32>, tensor<4x8xf32>
  }
}
