// RUN: weft-opt %s --weft-differentiate --weft-decompose --canonicalize --cse | FileCheck %s

// The loss and its gradient are one pass over each row: they share the maximum, the exponentials, their sum, the
// comparison with the label and the mask.
weft.model @m {
  func.func private @loss(%x: tensor<?x10xf32>, %labels: tensor<?xi64>) -> tensor<f32> {
    %loss = weft.cross_entropy %x, %labels reduction = sum : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<f32>
    return %loss : tensor<f32>
  }

  // CHECK-LABEL: func.func @step
  // CHECK-SAME: (%[[X:[a-z0-9]*]]: tensor<?x10xf32>, %[[LABELS:[a-z0-9]*]]: tensor<?xi64>)
  func.func @step(%x: tensor<?x10xf32>, %labels: tensor<?xi64>) -> (tensor<f32>, tensor<?x10xf32>) {
    // CHECK: weft.reduce_max %[[X]]
    // CHECK: %[[EXP:.*]] = weft.exp
    // CHECK: %[[SUM:.*]] = weft.reduce_sum %[[EXP]] dims = [1]
    // CHECK: %[[HIT:.*]] = weft.compare eq
    // CHECK: %[[COUNTED:.*]] = weft.compare ne
    // CHECK: %[[LOSS:.*]] = weft.reduce_sum %{{.*}} dims = [0]
    // CHECK-NOT: weft.exp
    // CHECK-NOT: weft.reduce_
    // CHECK-NOT: weft.compare
    // CHECK: %[[SUMS:.*]] = weft.broadcast %[[SUM]] dims = [0]
    // CHECK: %[[SOFTMAX:.*]] = weft.div %[[EXP]], %[[SUMS]]
    // CHECK: %[[TARGET:.*]] = weft.select %[[HIT]]
    // CHECK: %[[DIFFERENCE:.*]] = weft.sub %[[SOFTMAX]], %[[TARGET]]
    // CHECK: %[[MASK:.*]] = weft.select %[[COUNTED]]
    // CHECK: %[[MASKS:.*]] = weft.broadcast %[[MASK]] dims = [0]
    // CHECK: %[[DX:.*]] = weft.mul %[[DIFFERENCE]], %[[MASKS]]
    // CHECK: return %[[LOSS]], %[[DX]]
    %loss, %dx = weft.value_and_grad @loss(%x, %labels) wrt [0]
        : (tensor<?x10xf32>, tensor<?xi64>) -> (tensor<f32>, tensor<?x10xf32>)
    return %loss, %dx : tensor<f32>, tensor<?x10xf32>
  }
}
