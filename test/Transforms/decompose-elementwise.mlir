// RUN: weft-opt %s --weft-decompose | FileCheck %s

// CHECK-LABEL: func.func @gelu
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
func.func @gelu(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[HALF:.*]] = weft.constant dense<5.000000e-01>
  // CHECK: %[[HX:.*]] = weft.mul %[[HALF]], %[[X]]
  // CHECK: %[[SCALE:.*]] = weft.constant dense<0.707106769>
  // CHECK: %[[SCALED:.*]] = weft.mul %[[SCALE]], %[[X]]
  // CHECK: %[[ERF:.*]] = weft.erf %[[SCALED]]
  // CHECK: %[[ONE:.*]] = weft.constant dense<1.000000e+00>
  // CHECK: %[[SUM:.*]] = weft.add %[[ONE]], %[[ERF]]
  // CHECK: %[[Y:.*]] = weft.mul %[[HX]], %[[SUM]]
  // CHECK: return %[[Y]]
  %y = weft.gelu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @gelu_tanh
func.func @gelu_tanh(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NOT: weft.gelu
  // CHECK-NOT: weft.erf
  // CHECK: weft.tanh
  %y = weft.gelu %x approximate = tanh : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @silu
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>)
func.func @silu(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK-NEXT: %[[S:.*]] = weft.sigmoid %[[X]]
  // CHECK-NEXT: %[[Y:.*]] = weft.mul %[[X]], %[[S]]
  // CHECK-NEXT: return %[[Y]]
  %y = weft.silu %x : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
