// RUN: weft-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @transposed_operands
// CHECK-SAME: (%[[A:.*]]: tensor<784x64xf32>, %[[B:.*]]: tensor<128x784xf32>)
func.func @transposed_operands(%a: tensor<784x64xf32>, %b: tensor<128x784xf32>) -> tensor<64x128xf32> {
  // CHECK-NEXT: %[[Y:.*]] = weft.matmul %[[A]], %[[B]] {transpose_a, transpose_b}
  // CHECK-NEXT: return %[[Y]]
  %at = weft.permute %a dims = [1, 0] : tensor<784x64xf32> -> tensor<64x784xf32>
  %bt = weft.permute %b dims = [1, 0] : tensor<128x784xf32> -> tensor<784x128xf32>
  %y = weft.matmul %at, %bt : (tensor<64x784xf32>, tensor<784x128xf32>) -> tensor<64x128xf32>
  return %y : tensor<64x128xf32>
}

// A flag that is set is cleared: transposed twice.
// CHECK-LABEL: func.func @transposed_twice
// CHECK-SAME: (%[[A:.*]]: tensor<?x784xf32>, %[[B:.*]]: tensor<784x128xf32>)
func.func @transposed_twice(%a: tensor<?x784xf32>, %b: tensor<784x128xf32>) -> tensor<?x128xf32> {
  // CHECK-NEXT: %[[Y:.*]] = weft.matmul %[[A]], %[[B]] : (
  // CHECK-NEXT: return %[[Y]]
  %bt = weft.permute %b dims = [1, 0] : tensor<784x128xf32> -> tensor<128x784xf32>
  %y = weft.matmul %a, %bt {transpose_b} : (tensor<?x784xf32>, tensor<128x784xf32>) -> tensor<?x128xf32>
  return %y : tensor<?x128xf32>
}

// CHECK-LABEL: func.func @batched_operand
// CHECK-SAME: (%[[A:.*]]: tensor<?x12x16x64xf32>, %[[B:.*]]: tensor<?x12x32x64xf32>)
func.func @batched_operand(%a: tensor<?x12x16x64xf32>, %b: tensor<?x12x32x64xf32>) -> tensor<?x12x16x32xf32> {
  // CHECK-NEXT: weft.matmul %[[A]], %[[B]] {transpose_b}
  %bt = weft.permute %b dims = [0, 1, 3, 2] : tensor<?x12x32x64xf32> -> tensor<?x12x64x32xf32>
  %y = weft.matmul %a, %bt : (tensor<?x12x16x64xf32>, tensor<?x12x64x32xf32>) -> tensor<?x12x16x32xf32>
  return %y : tensor<?x12x16x32xf32>
}

// Another permutation stays.
// CHECK-LABEL: func.func @batch_permuted
func.func @batch_permuted(%a: tensor<3x12x16x64xf32>, %b: tensor<3x12x64x32xf32>) -> tensor<12x3x16x32xf32> {
  // CHECK: weft.permute
  // CHECK: weft.permute
  // CHECK: weft.matmul %{{.*}}, %{{.*}} : (
  %ap = weft.permute %a dims = [1, 0, 2, 3] : tensor<3x12x16x64xf32> -> tensor<12x3x16x64xf32>
  %bp = weft.permute %b dims = [1, 0, 2, 3] : tensor<3x12x64x32xf32> -> tensor<12x3x64x32xf32>
  %y = weft.matmul %ap, %bp : (tensor<12x3x16x64xf32>, tensor<12x3x64x32xf32>) -> tensor<12x3x16x32xf32>
  return %y : tensor<12x3x16x32xf32>
}

// CHECK-LABEL: func.func @transposed_result
// CHECK-SAME: (%[[G:.*]]: tensor<?x128xf32>, %[[X:.*]]: tensor<?x784xf32>)
func.func @transposed_result(%g: tensor<?x128xf32>, %x: tensor<?x784xf32>) -> tensor<784x128xf32> {
  // CHECK-NEXT: %[[Y:.*]] = weft.matmul %[[X]], %[[G]] {transpose_a} : (tensor<?x784xf32>, tensor<?x128xf32>) -> tensor<784x128xf32>
  // CHECK-NEXT: return %[[Y]]
  %y = weft.matmul %g, %x {transpose_a} : (tensor<?x128xf32>, tensor<?x784xf32>) -> tensor<128x784xf32>
  %t = weft.permute %y dims = [1, 0] : tensor<128x784xf32> -> tensor<784x128xf32>
  return %t : tensor<784x128xf32>
}

// The product is needed as it is: it is not formed twice.
// CHECK-LABEL: func.func @result_used_twice
func.func @result_used_twice(%a: tensor<4x8xf32>, %b: tensor<8x6xf32>) -> (tensor<4x6xf32>, tensor<6x4xf32>) {
  // CHECK: weft.matmul
  // CHECK-NOT: weft.matmul
  // CHECK: weft.permute
  %y = weft.matmul %a, %b : (tensor<4x8xf32>, tensor<8x6xf32>) -> tensor<4x6xf32>
  %t = weft.permute %y dims = [1, 0] : tensor<4x6xf32> -> tensor<6x4xf32>
  return %y, %t : tensor<4x6xf32>, tensor<6x4xf32>
}
