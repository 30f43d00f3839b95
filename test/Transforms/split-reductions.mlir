// RUN: weft-opt %s --pass-pipeline="builtin.module(weft.model(weft-split-reductions))" | FileCheck %s
// RUN: weft-opt %s --weft-check-equivalent="pipeline=builtin.module(weft.model(weft-split-reductions))" -o /dev/null

weft.model @m {
  // CHECK-LABEL: func.func @dynamic
  func.func @dynamic(%x: tensor<?x10xf32>) -> tensor<f32> {
    // CHECK: %[[ROWS:.*]] = weft.reduce_sum %{{.*}} dims = [1] : tensor<?x10xf32> -> tensor<?xf32>
    // CHECK: weft.reduce_sum %[[ROWS]] dims = [0] : tensor<?xf32> -> tensor<f32>
    %y = weft.reduce_sum %x dims = [0, 1] : tensor<?x10xf32> -> tensor<f32>
    return %y : tensor<f32>
  }

  // CHECK-LABEL: func.func @keepdim
  func.func @keepdim(%x: tensor<64x4x32xf32>) -> tensor<1x4x1xf32> {
    // CHECK: %[[ROWS:.*]] = weft.reduce_max %{{.*}} dims = [2] keepdim : tensor<64x4x32xf32> -> tensor<64x4x1xf32>
    // CHECK: weft.reduce_max %[[ROWS]] dims = [0] keepdim : tensor<64x4x1xf32> -> tensor<1x4x1xf32>
    %y = weft.reduce_max %x dims = [0, 2] keepdim : tensor<64x4x32xf32> -> tensor<1x4x1xf32>
    return %y : tensor<1x4x1xf32>
  }

  // Small, or along one dimension: as it is.
  // CHECK-LABEL: func.func @kept
  func.func @kept(%x: tensor<4x4xf32>, %z: tensor<?x10xf32>) -> (tensor<f32>, tensor<10xf32>) {
    // CHECK: weft.reduce_sum %{{.*}} dims = [0, 1] : tensor<4x4xf32> -> tensor<f32>
    // CHECK: weft.reduce_sum %{{.*}} dims = [0] : tensor<?x10xf32> -> tensor<10xf32>
    %y = weft.reduce_sum %x dims = [0, 1] : tensor<4x4xf32> -> tensor<f32>
    %w = weft.reduce_sum %z dims = [0] : tensor<?x10xf32> -> tensor<10xf32>
    return %y, %w : tensor<f32>, tensor<10xf32>
  }
}
