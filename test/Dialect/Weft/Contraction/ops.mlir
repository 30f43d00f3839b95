// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt --allow-bytecode | FileCheck %s

// CHECK-LABEL: func.func @matmul
func.func @matmul(%x: tensor<?x784xf32>, %w: tensor<784x128xf32>) -> tensor<?x128xf32> {
  // CHECK: weft.matmul %{{.*}}, %{{.*}} : (tensor<?x784xf32>, tensor<784x128xf32>) -> tensor<?x128xf32>
  %y = weft.matmul %x, %w : (tensor<?x784xf32>, tensor<784x128xf32>) -> tensor<?x128xf32>
  return %y : tensor<?x128xf32>
}

// CHECK-LABEL: func.func @matmul_transpose_b
func.func @matmul_transpose_b(%x: tensor<?x784xbf16>, %w: tensor<128x784xbf16>) -> tensor<?x128xbf16> {
  // CHECK: weft.matmul %{{.*}}, %{{.*}} {transpose_b} : (tensor<?x784xbf16>, tensor<128x784xbf16>) -> tensor<?x128xbf16>
  %y = weft.matmul %x, %w {transpose_b} : (tensor<?x784xbf16>, tensor<128x784xbf16>) -> tensor<?x128xbf16>
  return %y : tensor<?x128xbf16>
}

// The contracted dimension is dynamic: the gradient of a weight.
// CHECK-LABEL: func.func @matmul_transpose_a
func.func @matmul_transpose_a(%g: tensor<?x128xf32>, %x: tensor<?x784xf32>) -> tensor<128x784xf32> {
  // CHECK: weft.matmul %{{.*}}, %{{.*}} {transpose_a} : (tensor<?x128xf32>, tensor<?x784xf32>) -> tensor<128x784xf32>
  %y = weft.matmul %g, %x {transpose_a} : (tensor<?x128xf32>, tensor<?x784xf32>) -> tensor<128x784xf32>
  return %y : tensor<128x784xf32>
}

// CHECK-LABEL: func.func @matmul_batched
func.func @matmul_batched(%a: tensor<?x12x64x16xf32>, %b: tensor<?x12x32x64xf32>) -> tensor<?x12x16x32xf32> {
  // CHECK: weft.matmul %{{.*}}, %{{.*}} {transpose_a, transpose_b} : (tensor<?x12x64x16xf32>, tensor<?x12x32x64xf32>) -> tensor<?x12x16x32xf32>
  %y = weft.matmul %a, %b {transpose_a, transpose_b}
      : (tensor<?x12x64x16xf32>, tensor<?x12x32x64xf32>) -> tensor<?x12x16x32xf32>
  return %y : tensor<?x12x16x32xf32>
}

// CHECK-LABEL: func.func @linear
func.func @linear(%x: tensor<?x16x784xf32>, %w: tensor<128x784xf32>, %b: tensor<128xf32>)
    -> (tensor<?x16x128xf32>, tensor<?x16x128xf32>) {
  // CHECK: weft.linear %{{.*}}, %{{.*}}, %{{.*}} : (tensor<?x16x784xf32>, tensor<128x784xf32>, tensor<128xf32>) -> tensor<?x16x128xf32>
  %y = weft.linear %x, %w, %b : (tensor<?x16x784xf32>, tensor<128x784xf32>, tensor<128xf32>) -> tensor<?x16x128xf32>
  // CHECK: weft.linear %{{.*}}, %{{[^,]*}} : (tensor<?x16x784xf32>, tensor<128x784xf32>) -> tensor<?x16x128xf32>
  %z = weft.linear %x, %w : (tensor<?x16x784xf32>, tensor<128x784xf32>) -> tensor<?x16x128xf32>
  return %y, %z : tensor<?x16x128xf32>, tensor<?x16x128xf32>
}

// CHECK-LABEL: func.func @linear_of_vector
func.func @linear_of_vector(%x: tensor<784xf32>, %w: tensor<128x784xf32>) -> tensor<128xf32> {
  // CHECK: weft.linear %{{.*}}, %{{.*}} : (tensor<784xf32>, tensor<128x784xf32>) -> tensor<128xf32>
  %y = weft.linear %x, %w : (tensor<784xf32>, tensor<128x784xf32>) -> tensor<128xf32>
  return %y : tensor<128xf32>
}
