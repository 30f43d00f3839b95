// RUN: weft-opt %s --weft-flatten-model | FileCheck %s
// RUN: weft-opt %s --weft-flatten-model | weft-opt --weft-flatten-model | FileCheck %s

// CHECK-LABEL: weft.model @calls
weft.model @calls {
  weft.parameter @w2 : tensor<2x4xf32> = #weft.constant<1.0>
  weft.parameter @w1 : tensor<4x4xf32> = #weft.constant<1.0>

  // The private function is inlined and gone.
  // CHECK-NOT: func.func private @layer
  func.func private @layer(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
    %w = weft.read @w1 : tensor<4x4xf32>
    %y = weft.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }

  // Parameters come in the order of declaration, not of use, and in front of the function's own arguments.
  // CHECK: func.func @logits(
  // CHECK-SAME: %[[W2:.*]]: tensor<2x4xf32> {weft.parameter = @w2},
  // CHECK-SAME: %[[W1:.*]]: tensor<4x4xf32> {weft.parameter = @w1},
  // CHECK-SAME: %[[X:.*]]: tensor<?x4xf32> {weft.input = "x"})
  // CHECK-SAME: -> (tensor<?x2xf32> {weft.output = "logits"})
  func.func @logits(%x: tensor<?x4xf32>) -> tensor<?x2xf32> {
    // CHECK: %[[H:.*]] = weft.linear %[[X]], %[[W1]]
    %h = call @layer(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    // CHECK: %[[Y:.*]] = weft.linear %[[H]], %[[W2]]
    // CHECK: return %[[Y]]
    %w = weft.read @w2 : tensor<2x4xf32>
    %y = weft.linear %h, %w : (tensor<?x4xf32>, tensor<2x4xf32>) -> tensor<?x2xf32>
    return %y : tensor<?x2xf32>
  }

  // Inputs that @loss shares with @logits have the same name.
  // CHECK: func.func @loss(
  // CHECK-SAME: {weft.parameter = @w2}
  // CHECK-SAME: {weft.parameter = @w1}
  // CHECK-SAME: tensor<?x4xf32> {weft.input = "x"}, %{{.*}}: tensor<?xi64> {weft.input = "labels"})
  // CHECK-SAME: -> (tensor<f32> {weft.output = "loss"})
  func.func @loss(%x: tensor<?x4xf32>, %labels: tensor<?xi64>) -> tensor<f32> {
    // CHECK-NOT: call
    // CHECK-COUNT-2: weft.linear
    // CHECK: weft.cross_entropy
    %y = call @logits(%x) : (tensor<?x4xf32>) -> tensor<?x2xf32>
    %loss = weft.cross_entropy %y, %labels : (tensor<?x2xf32>, tensor<?xi64>) -> tensor<f32>
    return %loss : tensor<f32>
  }
}

// CHECK-LABEL: weft.model @buffers
weft.model @buffers {
  weft.buffer @unread : tensor<f32> = #weft.constant<0.0>
  weft.buffer @count : tensor<f32> = #weft.constant<0.0>

  // A read after a write sees what was written; a buffer that is only written is no argument.
  // CHECK: func.func @step(
  // CHECK-SAME: %[[COUNT:.*]]: tensor<f32> {weft.parameter = @count},
  // CHECK-SAME: %[[X:.*]]: tensor<f32> {weft.input = "arg0"})
  // CHECK-SAME: -> (tensor<f32> {weft.output = "result0"}, tensor<f32> {weft.parameter = @unread}, tensor<f32> {weft.parameter = @count})
  func.func @step(%x: tensor<f32>) -> tensor<f32> {
    // CHECK: %[[SUM:.*]] = weft.add %[[COUNT]], %[[X]]
    // CHECK: %[[TWICE:.*]] = weft.add %[[SUM]], %[[SUM]]
    // CHECK: return %[[TWICE]], %[[X]], %[[SUM]]
    %a = weft.read @count : tensor<f32>
    %b = weft.add %a, %x : tensor<f32>
    weft.write @count, %b : tensor<f32>
    %c = weft.read @count : tensor<f32>
    %d = weft.add %c, %c : tensor<f32>
    weft.write @unread, %x : tensor<f32>
    return %d : tensor<f32>
  }
}

// Random ops get their id, in program order, and the numbers of the step.
// CHECK-LABEL: weft.model @random
weft.model @random {
  // CHECK: func.func @noise(%[[X:.*]]: tensor<?x4xf32> {weft.input = "data"},
  // CHECK-SAME: %[[SEED:.*]]: tensor<i64> {weft.scalar = #weft.scalar_role<seed>},
  // CHECK-SAME: %[[STEP:.*]]: tensor<i64> {weft.scalar = #weft.scalar_role<step>},
  // CHECK-SAME: %[[OFFSET:.*]]: tensor<i64> {weft.scalar = #weft.scalar_role<sample_offset>})
  func.func @noise(%x: tensor<?x4xf32> {weft.input = "data"}) -> tensor<?x4xf32> {
    // CHECK: %[[Y:.*]] = weft.dropout %[[X]], %[[SEED]], %[[STEP]], %[[OFFSET]] p = 1.000000e-01 id = 0
    // CHECK: weft.dropout %[[Y]], %[[SEED]], %[[STEP]], %[[OFFSET]] p = 2.000000e-01 id = 1
    %y = weft.dropout %x p = 0.1 : tensor<?x4xf32>
    %z = weft.dropout %y p = 0.2 : tensor<?x4xf32>
    return %z : tensor<?x4xf32>
  }
}

// A value_and_grad passes its callee's parameters and names what it differentiates by operand number. The
// gradient of a parameter that the callee does not read is zero.
// CHECK-LABEL: weft.model @gradients
weft.model @gradients {
  weft.parameter @w : tensor<4xf32> = #weft.constant<1.0>
  weft.parameter @other : tensor<2xf32> = #weft.constant<1.0>

  // CHECK: func.func private @f(%{{.*}}: tensor<4xf32> {weft.parameter = @w}, %{{.*}}: tensor<4xf32>)
  func.func private @f(%x: tensor<4xf32>) -> tensor<f32> {
    %w = weft.read @w : tensor<4xf32>
    %p = weft.mul %x, %w : tensor<4xf32>
    %s = weft.reduce_sum %p dims = [0] : tensor<4xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: func.func @saliency(%[[W:.*]]: tensor<4xf32> {weft.parameter = @w}, %[[X:.*]]: tensor<4xf32>
  func.func @saliency(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<2xf32>, tensor<4xf32>) {
    // CHECK: %[[ZERO:.*]] = weft.constant dense<0.000000e+00> : tensor<2xf32>
    // CHECK: %[[G:.*]]:3 = weft.value_and_grad @f(%[[W]], %[[X]]) wrt [0, 1]
    // CHECK: return %[[G]]#2, %[[ZERO]], %[[G]]#1
    %v, %dw, %do, %dx = weft.value_and_grad @f(%x) wrt [@w, @other, 0]
        : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<2xf32>, tensor<4xf32>)
    return %dx, %do, %dw : tensor<4xf32>, tensor<2xf32>, tensor<4xf32>
  }
}
