// RUN: weft-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @same_type
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>)
func.func @same_type(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK-NEXT: return %[[X]]
  %a = weft.reshape %x : tensor<?x4xf32> -> tensor<?x4xf32>
  %b = weft.permute %a dims = [0, 1] : tensor<?x4xf32> -> tensor<?x4xf32>
  %c = weft.slice %b starts = [0, 0] limits = [-1, 4] strides = [1, 1] : tensor<?x4xf32> -> tensor<?x4xf32>
  %d = weft.concat %c dim = 1 : tensor<?x4xf32> -> tensor<?x4xf32>
  %e = weft.pad %d low = [0, 0] high = [0, 0] value = 0.0 : tensor<?x4xf32> -> tensor<?x4xf32>
  %f = weft.broadcast %e dims = [0, 1] : tensor<?x4xf32> -> tensor<?x4xf32>
  return %f : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @reshape_of_reshape
// CHECK-SAME: (%[[X:.*]]: tensor<?x6xf32>)
func.func @reshape_of_reshape(%x: tensor<?x6xf32>) -> tensor<?x3x2xf32> {
  // CHECK-NEXT: %[[Y:.*]] = weft.reshape %[[X]] : tensor<?x6xf32> -> tensor<?x3x2xf32>
  // CHECK-NEXT: return %[[Y]]
  %a = weft.reshape %x : tensor<?x6xf32> -> tensor<?xf32>
  %b = weft.reshape %a : tensor<?xf32> -> tensor<?x3x2xf32>
  return %b : tensor<?x3x2xf32>
}

// Rows of 6 and 4 elements: neither is a whole number of the other.
// CHECK-LABEL: func.func @reshape_through_rows
func.func @reshape_through_rows(%x: tensor<?x6xf32>) -> tensor<?x4xf32> {
  // CHECK-COUNT-2: weft.reshape
  %a = weft.reshape %x : tensor<?x6xf32> -> tensor<?x12xf32>
  %b = weft.reshape %a : tensor<?x12xf32> -> tensor<?x4xf32>
  return %b : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @permute_of_permute
// CHECK-SAME: (%[[X:.*]]: tensor<2x3x4xf32>)
func.func @permute_of_permute(%x: tensor<2x3x4xf32>) -> (tensor<4x3x2xf32>, tensor<2x3x4xf32>) {
  // CHECK-NEXT: %[[Y:.*]] = weft.permute %[[X]] dims = [2, 1, 0]
  // CHECK-NEXT: return %[[Y]], %[[X]]
  %a = weft.permute %x dims = [1, 2, 0] : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  %b = weft.permute %a dims = [1, 0, 2] : tensor<3x4x2xf32> -> tensor<4x3x2xf32>
  %c = weft.permute %a dims = [2, 0, 1] : tensor<3x4x2xf32> -> tensor<2x3x4xf32>
  return %b, %c : tensor<4x3x2xf32>, tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @slice_of_slice
// CHECK-SAME: (%[[X:.*]]: tensor<?x20xf32>)
func.func @slice_of_slice(%x: tensor<?x20xf32>) -> tensor<?x2xf32> {
  // CHECK-NEXT: %[[Y:.*]] = weft.slice %[[X]] starts = [0, 5] limits = [-1, 15] strides = [1, 9] : tensor<?x20xf32> -> tensor<?x2xf32>
  // CHECK-NEXT: return %[[Y]]
  %a = weft.slice %x starts = [0, 2] limits = [-1, 20] strides = [1, 3] : tensor<?x20xf32> -> tensor<?x6xf32>
  %b = weft.slice %a starts = [0, 1] limits = [-1, 5] strides = [1, 3] : tensor<?x6xf32> -> tensor<?x2xf32>
  return %b : tensor<?x2xf32>
}

// CHECK-LABEL: func.func @slice_of_concat
// CHECK-SAME: (%[[A:.*]]: tensor<?x3xf32>, %[[B:.*]]: tensor<?x5xf32>)
func.func @slice_of_concat(%a: tensor<?x3xf32>, %b: tensor<?x5xf32>)
    -> (tensor<?x5xf32>, tensor<?x2xf32>, tensor<?x2xf32>) {
  // CHECK: %[[INNER:.*]] = weft.slice %[[A]] starts = [0, 1] limits = [-1, 3]
  // CHECK: %[[BOTH:.*]] = weft.slice %{{.*}} starts = [0, 2] limits = [-1, 4]
  // CHECK: return %[[B]], %[[INNER]], %[[BOTH]]
  %c = weft.concat %a, %b dim = 1 : tensor<?x3xf32>, tensor<?x5xf32> -> tensor<?x8xf32>
  %x = weft.slice %c starts = [0, 3] limits = [-1, 8] strides = [1, 1] : tensor<?x8xf32> -> tensor<?x5xf32>
  %y = weft.slice %c starts = [0, 1] limits = [-1, 3] strides = [1, 1] : tensor<?x8xf32> -> tensor<?x2xf32>
  %z = weft.slice %c starts = [0, 2] limits = [-1, 4] strides = [1, 1] : tensor<?x8xf32> -> tensor<?x2xf32>
  return %x, %y, %z : tensor<?x5xf32>, tensor<?x2xf32>, tensor<?x2xf32>
}

// CHECK-LABEL: func.func @slice_of_pad
// CHECK-SAME: (%[[X:.*]]: tensor<?x5xf32>)
func.func @slice_of_pad(%x: tensor<?x5xf32>) -> (tensor<?x5xf32>, tensor<?x2xf32>) {
  // CHECK: %[[EDGE:.*]] = weft.slice %{{.*}} starts = [0, 0]
  // CHECK: return %[[X]], %[[EDGE]]
  %p = weft.pad %x low = [0, 1] high = [0, 2] value = 0.0 : tensor<?x5xf32> -> tensor<?x8xf32>
  %y = weft.slice %p starts = [0, 1] limits = [-1, 6] strides = [1, 1] : tensor<?x8xf32> -> tensor<?x5xf32>
  %z = weft.slice %p starts = [0, 0] limits = [-1, 2] strides = [1, 1] : tensor<?x8xf32> -> tensor<?x2xf32>
  return %y, %z : tensor<?x5xf32>, tensor<?x2xf32>
}

// CHECK-LABEL: func.func @broadcast_of_broadcast
// CHECK-SAME: (%[[V:.*]]: tensor<4xf32>, %[[X:.*]]: tensor<?x9xf32>)
func.func @broadcast_of_broadcast(%v: tensor<4xf32>, %x: tensor<?x9xf32>) -> tensor<?x3x4xf32> {
  // CHECK-NEXT: %[[Y:.*]] = weft.broadcast %[[V]] like %[[X]] dims = [2] : tensor<4xf32>, tensor<?x9xf32> -> tensor<?x3x4xf32>
  // CHECK-NEXT: return %[[Y]]
  %a = weft.broadcast %v like %x dims = [1] : tensor<4xf32>, tensor<?x9xf32> -> tensor<?x4xf32>
  %b = weft.broadcast %a dims = [0, 2] : tensor<?x4xf32> -> tensor<?x3x4xf32>
  return %b : tensor<?x3x4xf32>
}

// CHECK-LABEL: func.func @broadcast_of_reshape
// CHECK-SAME: (%[[V:.*]]: tensor<?xf32>)
func.func @broadcast_of_reshape(%v: tensor<?xf32>) -> tensor<?x10xf32> {
  // CHECK-NEXT: %[[Y:.*]] = weft.broadcast %[[V]] dims = [0] : tensor<?xf32> -> tensor<?x10xf32>
  // CHECK-NEXT: return %[[Y]]
  %a = weft.reshape %v : tensor<?xf32> -> tensor<?x1xf32>
  %b = weft.broadcast %a dims = [0, 1] : tensor<?x1xf32> -> tensor<?x10xf32>
  return %b : tensor<?x10xf32>
}

// CHECK-LABEL: func.func @constants
func.func @constants() -> (tensor<2x3xf32>, tensor<2x2xf32>, tensor<3xf32>, tensor<4xf32>, tensor<1000x1000xf32>) {
  // CHECK-DAG: %[[A:.*]] = weft.constant dense<{{\[\[}}1.000000e+00, 3.000000e+00, 5.000000e+00], [2.000000e+00, 4.000000e+00, 6.000000e+00]]>
  // CHECK-DAG: %[[B:.*]] = weft.constant dense<{{\[\[}}3.000000e+00, 4.000000e+00], [5.000000e+00, 6.000000e+00]]>
  // CHECK-DAG: %[[C:.*]] = weft.constant dense<[2.000000e+00, 7.000000e+00, 7.000000e+00]>
  // CHECK-DAG: %[[D:.*]] = weft.constant dense<[2.000000e+00, 2.000000e+00, 7.000000e+00, 7.000000e+00]>
  // CHECK-DAG: %[[E:.*]] = weft.constant dense<2.000000e+00> : tensor<1000x1000xf32>
  // CHECK: return %[[A]], %[[B]], %[[C]], %[[D]], %[[E]]
  %x = weft.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]> : tensor<6xf32>
  %m = weft.reshape %x : tensor<6xf32> -> tensor<3x2xf32>
  %a = weft.permute %m dims = [1, 0] : tensor<3x2xf32> -> tensor<2x3xf32>
  %b = weft.slice %m starts = [1, 0] limits = [3, 2] strides = [1, 1] : tensor<3x2xf32> -> tensor<2x2xf32>
  %one = weft.constant dense<2.0> : tensor<1xf32>
  %c = weft.pad %one low = [0] high = [2] value = 7.0 : tensor<1xf32> -> tensor<3xf32>
  %d = weft.concat %one, %c dim = 0 : tensor<1xf32>, tensor<3xf32> -> tensor<4xf32>
  %e = weft.broadcast %one dims = [1] : tensor<1xf32> -> tensor<1000x1000xf32>
  return %a, %b, %c, %d, %e : tensor<2x3xf32>, tensor<2x2xf32>, tensor<3xf32>, tensor<4xf32>, tensor<1000x1000xf32>
}

// `like` becomes an argument with as many rows, so that equal fills are one after CSE.
// CHECK-LABEL: func.func @like_argument
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>, %[[C:.*]]: tensor<f32>)
func.func @like_argument(%x: tensor<?x4xf32>, %c: tensor<f32>) -> (tensor<?x4xf32>, tensor<?x9xf32>) {
  %e = weft.exp %x : tensor<?x4xf32>
  %s = weft.reduce_sum %e dims = [1] : tensor<?x4xf32> -> tensor<?xf32>
  // CHECK: weft.broadcast %[[C]] like %[[X]] dims = [] : tensor<f32>, tensor<?x4xf32> -> tensor<?x9xf32>
  %y = weft.broadcast %c like %s dims = [] : tensor<f32>, tensor<?xf32> -> tensor<?x9xf32>
  return %e, %y : tensor<?x4xf32>, tensor<?x9xf32>
}

// A reshape that changes the rows is none.
// CHECK-LABEL: func.func @like_other_rows
func.func @like_other_rows(%x: tensor<?x4xf32>, %c: tensor<f32>) -> tensor<?x9xf32> {
  // CHECK: %[[R:.*]] = weft.reshape
  // CHECK: weft.broadcast %{{.*}} like %[[R]]
  %r = weft.reshape %x : tensor<?x4xf32> -> tensor<?x2xf32>
  %y = weft.broadcast %c like %r dims = [] : tensor<f32>, tensor<?x2xf32> -> tensor<?x9xf32>
  return %y : tensor<?x9xf32>
}

// Arithmetic on repeated elements is done before they are repeated.
// CHECK-LABEL: func.func @elementwise_of_broadcasts
// CHECK-SAME: (%[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>, %[[X:.*]]: tensor<?x4xf32>)
func.func @elementwise_of_broadcasts(%a: tensor<4xf32>, %b: tensor<4xf32>, %x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK-DAG: %[[C:.*]] = weft.constant dense<3.000000e+00> : tensor<4xf32>
  // CHECK-DAG: %[[SUM:.*]] = weft.add %[[A]], %[[B]] : tensor<4xf32>
  // CHECK: %[[MUL:.*]] = weft.mul %[[SUM]], %[[C]] : tensor<4xf32>
  // CHECK: %[[Y:.*]] = weft.broadcast %[[MUL]] like %[[X]] dims = [1]
  // CHECK: return %[[Y]]
  %ra = weft.broadcast %a like %x dims = [1] : tensor<4xf32>, tensor<?x4xf32> -> tensor<?x4xf32>
  %rb = weft.broadcast %b like %x dims = [1] : tensor<4xf32>, tensor<?x4xf32> -> tensor<?x4xf32>
  %three = weft.constant dense<3.0> : tensor<f32>
  %rc = weft.broadcast %three like %x dims = [] : tensor<f32>, tensor<?x4xf32> -> tensor<?x4xf32>
  %s = weft.add %ra, %rb : tensor<?x4xf32>
  %y = weft.mul %s, %rc : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @elementwise_of_one_broadcast
func.func @elementwise_of_one_broadcast(%a: tensor<4xf32>, %x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK: weft.add %{{.*}} : tensor<?x4xf32>
  %r = weft.broadcast %a like %x dims = [1] : tensor<4xf32>, tensor<?x4xf32> -> tensor<?x4xf32>
  %y = weft.add %x, %r : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
