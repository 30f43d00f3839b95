// RUN: weft-opt %s --weft-decompose | FileCheck %s

// CHECK-LABEL: func.func @dropout
// CHECK-SAME: (%[[X:.*]]: tensor<4x8xf32>, %[[SEED:.*]]: tensor<i64>, %[[STEP:.*]]: tensor<i64>, %[[OFFSET:.*]]: tensor<i64>)
func.func @dropout(%x: tensor<4x8xf32>, %seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>) -> tensor<4x8xf32> {
  // CHECK: %[[MASK:.*]] = weft.dropout_mask %[[SEED]], %[[STEP]], %[[OFFSET]] p = 2.500000e-01 id = 3 : tensor<4x8xi1>
  // CHECK: %[[SCALE:.*]] = weft.constant dense<1.33333337>
  // CHECK: %[[SCALED:.*]] = weft.mul %[[SCALE]], %[[X]]
  // CHECK: %[[ZERO:.*]] = weft.constant dense<0.000000e+00>
  // CHECK: %[[Y:.*]] = weft.select %[[MASK]], %[[SCALED]], %[[ZERO]]
  // CHECK: return %[[Y]]
  %y = weft.dropout %x, %seed, %step, %offset p = 0.25 id = 3 : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// Without an id it has no value yet.
// CHECK-LABEL: func.func @not_numbered
func.func @not_numbered(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // CHECK: weft.dropout %{{.*}} p = 2.500000e-01 : tensor<?x8xf32>
  %y = weft.dropout %x p = 0.25 : tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
