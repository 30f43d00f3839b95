// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt --allow-bytecode | FileCheck %s

// CHECK-LABEL: func.func @reduce_sum
func.func @reduce_sum(%x: tensor<?x3x10xf32>) -> (tensor<f32>, tensor<?x3x1xf32>) {
  // CHECK: weft.reduce_sum %{{.*}} dims = [0, 1, 2] : tensor<?x3x10xf32> -> tensor<f32>
  %y = weft.reduce_sum %x dims = [0, 1, 2] : tensor<?x3x10xf32> -> tensor<f32>
  // CHECK: weft.reduce_sum %{{.*}} dims = [2] keepdim : tensor<?x3x10xf32> -> tensor<?x3x1xf32>
  %z = weft.reduce_sum %x dims = [2] keepdim : tensor<?x3x10xf32> -> tensor<?x3x1xf32>
  return %y, %z : tensor<f32>, tensor<?x3x1xf32>
}

// CHECK-LABEL: func.func @reduce_max
func.func @reduce_max(%x: tensor<?x10xbf16>) -> (tensor<?xbf16>, tensor<1x10xbf16>) {
  // CHECK: weft.reduce_max %{{.*}} dims = [1] : tensor<?x10xbf16> -> tensor<?xbf16>
  %y = weft.reduce_max %x dims = [1] : tensor<?x10xbf16> -> tensor<?xbf16>
  // CHECK: weft.reduce_max %{{.*}} dims = [0] keepdim : tensor<?x10xbf16> -> tensor<1x10xbf16>
  %z = weft.reduce_max %x dims = [0] keepdim : tensor<?x10xbf16> -> tensor<1x10xbf16>
  return %y, %z : tensor<?xbf16>, tensor<1x10xbf16>
}

// CHECK-LABEL: func.func @reduce_mean
func.func @reduce_mean(%x: tensor<?x10xf64>) -> (tensor<10xf64>, tensor<1x1xf64>) {
  // CHECK: weft.reduce_mean %{{.*}} dims = [0] : tensor<?x10xf64> -> tensor<10xf64>
  %y = weft.reduce_mean %x dims = [0] : tensor<?x10xf64> -> tensor<10xf64>
  // CHECK: weft.reduce_mean %{{.*}} dims = [0, 1] keepdim : tensor<?x10xf64> -> tensor<1x1xf64>
  %z = weft.reduce_mean %x dims = [0, 1] keepdim : tensor<?x10xf64> -> tensor<1x1xf64>
  return %y, %z : tensor<10xf64>, tensor<1x1xf64>
}

// CHECK-LABEL: func.func @argmax
func.func @argmax(%x: tensor<?x10xf32>) -> (tensor<?xi64>, tensor<1x10xi64>) {
  // CHECK: weft.argmax %{{.*}} dim = 1 : tensor<?x10xf32> -> tensor<?xi64>
  %y = weft.argmax %x dim = 1 : tensor<?x10xf32> -> tensor<?xi64>
  // CHECK: weft.argmax %{{.*}} dim = 0 keepdim : tensor<?x10xf32> -> tensor<1x10xi64>
  %z = weft.argmax %x dim = 0 keepdim : tensor<?x10xf32> -> tensor<1x10xi64>
  return %y, %z : tensor<?xi64>, tensor<1x10xi64>
}

// CHECK-LABEL: func.func @size
func.func @size(%x: tensor<?x10xi64>) -> (tensor<f32>, tensor<f32>) {
  // CHECK: weft.size %{{.*}} dims = [0, 1] : tensor<?x10xi64> -> tensor<f32>
  %y = weft.size %x dims = [0, 1] : tensor<?x10xi64> -> tensor<f32>
  // CHECK: weft.size %{{.*}} dims = [] : tensor<?x10xi64> -> tensor<f32>
  %z = weft.size %x dims = [] : tensor<?x10xi64> -> tensor<f32>
  return %y, %z : tensor<f32>, tensor<f32>
}
