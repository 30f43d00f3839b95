// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt --allow-bytecode | FileCheck %s

// CHECK-LABEL: func.func @softmax
func.func @softmax(%x: tensor<?x12x16xbf16>) -> tensor<?x12x16xbf16> {
  // CHECK: weft.softmax %{{.*}} dim = 1 : tensor<?x12x16xbf16>
  %y = weft.softmax %x dim = 1 : tensor<?x12x16xbf16>
  return %y : tensor<?x12x16xbf16>
}

// CHECK-LABEL: func.func @log_softmax
func.func @log_softmax(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
  // CHECK: weft.log_softmax %{{.*}} dim = 0 : tensor<?x10xf32>
  %y = weft.log_softmax %x dim = 0 : tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// CHECK-LABEL: func.func @layer_norm
func.func @layer_norm(%x: tensor<?x?x384xf32>, %w: tensor<384xf32>, %b: tensor<384xf32>) -> tensor<?x?x384xf32> {
  // CHECK: weft.layer_norm %{{.*}}, %{{.*}}, %{{.*}} eps = {{.*}} : (tensor<?x?x384xf32>, tensor<384xf32>, tensor<384xf32>) -> tensor<?x?x384xf32>
  %y = weft.layer_norm %x, %w, %b eps = 1.0e-12 : (tensor<?x?x384xf32>, tensor<384xf32>, tensor<384xf32>) -> tensor<?x?x384xf32>
  // CHECK: weft.layer_norm %{{.*}}, %{{.*}} : (tensor<?x?x384xf32>, tensor<384xf32>) -> tensor<?x?x384xf32>
  %z = weft.layer_norm %y, %w : (tensor<?x?x384xf32>, tensor<384xf32>) -> tensor<?x?x384xf32>
  return %z : tensor<?x?x384xf32>
}

// CHECK-LABEL: func.func @rms_norm
func.func @rms_norm(%x: tensor<?x2x3xbf16>, %w: tensor<2x3xbf16>) -> tensor<?x2x3xbf16> {
  // CHECK: weft.rms_norm %{{.*}}, %{{.*}} : (tensor<?x2x3xbf16>, tensor<2x3xbf16>) -> tensor<?x2x3xbf16>
  %y = weft.rms_norm %x, %w : (tensor<?x2x3xbf16>, tensor<2x3xbf16>) -> tensor<?x2x3xbf16>
  return %y : tensor<?x2x3xbf16>
}
