// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt --allow-bytecode | FileCheck %s

// CHECK-LABEL: func.func @reshape
func.func @reshape(%x: tensor<?x128x12x32xf32>, %c: tensor<6xi64>) -> (tensor<?x128x384xf32>, tensor<?x384xf32>, tensor<2x1x3xi64>) {
  // CHECK: weft.reshape %{{.*}} : tensor<?x128x12x32xf32> -> tensor<?x128x384xf32>
  %y0 = weft.reshape %x : tensor<?x128x12x32xf32> -> tensor<?x128x384xf32>
  // CHECK: weft.reshape %{{.*}} : tensor<?x128x12x32xf32> -> tensor<?x384xf32>
  %y1 = weft.reshape %x : tensor<?x128x12x32xf32> -> tensor<?x384xf32>
  // CHECK: weft.reshape %{{.*}} : tensor<6xi64> -> tensor<2x1x3xi64>
  %y2 = weft.reshape %c : tensor<6xi64> -> tensor<2x1x3xi64>
  return %y0, %y1, %y2 : tensor<?x128x384xf32>, tensor<?x384xf32>, tensor<2x1x3xi64>
}

// CHECK-LABEL: func.func @reshape_scalar
func.func @reshape_scalar(%x: tensor<f32>) -> tensor<1x1xf32> {
  // CHECK: weft.reshape %{{.*}} : tensor<f32> -> tensor<1x1xf32>
  %y0 = weft.reshape %x : tensor<f32> -> tensor<1x1xf32>
  return %y0 : tensor<1x1xf32>
}

// CHECK-LABEL: func.func @permute
func.func @permute(%x: tensor<?x3x4xf32>, %w: tensor<2x3xf32>, %s: tensor<f32>) -> (tensor<?x4x3xf32>, tensor<3x2xf32>, tensor<f32>) {
  // CHECK: weft.permute %{{.*}} dims = [0, 2, 1] : tensor<?x3x4xf32> -> tensor<?x4x3xf32>
  %y0 = weft.permute %x dims = [0, 2, 1] : tensor<?x3x4xf32> -> tensor<?x4x3xf32>
  // CHECK: weft.permute %{{.*}} dims = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  %y1 = weft.permute %w dims = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  // CHECK: weft.permute %{{.*}} dims = [] : tensor<f32> -> tensor<f32>
  %y2 = weft.permute %s dims = [] : tensor<f32> -> tensor<f32>
  return %y0, %y1, %y2 : tensor<?x4x3xf32>, tensor<3x2xf32>, tensor<f32>
}

// CHECK-LABEL: func.func @slice
func.func @slice(%x: tensor<?x10xf32>, %w: tensor<4x6xf32>) -> (tensor<?x3xf32>, tensor<1x2xf32>) {
  // CHECK: weft.slice %{{.*}} starts = [0, 2] limits = [-1, 8] strides = [1, 2] : tensor<?x10xf32> -> tensor<?x3xf32>
  %y0 = weft.slice %x starts = [0, 2] limits = [-1, 8] strides = [1, 2] : tensor<?x10xf32> -> tensor<?x3xf32>
  // CHECK: weft.slice %{{.*}} starts = [1, 0] limits = [2, 6] strides = [1, 4] : tensor<4x6xf32> -> tensor<1x2xf32>
  %y1 = weft.slice %w starts = [1, 0] limits = [2, 6] strides = [1, 4] : tensor<4x6xf32> -> tensor<1x2xf32>
  return %y0, %y1 : tensor<?x3xf32>, tensor<1x2xf32>
}

// CHECK-LABEL: func.func @concat
func.func @concat(%a: tensor<?x3xf32>, %b: tensor<?x5xf32>, %c: tensor<2xi64>) -> (tensor<?x11xf32>, tensor<2xi64>) {
  // CHECK: weft.concat %{{.*}}, %{{.*}}, %{{.*}} dim = 1 : tensor<?x3xf32>, tensor<?x5xf32>, tensor<?x3xf32> -> tensor<?x11xf32>
  %y0 = weft.concat %a, %b, %a dim = 1 : tensor<?x3xf32>, tensor<?x5xf32>, tensor<?x3xf32> -> tensor<?x11xf32>
  // CHECK: weft.concat %{{.*}} dim = 0 : tensor<2xi64> -> tensor<2xi64>
  %y1 = weft.concat %c dim = 0 : tensor<2xi64> -> tensor<2xi64>
  return %y0, %y1 : tensor<?x11xf32>, tensor<2xi64>
}

// CHECK-LABEL: func.func @pad
func.func @pad(%x: tensor<?x5xf32>, %n: tensor<2xi8>) -> (tensor<?x8xf32>, tensor<3xi8>) {
  // CHECK: weft.pad %{{.*}} low = [0, 1] high = [0, 2] value = 5.000000e-01 : tensor<?x5xf32> -> tensor<?x8xf32>
  %y0 = weft.pad %x low = [0, 1] high = [0, 2] value = 5.000000e-01 : tensor<?x5xf32> -> tensor<?x8xf32>
  // CHECK: weft.pad %{{.*}} low = [0] high = [1] value = -3.000000e+00 : tensor<2xi8> -> tensor<3xi8>
  %y1 = weft.pad %n low = [0] high = [1] value = -3.000000e+00 : tensor<2xi8> -> tensor<3xi8>
  return %y0, %y1 : tensor<?x8xf32>, tensor<3xi8>
}

