// RUN: weft-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @size_static
func.func @size_static(%x: tensor<?x4x5xf32>) -> tensor<f32> {
  // CHECK: weft.constant dense<2.000000e+01> : tensor<f32>
  // CHECK-NOT: weft.size
  %n = weft.size %x dims = [1, 2] : tensor<?x4x5xf32> -> tensor<f32>
  return %n : tensor<f32>
}

// CHECK-LABEL: func.func @size_dynamic
func.func @size_dynamic(%x: tensor<?x4xf32>) -> tensor<f32> {
  // CHECK: weft.size
  %n = weft.size %x dims = [0, 1] : tensor<?x4xf32> -> tensor<f32>
  return %n : tensor<f32>
}

// CHECK-LABEL: func.func @of_splat
func.func @of_splat() -> (tensor<3xf32>, tensor<3x1xf32>) {
  // CHECK-DAG: %[[SUM:.*]] = weft.constant dense<2.000000e+00> : tensor<3xf32>
  // CHECK-DAG: %[[MAX:.*]] = weft.constant dense<5.000000e-01> : tensor<3x1xf32>
  // CHECK: return %[[SUM]], %[[MAX]]
  %c = weft.constant dense<0.5> : tensor<3x4xf32>
  %sum = weft.reduce_sum %c dims = [1] : tensor<3x4xf32> -> tensor<3xf32>
  %max = weft.reduce_max %c dims = [1] keepdim : tensor<3x4xf32> -> tensor<3x1xf32>
  return %sum, %max : tensor<3xf32>, tensor<3x1xf32>
}

// CHECK-LABEL: func.func @of_one_element
// CHECK-SAME: (%[[X:.*]]: tensor<?x1x4xf32>)
func.func @of_one_element(%x: tensor<?x1x4xf32>) -> (tensor<?x1x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
  // CHECK-NEXT: %[[SUM:.*]] = weft.reshape %[[X]] : tensor<?x1x4xf32> -> tensor<?x4xf32>
  // CHECK-NEXT: %[[MAX:.*]] = weft.reshape %[[X]] : tensor<?x1x4xf32> -> tensor<?x4xf32>
  // CHECK-NEXT: return %[[X]], %[[SUM]], %[[MAX]]
  %kept = weft.reduce_sum %x dims = [1] keepdim : tensor<?x1x4xf32> -> tensor<?x1x4xf32>
  %sum = weft.reduce_sum %x dims = [1] : tensor<?x1x4xf32> -> tensor<?x4xf32>
  %max = weft.reduce_max %x dims = [1] : tensor<?x1x4xf32> -> tensor<?x4xf32>
  return %kept, %sum, %max : tensor<?x1x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
}

// CHECK-LABEL: func.func @of_reduction
// CHECK-SAME: (%[[X:.*]]: tensor<?x3x4x5xf32>)
func.func @of_reduction(%x: tensor<?x3x4x5xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: %[[SUM:.*]] = weft.reduce_sum %[[X]] dims = [0, 1, 3] : tensor<?x3x4x5xf32> -> tensor<4xf32>
  // CHECK-NEXT: %[[MAX:.*]] = weft.reduce_max %[[X]] dims = [0, 1, 3] : tensor<?x3x4x5xf32> -> tensor<4xf32>
  // CHECK-NEXT: return %[[SUM]], %[[MAX]]
  %s0 = weft.reduce_sum %x dims = [1] : tensor<?x3x4x5xf32> -> tensor<?x4x5xf32>
  %s1 = weft.reduce_sum %s0 dims = [0, 2] : tensor<?x4x5xf32> -> tensor<4xf32>
  %m0 = weft.reduce_max %x dims = [0, 3] : tensor<?x3x4x5xf32> -> tensor<3x4xf32>
  %m1 = weft.reduce_max %m0 dims = [0] : tensor<3x4xf32> -> tensor<4xf32>
  return %s1, %m1 : tensor<4xf32>, tensor<4xf32>
}

// The inner sum is needed as it is.
// CHECK-LABEL: func.func @of_shared_reduction
func.func @of_shared_reduction(%x: tensor<?x4xf32>) -> (tensor<?xf32>, tensor<f32>) {
  // CHECK: weft.reduce_sum %{{.*}} dims = [1]
  // CHECK: weft.reduce_sum %{{.*}} dims = [0]
  %s0 = weft.reduce_sum %x dims = [1] : tensor<?x4xf32> -> tensor<?xf32>
  %s1 = weft.reduce_sum %s0 dims = [0] : tensor<?xf32> -> tensor<f32>
  return %s0, %s1 : tensor<?xf32>, tensor<f32>
}
