// RUN: weft-opt %s --weft-decompose | FileCheck %s

// The bias is added to the matrix, before its rows get their dimensions back.
// CHECK-LABEL: func.func @linear
// CHECK-SAME: (%[[X:.*]]: tensor<?x4x784xf32>, %[[W:.*]]: tensor<128x784xf32>, %[[B:.*]]: tensor<128xf32>)
func.func @linear(%x: tensor<?x4x784xf32>, %w: tensor<128x784xf32>, %b: tensor<128xf32>) -> tensor<?x4x128xf32> {
  // CHECK-NEXT: %[[ROWS:.*]] = weft.reshape %[[X]] : tensor<?x4x784xf32> -> tensor<?x784xf32>
  // CHECK-NEXT: %[[XW:.*]] = weft.matmul %[[ROWS]], %[[W]] {transpose_b}
  // CHECK-NEXT: %[[BIAS:.*]] = weft.broadcast %[[B]] like %[[XW]] dims = [1] : tensor<128xf32>, tensor<?x128xf32> -> tensor<?x128xf32>
  // CHECK-NEXT: %[[SUM:.*]] = weft.add %[[XW]], %[[BIAS]]
  // CHECK-NEXT: %[[Y:.*]] = weft.reshape %[[SUM]] : tensor<?x128xf32> -> tensor<?x4x128xf32>
  // CHECK-NEXT: return %[[Y]]
  %y = weft.linear %x, %w, %b : (tensor<?x4x784xf32>, tensor<128x784xf32>, tensor<128xf32>) -> tensor<?x4x128xf32>
  return %y : tensor<?x4x128xf32>
}

// CHECK-LABEL: func.func @linear_of_matrix
// CHECK-SAME: (%[[X:.*]]: tensor<?x784xf32>, %[[W:.*]]: tensor<128x784xf32>)
func.func @linear_of_matrix(%x: tensor<?x784xf32>, %w: tensor<128x784xf32>) -> tensor<?x128xf32> {
  // CHECK-NEXT: %[[Y:.*]] = weft.matmul %[[X]], %[[W]] {transpose_b}
  // CHECK-NEXT: return %[[Y]]
  %y = weft.linear %x, %w : (tensor<?x784xf32>, tensor<128x784xf32>) -> tensor<?x128xf32>
  return %y : tensor<?x128xf32>
}

// CHECK-LABEL: func.func @linear_of_vector
// CHECK-SAME: (%[[X:.*]]: tensor<784xf32>
func.func @linear_of_vector(%x: tensor<784xf32>, %w: tensor<128x784xf32>) -> tensor<128xf32> {
  // CHECK-NEXT: %[[ROW:.*]] = weft.reshape %[[X]] : tensor<784xf32> -> tensor<1x784xf32>
  // CHECK-NEXT: %[[XW:.*]] = weft.matmul %[[ROW]]
  // CHECK-NEXT: weft.reshape %[[XW]] : tensor<1x128xf32> -> tensor<128xf32>
  %y = weft.linear %x, %w : (tensor<784xf32>, tensor<128x784xf32>) -> tensor<128xf32>
  return %y : tensor<128xf32>
}
