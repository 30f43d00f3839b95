// RUN: weft-opt %s --weft-decompose | FileCheck %s

// CHECK-LABEL: func.func @mean_static
// CHECK-SAME: (%[[X:.*]]: tensor<?x10xf32>)
func.func @mean_static(%x: tensor<?x10xf32>) -> tensor<?x1xf32> {
  // CHECK-NEXT: %[[SUM:.*]] = weft.reduce_sum %[[X]] dims = [1] keepdim : tensor<?x10xf32> -> tensor<?x1xf32>
  // CHECK-NEXT: %[[N:.*]] = weft.constant dense<1.000000e+01> : tensor<f32>
  // CHECK-NEXT: %[[NS:.*]] = weft.broadcast %[[N]] like %[[SUM]] dims = []
  // CHECK-NEXT: %[[Y:.*]] = weft.div %[[SUM]], %[[NS]]
  // CHECK-NEXT: return %[[Y]]
  %y = weft.reduce_mean %x dims = [1] keepdim : tensor<?x10xf32> -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}

// Over the batch, the number of elements is a number of the step: `weft.size`, decomposed in turn.
// CHECK-LABEL: func.func @mean_dynamic
// CHECK-SAME: (%[[X:.*]]: tensor<?x10xf32>)
func.func @mean_dynamic(%x: tensor<?x10xf32>) -> tensor<f32> {
  // CHECK-NEXT: %[[SUM:.*]] = weft.reduce_sum %[[X]] dims = [0, 1] : tensor<?x10xf32> -> tensor<f32>
  // CHECK-NEXT: %[[TEN:.*]] = weft.constant dense<1.000000e+01> : tensor<f32>
  // CHECK-NEXT: %[[TENS:.*]] = weft.broadcast %[[TEN]] like %[[X]] dims = [] : tensor<f32>, tensor<?x10xf32> -> tensor<?xf32>
  // CHECK-NEXT: %[[N:.*]] = weft.reduce_sum %[[TENS]] dims = [0]
  // CHECK-NEXT: %[[Y:.*]] = weft.div %[[SUM]], %[[N]]
  // CHECK-NEXT: return %[[Y]]
  %y = weft.reduce_mean %x dims = [0, 1] : tensor<?x10xf32> -> tensor<f32>
  return %y : tensor<f32>
}

// Narrow types are summed and divided in f32.
// CHECK-LABEL: func.func @mean_bf16
func.func @mean_bf16(%x: tensor<4x10xbf16>) -> tensor<10xbf16> {
  // CHECK-NEXT: weft.cast %{{.*}} : tensor<4x10xbf16> -> tensor<4x10xf32>
  // CHECK-NEXT: weft.reduce_sum
  // CHECK: weft.div %{{.*}} : tensor<10xf32>
  // CHECK-NEXT: weft.cast %{{.*}} : tensor<10xf32> -> tensor<10xbf16>
  %y = weft.reduce_mean %x dims = [0] : tensor<4x10xbf16> -> tensor<10xbf16>
  return %y : tensor<10xbf16>
}

// CHECK-LABEL: func.func @size
func.func @size(%x: tensor<?x10xi64>) -> (tensor<f32>, tensor<f32>) {
  // CHECK-NEXT: %[[TEN:.*]] = weft.constant dense<1.000000e+01> : tensor<f32>
  // CHECK-NEXT: %[[ONE:.*]] = weft.constant dense<1.000000e+00> : tensor<f32>
  // CHECK-NEXT: %[[ONES:.*]] = weft.broadcast %[[ONE]]
  // CHECK-NEXT: %[[ROWS:.*]] = weft.reduce_sum %[[ONES]] dims = [0]
  // CHECK-NEXT: return %[[TEN]], %[[ROWS]]
  %columns = weft.size %x dims = [1] : tensor<?x10xi64> -> tensor<f32>
  %rows = weft.size %x dims = [0] : tensor<?x10xi64> -> tensor<f32>
  return %columns, %rows : tensor<f32>, tensor<f32>
}
