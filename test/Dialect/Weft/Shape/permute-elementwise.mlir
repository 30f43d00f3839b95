// RUN: weft-opt %s --canonicalize | FileCheck %s

// The update of a parameter that is stored transposed: the last permutation goes into the contraction.
// CHECK-LABEL: func.func @update
// CHECK-SAME: (%[[P:.*]]: tensor<784x128xf32>, %[[DY:.*]]: tensor<?x128xf32>, %[[X:.*]]: tensor<?x784xf32>, %[[LR:.*]]: tensor<f32>)
func.func @update(%stored: tensor<784x128xf32>, %dy: tensor<?x128xf32>, %x: tensor<?x784xf32>, %lr: tensor<f32>)
    -> tensor<784x128xf32> {
  // CHECK-NOT: weft.permute
  // CHECK-DAG: %[[RATE:.*]] = weft.broadcast %[[LR]] dims = [] : tensor<f32> -> tensor<784x128xf32>
  // CHECK-DAG: %[[G:.*]] = weft.matmul %[[X]], %[[DY]] {transpose_a}
  // CHECK: %[[STEP:.*]] = weft.mul %[[RATE]], %[[G]] : tensor<784x128xf32>
  // CHECK: %[[NEW:.*]] = weft.sub %[[P]], %[[STEP]] : tensor<784x128xf32>
  // CHECK: return %[[NEW]]
  %p = weft.permute %stored dims = [1, 0] : tensor<784x128xf32> -> tensor<128x784xf32>
  %g = weft.matmul %dy, %x {transpose_a} : (tensor<?x128xf32>, tensor<?x784xf32>) -> tensor<128x784xf32>
  %rate = weft.broadcast %lr dims = [] : tensor<f32> -> tensor<128x784xf32>
  %step = weft.mul %rate, %g : tensor<128x784xf32>
  %new = weft.sub %p, %step : tensor<128x784xf32>
  %out = weft.permute %new dims = [1, 0] : tensor<128x784xf32> -> tensor<784x128xf32>
  return %out : tensor<784x128xf32>
}

// With momentum the new buffer has two uses, both in the other order.
// CHECK-LABEL: func.func @momentum
func.func @momentum(%stored: tensor<6x4xf32>, %buffer: tensor<6x4xf32>, %dy: tensor<?x4xf32>, %x: tensor<?x6xf32>,
                    %lr: tensor<f32>, %mu: tensor<f32>) -> (tensor<6x4xf32>, tensor<6x4xf32>) {
  // CHECK-NOT: weft.permute
  // CHECK: return
  %p = weft.permute %stored dims = [1, 0] : tensor<6x4xf32> -> tensor<4x6xf32>
  %b = weft.permute %buffer dims = [1, 0] : tensor<6x4xf32> -> tensor<4x6xf32>
  %g = weft.matmul %dy, %x {transpose_a} : (tensor<?x4xf32>, tensor<?x6xf32>) -> tensor<4x6xf32>
  %rate = weft.broadcast %lr dims = [] : tensor<f32> -> tensor<4x6xf32>
  %decay = weft.broadcast %mu dims = [] : tensor<f32> -> tensor<4x6xf32>
  %old = weft.mul %decay, %b : tensor<4x6xf32>
  %newbuffer = weft.add %old, %g : tensor<4x6xf32>
  %step = weft.mul %rate, %newbuffer : tensor<4x6xf32>
  %new = weft.sub %p, %step : tensor<4x6xf32>
  %out0 = weft.permute %new dims = [1, 0] : tensor<4x6xf32> -> tensor<6x4xf32>
  %out1 = weft.permute %newbuffer dims = [1, 0] : tensor<4x6xf32> -> tensor<6x4xf32>
  return %out0, %out1 : tensor<6x4xf32>, tensor<6x4xf32>
}

// CHECK-LABEL: func.func @one_for_one
// CHECK-SAME: (%[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<3x2xf32>)
func.func @one_for_one(%a: tensor<2x3xf32>, %b: tensor<3x2xf32>) -> tensor<3x2xf32> {
  // CHECK: %[[PA:.*]] = weft.permute %[[A]]
  // CHECK: %[[Y:.*]] = weft.add %[[PA]], %[[B]]
  // CHECK: return %[[Y]]
  %pb = weft.permute %b dims = [1, 0] : tensor<3x2xf32> -> tensor<2x3xf32>
  %s = weft.add %a, %pb : tensor<2x3xf32>
  %y = weft.permute %s dims = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// Nothing is gained where each operand would need a permutation.
// CHECK-LABEL: func.func @no_gain
func.func @no_gain(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<3x2xf32> {
  // CHECK: %[[S:.*]] = weft.add
  // CHECK: weft.permute %[[S]]
  %s = weft.add %a, %b : tensor<2x3xf32>
  %y = weft.permute %s dims = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// The sum is needed in its own order too.
// CHECK-LABEL: func.func @other_use
func.func @other_use(%a: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<2x3xf32>) {
  // CHECK-COUNT-2: weft.permute
  %p = weft.permute %a dims = [1, 0] : tensor<3x2xf32> -> tensor<2x3xf32>
  %s = weft.exp %p : tensor<2x3xf32>
  %y = weft.permute %s dims = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  return %y, %s : tensor<3x2xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: func.func @of_broadcast
// CHECK-SAME: (%[[V:.*]]: tensor<3xf32>)
func.func @of_broadcast(%v: tensor<3xf32>) -> tensor<3x2xf32> {
  // CHECK-NEXT: %[[Y:.*]] = weft.broadcast %[[V]] dims = [0] : tensor<3xf32> -> tensor<3x2xf32>
  // CHECK-NEXT: return %[[Y]]
  %b = weft.broadcast %v dims = [1] : tensor<3xf32> -> tensor<2x3xf32>
  %y = weft.permute %b dims = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}
