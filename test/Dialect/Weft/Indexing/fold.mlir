// RUN: weft-opt %s --canonicalize | FileCheck %s

// One index for all: a row, repeated.
// CHECK-LABEL: func.func @one_index
// CHECK-SAME: (%[[t:.*]]: tensor<2x4xf32>, %[[x:.*]]: tensor<?x3xf32>)
func.func @one_index(%t: tensor<2x4xf32>, %x: tensor<?x3xf32>) -> tensor<?x3x4xf32> {
  // CHECK: %[[s:.*]] = weft.slice %[[t]] starts = [0, 0] limits = [1, 4]
  // CHECK: %[[b:.*]] = weft.broadcast %{{.*}} like %[[x]] dims = [2]
  %zero = weft.constant dense<0> : tensor<i32>
  %i = weft.broadcast %zero like %x dims = [] : tensor<i32>, tensor<?x3xf32> -> tensor<?x3xi32>
  %y = weft.embedding %i, %t : (tensor<?x3xi32>, tensor<2x4xf32>) -> tensor<?x3x4xf32>
  // CHECK: return %[[b]]
  return %y : tensor<?x3x4xf32>
}

// Indices that count up: the first rows.
// CHECK-LABEL: func.func @positions
// CHECK-SAME: (%[[t:.*]]: tensor<512x4xf32>, %[[x:.*]]: tensor<?x16xf32>)
func.func @positions(%t: tensor<512x4xf32>, %x: tensor<?x16xf32>) -> tensor<?x16x4xf32> {
  // CHECK: %[[s:.*]] = weft.slice %[[t]] starts = [0, 0] limits = [16, 4] strides = [1, 1]
  // CHECK: %[[b:.*]] = weft.broadcast %[[s]] like %[[x]] dims = [1, 2]
  %i = weft.iota like %x dim = 1 : tensor<?x16xf32> -> tensor<?x16xi32>
  %y = weft.embedding %i, %t : (tensor<?x16xi32>, tensor<512x4xf32>) -> tensor<?x16x4xf32>
  // CHECK: return %[[b]]
  return %y : tensor<?x16x4xf32>
}

// Indices that are the same for each sample: rows that are.
// CHECK-LABEL: func.func @repeated
// CHECK-SAME: (%[[t:.*]]: tensor<512x4xf32>, %[[i:.*]]: tensor<16xi32>, %[[x:.*]]: tensor<?x16xf32>)
func.func @repeated(%t: tensor<512x4xf32>, %i: tensor<16xi32>, %x: tensor<?x16xf32>) -> tensor<?x16x4xf32> {
  // CHECK: %[[r:.*]] = weft.embedding %[[i]], %[[t]]
  // CHECK: %[[b:.*]] = weft.broadcast %[[r]] like %[[x]] dims = [1, 2]
  %j = weft.broadcast %i like %x dims = [1] : tensor<16xi32>, tensor<?x16xf32> -> tensor<?x16xi32>
  %y = weft.embedding %j, %t : (tensor<?x16xi32>, tensor<512x4xf32>) -> tensor<?x16x4xf32>
  // CHECK: return %[[b]]
  return %y : tensor<?x16x4xf32>
}

// A padding row has no gradient, so its position must be seen.
// CHECK-LABEL: func.func @padding
func.func @padding(%t: tensor<512x4xf32>, %x: tensor<?x16xf32>) -> tensor<?x16x4xf32> {
  // CHECK: weft.embedding
  %i = weft.iota like %x dim = 1 : tensor<?x16xf32> -> tensor<?x16xi32>
  %y = weft.embedding %i, %t padding_idx = 3 : (tensor<?x16xi32>, tensor<512x4xf32>) -> tensor<?x16x4xf32>
  return %y : tensor<?x16x4xf32>
}

// A table that is the same everywhere.
// CHECK-LABEL: func.func @splat
func.func @splat(%i: tensor<3xi32>) -> tensor<3x4xf32> {
  // CHECK: weft.constant dense<2.000000e+00> : tensor<3x4xf32>
  %t = weft.constant dense<2.0> : tensor<5x4xf32>
  %y = weft.embedding %i, %t : (tensor<3xi32>, tensor<5x4xf32>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}
