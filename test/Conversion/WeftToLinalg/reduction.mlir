// RUN: weft-opt %s --convert-weft-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @rows
func.func @rows(%x: tensor<?x10xf32>) -> tensor<?x1xf32> {
  // CHECK: %[[INIT:.*]] = arith.constant 0xFF800000 : f32
  // CHECK: %[[FILL:.*]] = linalg.fill ins(%[[INIT]] : f32)
  // CHECK: %[[MAX:.*]] = linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]} ins(%{{.*}} : tensor<?x10xf32>) outs(%[[FILL]] : tensor<?xf32>)
  // CHECK: arith.maximumf
  // A kept dimension is a view.
  // CHECK: tensor.expand_shape %[[MAX]] {{\[\[}}0, 1]] {{.*}} : tensor<?xf32> into tensor<?x1xf32>
  %y = weft.reduce_max %x dims = [1] keepdim : tensor<?x10xf32> -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}

// Sums of narrow types are kept in f32.
// CHECK-LABEL: func.func @columns
func.func @columns(%x: tensor<?x10xbf16>) -> tensor<10xbf16> {
  // CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]} ins(%{{.*}} : tensor<?x10xbf16>) outs(%{{.*}} : tensor<10xf32>)
  // CHECK: arith.extf
  // CHECK: arith.addf
  // CHECK: arith.truncf
  %y = weft.reduce_sum %x dims = [0] : tensor<?x10xbf16> -> tensor<10xbf16>
  return %y : tensor<10xbf16>
}

// CHECK-LABEL: func.func @argmax
func.func @argmax(%x: tensor<?x10xf32>) -> tensor<?xi64> {
  // CHECK: linalg.generic {{.*}} outs(%{{.*}}, %{{.*}} : tensor<?xf32>, tensor<?xi64>)
  // CHECK: arith.cmpf ugt
  // CHECK: arith.cmpf ord
  // CHECK: linalg.index 1
  %y = weft.argmax %x dim = 1 : tensor<?x10xf32> -> tensor<?xi64>
  return %y : tensor<?xi64>
}
