// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt --allow-bytecode | FileCheck %s

// CHECK-LABEL: func.func @cross_entropy
func.func @cross_entropy(%x: tensor<?x10xf32>, %labels: tensor<?xi64>) -> (tensor<f32>, tensor<?xf32>) {
  // Defaults are not printed.
  // CHECK: weft.cross_entropy %{{.*}}, %{{[^ ]*}} : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<f32>
  %0 = weft.cross_entropy %x, %labels reduction = mean ignore_index = -100 label_smoothing = 0.0
      : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<f32>
  // CHECK: weft.cross_entropy %{{.*}}, %{{.*}} reduction = none ignore_index = 0 label_smoothing = 1.000000e-01 : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<?xf32>
  %1 = weft.cross_entropy %x, %labels reduction = none ignore_index = 0 label_smoothing = 0.1
      : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<?xf32>
  return %0, %1 : tensor<f32>, tensor<?xf32>
}

// CHECK-LABEL: func.func @cross_entropy_of_tokens
func.func @cross_entropy_of_tokens(%x: tensor<?x16x100xbf16>, %labels: tensor<?x16xi32>) -> tensor<?x16xbf16> {
  // CHECK: weft.cross_entropy %{{.*}}, %{{.*}} reduction = none : (tensor<?x16x100xbf16>, tensor<?x16xi32>) -> tensor<?x16xbf16>
  %0 = weft.cross_entropy %x, %labels reduction = none : (tensor<?x16x100xbf16>, tensor<?x16xi32>) -> tensor<?x16xbf16>
  return %0 : tensor<?x16xbf16>
}

// CHECK-LABEL: func.func @mse_loss
func.func @mse_loss(%x: tensor<?x10xf32>, %t: tensor<?x10xf32>) -> (tensor<f32>, tensor<?x10xf32>) {
  // CHECK: weft.mse_loss %{{.*}}, %{{[^ ]*}} : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<f32>
  %0 = weft.mse_loss %x, %t : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<f32>
  // CHECK: weft.mse_loss %{{.*}}, %{{.*}} reduction = none : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<?x10xf32>
  %1 = weft.mse_loss %x, %t reduction = none : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<?x10xf32>
  return %0, %1 : tensor<f32>, tensor<?x10xf32>
}

// CHECK-LABEL: func.func @l1_loss
func.func @l1_loss(%x: tensor<?x10xf32>, %t: tensor<?x10xf32>) -> tensor<f32> {
  // CHECK: weft.l1_loss %{{.*}}, %{{.*}} reduction = sum : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<f32>
  %0 = weft.l1_loss %x, %t reduction = sum : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// CHECK-LABEL: func.func @binary_cross_entropy_with_logits
func.func @binary_cross_entropy_with_logits(%x: tensor<?xf64>, %t: tensor<?xf64>) -> tensor<f64> {
  // CHECK: weft.binary_cross_entropy_with_logits %{{.*}}, %{{[^ ]*}} : (tensor<?xf64>, tensor<?xf64>) -> tensor<f64>
  %0 = weft.binary_cross_entropy_with_logits %x, %t : (tensor<?xf64>, tensor<?xf64>) -> tensor<f64>
  return %0 : tensor<f64>
}

// The classes of an answer are the places of a sequence.
// CHECK-LABEL: func.func @answer
func.func @answer(%logits: tensor<?x?xf32>, %start: tensor<?xi32>) -> tensor<f32> {
  // CHECK: weft.cross_entropy %{{.*}}, %{{.*}} : (tensor<?x?xf32>, tensor<?xi32>) -> tensor<f32>
  %loss = weft.cross_entropy %logits, %start : (tensor<?x?xf32>, tensor<?xi32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func.func @binary_cross_entropy
func.func @binary_cross_entropy(%p: tensor<?x?xf32>, %t: tensor<?x?xf32>) -> tensor<f32> {
  // CHECK: weft.binary_cross_entropy %{{.*}}, %{{.*}} : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<f32>
  %loss = weft.binary_cross_entropy %p, %t : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func.func @smoothed
func.func @smoothed(%x: tensor<?x10xf32>, %labels: tensor<?xi64>, %s: tensor<f64>) -> tensor<f32> {
  // CHECK: weft.cross_entropy %{{.*}}, %{{.*}} smoothing %{{.*}} reduction = sum : (tensor<?x10xf32>, tensor<?xi64>, tensor<f64>) -> tensor<f32>
  %loss = weft.cross_entropy %x, %labels smoothing %s reduction = sum : (tensor<?x10xf32>, tensor<?xi64>, tensor<f64>) -> tensor<f32>
  return %loss : tensor<f32>
}
