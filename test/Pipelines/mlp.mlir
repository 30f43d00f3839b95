// The MLP's training step in primitives: nothing is computed twice, permuted, or multiplied by one.
// RUN: weft-opt %examples/mlp/mlp.mlir --weft-pipeline | FileCheck %s
// RUN: weft-opt %examples/mlp/mlp-mse.mlir --weft-pipeline | FileCheck %s --check-prefix=MSE

// CHECK: func.func @train_step(
// CHECK-SAME: %[[W1:[^:]*]]: tensor<784x128xf32> {weft.layout = array<i64: 1, 0>, weft.parameter = @fc1.weight},
// CHECK-SAME: %[[B1:[^:]*]]: tensor<128xf32> {weft.parameter = @fc1.bias},
// CHECK-SAME: %[[W2:[^:]*]]: tensor<128x10xf32> {weft.layout = array<i64: 1, 0>, weft.parameter = @fc2.weight},
// CHECK-SAME: %[[B2:[^:]*]]: tensor<10xf32> {weft.parameter = @fc2.bias},
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x784xf32> {{{.*}}weft.input = "x"},
// CHECK-SAME: %[[LABELS:[^:]*]]: tensor<?xi64> {{{.*}}weft.index_range = array<i64: 0, 10, -100>, weft.input = "labels"},
// CHECK-SAME: %[[LR:[^:]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<learning_rate>},
//
// Layer 1.
// CHECK: %[[H0:.*]] = weft.matmul %[[X]], %[[W1]] : (tensor<?x784xf32>, tensor<784x128xf32>) -> tensor<?x128xf32>
// CHECK-NEXT: %[[B1S:.*]] = weft.broadcast %[[B1]] like %{{.*}} dims = [1]
// CHECK-NEXT: %[[H1:.*]] = weft.add %[[H0]], %[[B1S]]
// CHECK-NEXT: %[[H:.*]] = weft.relu %[[H1]]
// Layer 2.
// CHECK-NEXT: %[[Y0:.*]] = weft.matmul %[[H]], %[[W2]] : (tensor<?x128xf32>, tensor<128x10xf32>) -> tensor<?x10xf32>
// CHECK-NEXT: %[[B2S:.*]] = weft.broadcast %[[B2]] like %{{.*}} dims = [1]
// CHECK-NEXT: %[[Y:.*]] = weft.add %[[Y0]], %[[B2S]]
// The exponentials of the loss serve its gradient.
// CHECK-NEXT: weft.reduce_max %[[Y]] dims = [1]
// CHECK-COUNT-1: weft.exp
// CHECK-NOT: weft.exp
// CHECK: %[[DY:.*]] = weft.mul %{{.*}} : tensor<?x10xf32>
// CHECK-NEXT: %[[DH0:.*]] = weft.matmul %[[DY]], %[[W2]] {transpose_b}
// CHECK-NEXT: %[[DW2:.*]] = weft.matmul %[[H]], %[[DY]] {transpose_a} : (tensor<?x128xf32>, tensor<?x10xf32>) -> tensor<128x10xf32>
// CHECK-NEXT: %[[DB2:.*]] = weft.reduce_sum %[[DY]] dims = [0]
// CHECK: %[[MASK:.*]] = weft.compare gt, %[[H]],
// CHECK: %[[DH:.*]] = weft.select %[[MASK]], %[[DH0]],
// CHECK-NEXT: %[[DW1:.*]] = weft.matmul %[[X]], %[[DH]] {transpose_a} : (tensor<?x784xf32>, tensor<?x128xf32>) -> tensor<784x128xf32>
// CHECK-NEXT: %[[DB1:.*]] = weft.reduce_sum %[[DH]] dims = [0]
// No product, no reduction any more: the rest is scaling and updates.
// CHECK-NOT: weft.matmul
// CHECK-NOT: weft.reduce
// CHECK: weft.sub %[[W1]],
// CHECK: weft.sub %[[B1]],
// CHECK: weft.sub %[[W2]],
// CHECK: weft.sub %[[B2]],
// CHECK: return
// @eval_step computes the logits once.
// CHECK: func.func @eval_step(
// CHECK-COUNT-2: weft.matmul
// CHECK-NOT: weft.matmul
// CHECK: return

// MSE: func.func @train_step(
// MSE: %[[Y:.*]] = weft.add %{{.*}} : tensor<?x10xf32>
// MSE-NEXT: %[[D:.*]] = weft.sub %[[Y]],
// MSE-NEXT: %[[SQUARE:.*]] = weft.mul %[[D]], %[[D]]
// MSE-NEXT: weft.reduce_sum %[[SQUARE]] dims = [0, 1]
// The weight is the number of elements; the gradient is 2 d, times nothing else.
// MSE: %[[DY:.*]] = weft.mul %[[D]],
// MSE-NEXT: weft.matmul %[[DY]],
// MSE-COUNT-2: weft.matmul
// MSE-NOT: weft.matmul
// MSE: return
