// RUN: weft-opt %s --convert-weft-to-linalg --split-input-file | FileCheck %s

// CHECK: #[[COLUMN:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func @broadcast
// CHECK-SAME: (%[[B:.*]]: tensor<4xf32>, %[[X:.*]]: tensor<?x7xf32>)
func.func @broadcast(%b: tensor<4xf32>, %x: tensor<?x7xf32>) -> tensor<?x4xf32> {
  // CHECK: tensor.dim %[[X]]
  // CHECK: linalg.generic {indexing_maps = [#[[COLUMN]], #{{.*}}]
  %y = weft.broadcast %b like %x dims = [1] : tensor<4xf32>, tensor<?x7xf32> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

// A dimension of size 1 is stretched: its only index is 0.
// CHECK: affine_map<(d0, d1) -> (d0, 0)>
func.func @stretch(%x: tensor<?x1xf32>) -> tensor<?x4xf32> {
  %y = weft.broadcast %x dims = [0, 1] : tensor<?x1xf32> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

// CHECK: affine_map<(d0, d1) -> (d1, d0)>
func.func @permute(%x: tensor<3x4xf32>) -> tensor<4x3xf32> {
  %y = weft.permute %x dims = [1, 0] : tensor<3x4xf32> -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// -----

// CHECK-LABEL: func.func @moves
func.func @moves(%x: tensor<?x40xf32>) -> tensor<?x30xf32> {
  // CHECK: tensor.extract_slice %{{.*}}[0, 2] [%{{.*}}, 12] [1, 3]
  %s = weft.slice %x starts = [0, 2] limits = [-1, 38] strides = [1, 3] : tensor<?x40xf32> -> tensor<?x12xf32>
  // CHECK: tensor.concat dim(1)
  %c = weft.concat %s, %s dim = 1 : tensor<?x12xf32>, tensor<?x12xf32> -> tensor<?x24xf32>
  // CHECK: tensor.pad %{{.*}} low[0, 1] high[0, 5]
  %p = weft.pad %c low = [0, 1] high = [0, 5] value = 1.0 : tensor<?x24xf32> -> tensor<?x30xf32>
  return %p : tensor<?x30xf32>
}

// -----

// CHECK-LABEL: func.func @reshape
func.func @reshape(%x: tensor<?x6x4xf32>, %y: tensor<?x8xf32>) -> (tensor<?x3x8xf32>, tensor<?x2x4xf32>) {
  // The number of rows stays: only the others are merged and split.
  // CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0], [1, 2]]
  // CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0], [1, 2]]
  %a = weft.reshape %x : tensor<?x6x4xf32> -> tensor<?x3x8xf32>
  // CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0], [1, 2]]
  %b = weft.reshape %y : tensor<?x8xf32> -> tensor<?x2x4xf32>
  return %a, %b : tensor<?x3x8xf32>, tensor<?x2x4xf32>
}

// -----

// CHECK-LABEL: func.func @made
func.func @made() -> (tensor<3xf32>, tensor<2x5xi64>) {
  // CHECK: arith.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]> : tensor<3xf32>
  %c = weft.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  // CHECK: linalg.index 1
  %i = weft.iota dim = 1 : tensor<2x5xi64>
  return %c, %i : tensor<3xf32>, tensor<2x5xi64>
}