// CHECK-LABEL: func.func @broadcast
func.func @broadcast(%s: tensor<f32>, %v: tensor<?xf32>, %b: tensor<128xf32>, %x: tensor<?x784xi64>) -> (tensor<2x3xf32>, tensor<?x10xf32>, tensor<?x128xf32>) {
  // CHECK: weft.broadcast %{{.*}} dims = [] : tensor<f32> -> tensor<2x3xf32>
  %y0 = weft.broadcast %s dims = [] : tensor<f32> -> tensor<2x3xf32>
  // CHECK: weft.broadcast %{{.*}} dims = [0] : tensor<?xf32> -> tensor<?x10xf32>
  %y1 = weft.broadcast %v dims = [0] : tensor<?xf32> -> tensor<?x10xf32>
  // CHECK: weft.broadcast %{{.*}} like %{{.*}} dims = [1] : tensor<128xf32>, tensor<?x784xi64> -> tensor<?x128xf32>
  %y2 = weft.broadcast %b like %x dims = [1] : tensor<128xf32>, tensor<?x784xi64> -> tensor<?x128xf32>
  return %y0, %y1, %y2 : tensor<2x3xf32>, tensor<?x10xf32>, tensor<?x128xf32>
}

// CHECK-LABEL: func.func @broadcast_stretched
func.func @broadcast_stretched(%x: tensor<?x1xf32>, %r: tensor<1x4xf32>) -> (tensor<?x4xf32>, tensor<?x3x4xf32>) {
  // CHECK: weft.broadcast %{{.*}} dims = [0, 1] : tensor<?x1xf32> -> tensor<?x4xf32>
  %y0 = weft.broadcast %x dims = [0, 1] : tensor<?x1xf32> -> tensor<?x4xf32>
  // CHECK: weft.broadcast %{{.*}} like %{{.*}} dims = [0, 2] : tensor<1x4xf32>, tensor<?x1xf32> -> tensor<?x3x4xf32>
  %y1 = weft.broadcast %r like %x dims = [0, 2] : tensor<1x4xf32>, tensor<?x1xf32> -> tensor<?x3x4xf32>
  return %y0, %y1 : tensor<?x4xf32>, tensor<?x3x4xf32>
}

// CHECK-LABEL: func.func @constant
func.func @constant() -> (tensor<2xf32>, tensor<i64>, tensor<2xi1>) {
  // CHECK: weft.constant dense<[5.000000e-01, -1.000000e+00]> : tensor<2xf32>
  %y0 = weft.constant dense<[5.000000e-01, -1.000000e+00]> : tensor<2xf32>
  // CHECK: weft.constant dense<7> : tensor<i64>
  %y1 = weft.constant dense<7> : tensor<i64>
  // CHECK: weft.constant dense<[true, false]> : tensor<2xi1>
  %y2 = weft.constant dense<[true, false]> : tensor<2xi1>
  return %y0, %y1, %y2 : tensor<2xf32>, tensor<i64>, tensor<2xi1>
}

// CHECK-LABEL: func.func @iota
func.func @iota(%x: tensor<?x784xf32>) -> (tensor<10xi64>, tensor<?x10xi32>, tensor<2x3xf32>) {
  // CHECK: weft.iota dim = 0 : tensor<10xi64>
  %y0 = weft.iota dim = 0 : tensor<10xi64>
  // CHECK: weft.iota like %{{.*}} dim = 1 : tensor<?x784xf32> -> tensor<?x10xi32>
  %y1 = weft.iota like %x dim = 1 : tensor<?x784xf32> -> tensor<?x10xi32>
  // CHECK: weft.iota dim = 1 : tensor<2x3xf32>
  %y2 = weft.iota dim = 1 : tensor<2x3xf32>
  return %y0, %y1, %y2 : tensor<10xi64>, tensor<?x10xi32>, tensor<2x3xf32>
}

// CHECK-LABEL: func.func @one_hot
func.func @one_hot(%l: tensor<?xi64>, %t: tensor<2x3xi32>) -> (tensor<?x10xf32>, tensor<2x3x4xi64>) {
  // CHECK: weft.one_hot %{{.*}} num_classes = 10 : tensor<?xi64> -> tensor<?x10xf32>
  %y0 = weft.one_hot %l num_classes = 10 : tensor<?xi64> -> tensor<?x10xf32>
  // CHECK: weft.one_hot %{{.*}} num_classes = 4 : tensor<2x3xi32> -> tensor<2x3x4xi64>
  %y1 = weft.one_hot %t num_classes = 4 : tensor<2x3xi32> -> tensor<2x3x4xi64>
  return %y0, %y1 : tensor<?x10xf32>, tensor<2x3x4xi64>
}
