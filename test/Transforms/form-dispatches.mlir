// RUN: weft-opt %s --weft-form-dispatches=mcpu=x86-64-v3 --split-input-file | FileCheck %s
// RUN: weft-opt %examples/mlp/mlp.mlir --weft-pipeline='to=dispatch optimizer=sgd bind=batch=64 mcpu=x86-64-v3' | FileCheck %s --check-prefix=MLP
// RUN: weft-opt %examples/mlp/mlp.mlir --weft-pipeline='to=optimized optimizer=sgd' | not weft-opt --weft-form-dispatches=target=tpu 2>&1 | FileCheck %s --check-prefix=TARGET

// TARGET: unknown target 'tpu', expected one of: cpu

// The whole training step of the perceptron: both forward products with what follows them (the second with the
// loss and its gradient), the gradient of the hidden layer, and the two products that update the weights.
// MLP-LABEL: func.func @train_step
// MLP-COUNT-5: weft.dispatch
// MLP-NOT: weft.dispatch
// MLP: return
// The first layer is shared with evaluation.
// MLP-LABEL: func.func @eval_step
// MLP: weft.dispatch @[[FIRST:[a-z_0-9]*]](
// MLP-COUNT-2: weft.dispatch
// MLP: func.func private @[[FIRST]](

// What follows a contraction is computed with it.
// CHECK-LABEL: weft.model @epilogue
weft.model @epilogue {
  // CHECK: func.func @f(%[[X:.*]]: tensor<?x8xf32>, %[[W:.*]]: tensor<8x4xf32>, %[[B:.*]]: tensor<4xf32>)
  // CHECK-NEXT: %[[Y:.*]] = weft.dispatch @dispatch_0(%[[X]], %[[W]], %[[B]])
  // CHECK-NEXT: return %[[Y]]
  func.func @f(%x: tensor<?x8xf32>, %w: tensor<8x4xf32>, %b: tensor<4xf32>) -> tensor<?x4xf32> {
    %0 = weft.matmul %x, %w : (tensor<?x8xf32>, tensor<8x4xf32>) -> tensor<?x4xf32>
    %1 = weft.broadcast %b like %0 dims = [1] : tensor<4xf32>, tensor<?x4xf32> -> tensor<?x4xf32>
    %2 = weft.add %0, %1 : tensor<?x4xf32>
    %3 = weft.tanh %2 : tensor<?x4xf32>
    return %3 : tensor<?x4xf32>
  }
  // CHECK: func.func private @dispatch_0(%{{.*}}: tensor<?x8xf32> {weft.rows = 1 : i64}
  // CHECK: weft.matmul
  // CHECK: weft.broadcast
  // CHECK: weft.add
  // CHECK: weft.tanh
}

// -----

// Equal regions are one function.
// CHECK-LABEL: weft.model @equal
weft.model @equal {
  // CHECK: weft.dispatch @dispatch_0
  // CHECK: weft.dispatch @dispatch_0
  // CHECK: weft.dispatch @dispatch_1
  func.func @f(%x: tensor<?x8xf32>, %v: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> tensor<?x8xf32> {
    %0 = weft.matmul %x, %v : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
    %1 = weft.relu %0 : tensor<?x8xf32>
    %2 = weft.matmul %1, %w : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
    %3 = weft.relu %2 : tensor<?x8xf32>
    %4 = weft.matmul %3, %w {transpose_b} : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
    return %4 : tensor<?x8xf32>
  }
  // CHECK: func.func private @dispatch_0
  // CHECK: func.func private @dispatch_1
  // CHECK-NOT: func.func
}

// -----

// A mask is made where it is used, from a tensor that is stored anyhow.
// CHECK-LABEL: weft.model @mask
weft.model @mask {
  // CHECK: %[[H:.*]] = weft.dispatch @dispatch_0(%{{.*}}) : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  // CHECK: weft.dispatch @dispatch_1(%{{.*}}) : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  func.func @f(%x: tensor<?x8xf32>, %v: tensor<8x8xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>) {
    %0 = weft.matmul %x, %v : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
    %h = weft.relu %0 : tensor<?x8xf32>
    %zero = weft.constant dense<0.0> : tensor<f32>
    %zeros = weft.broadcast %zero like %h dims = [] : tensor<f32>, tensor<?x8xf32> -> tensor<?x8xf32>
    %m = weft.compare gt, %h, %zeros : tensor<?x8xf32>
    %1 = weft.matmul %h, %v {transpose_b} : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
    %2 = weft.select %m, %1, %zeros : tensor<?x8xf32>
    return %h, %2 : tensor<?x8xf32>, tensor<?x8xf32>
  }
}

// -----

// Reshapes move nothing: they stay between dispatches.
// CHECK-LABEL: weft.model @alias
weft.model @alias {
  // CHECK: %[[R:.*]] = weft.reshape %{{.*}} : tensor<?x2x4xf32> -> tensor<?x8xf32>
  // CHECK: %[[Y:.*]] = weft.dispatch @dispatch_0(%[[R]])
  // CHECK: return %[[Y]]
  func.func @f(%x: tensor<?x2x4xf32>) -> tensor<?x8xf32> {
    %0 = weft.reshape %x : tensor<?x2x4xf32> -> tensor<?x8xf32>
    %1 = weft.exp %0 : tensor<?x8xf32>
    return %1 : tensor<?x8xf32>
  }
}

// -----

// A number has no dimension to slice: what is cheap to repeat is computed where it is summed, however
// long the sum.
// CHECK-LABEL: weft.model @number
weft.model @number {
  // CHECK: %[[S:.*]] = weft.dispatch @dispatch_0(%{{.*}}) : (tensor<50000xf32>) -> tensor<f32>
  // CHECK-NEXT: return %[[S]]
  func.func @f(%x: tensor<50000xf32>) -> tensor<f32> {
    %0 = weft.mul %x, %x : tensor<50000xf32>
    %1 = weft.reduce_sum %0 dims = [0] : tensor<50000xf32> -> tensor<f32>
    return %1 : tensor<f32>
  }
  // CHECK: func.func private @dispatch_0
  // CHECK: weft.mul
  // CHECK: weft.reduce_sum
}

// -----

// What cannot be repeated, here for want of scratch memory, is stored for the op that reads it, and only for
// that one.
// CHECK-LABEL: weft.model @stored
weft.model @stored {
  // CHECK: %[[N:.*]]:2 = weft.dispatch @dispatch_0(%{{.*}}) : (tensor<1000000xf32>) -> (tensor<1000000xf32>, tensor<1000000xf32>)
  // CHECK: weft.dispatch @dispatch_1(%[[N]]#0) : (tensor<1000000xf32>) -> tensor<1000000xf32>
  func.func @f(%x: tensor<1000000xf32>) -> (tensor<1000000xf32>, tensor<1000000xf32>) {
    %0 = weft.neg %x : tensor<1000000xf32>
    %1, %i = weft.sort %0 dim = 0 : tensor<1000000xf32> -> tensor<1000000xf32>, tensor<1000000xi64>
    %2 = weft.exp %0 : tensor<1000000xf32>
    return %1, %2 : tensor<1000000xf32>, tensor<1000000xf32>
  }
  // CHECK: func.func private @dispatch_0
  // CHECK: %[[STORED:.*]] = weft.neg
  // CHECK: %[[REPEATED:.*]] = weft.neg
  // CHECK: %[[E:.*]] = weft.exp %[[REPEATED]]
  // CHECK: return %[[STORED]], %[[E]]
}
