// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The absolute value. At 0 its gradient is 0.

func.func @values(%x: tensor<6xf32> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[2.0, 0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf32>}) {
  %y = weft.abs %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @dynamic(%x: tensor<?x3xf32> {case.value = dense<[[-2.0, -0.75, 0.0], [0.3125, 1.0, 3.5]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[2.0, 0.75, 0.0], [0.3125, 1.0, 3.5]]> : tensor<2x3xf32>}) {
  %y = weft.abs %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @f64(%x: tensor<6xf64> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf64>})
    -> (tensor<6xf64> {case.expect = dense<[2.0, 0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf64>}) {
  %y = weft.abs %x : tensor<6xf64>
  return %y : tensor<6xf64>
}

func.func @bf16(%x: tensor<4xbf16> {case.value = dense<[-1.5, 0.25, 0.5, 2.0]> : tensor<4xbf16>})
    -> (tensor<4xbf16> {case.expect = dense<[1.5, 0.25, 0.5, 2.0]> : tensor<4xbf16>}) {
  %y = weft.abs %x : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

func.func @special(%x: tensor<3xf32> {case.value = dense<[0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<3xf32>})
    -> (tensor<3xf32> {case.expect = dense<[0x7F800000, 0x7F800000, 0x7FC00000]> : tensor<3xf32>}) {
  %y = weft.abs %x : tensor<3xf32>
  return %y : tensor<3xf32>
}

func.func @i64(%x: tensor<3xi64> {case.value = dense<[-7, 0, 3]> : tensor<3xi64>})
    -> (tensor<3xi64> {case.expect = dense<[7, 0, 3]> : tensor<3xi64>}) {
  %y = weft.abs %x : tensor<3xi64>
  return %y : tensor<3xi64>
}

func.func @i32(%x: tensor<3xi32> {case.value = dense<[-7, 0, 3]> : tensor<3xi32>})
    -> (tensor<3xi32> {case.expect = dense<[7, 0, 3]> : tensor<3xi32>}) {
  %y = weft.abs %x : tensor<3xi32>
  return %y : tensor<3xi32>
}

func.func @i8(%x: tensor<3xi8> {case.value = dense<[-7, 0, 3]> : tensor<3xi8>})
    -> (tensor<3xi8> {case.expect = dense<[7, 0, 3]> : tensor<3xi8>}) {
  %y = weft.abs %x : tensor<3xi8>
  return %y : tensor<3xi8>
}

func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.abs %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_static(%x: tensor<2x1x4xf64>) -> tensor<2x1x4xf64> attributes {case.gradient} {
  %y = weft.abs %x : tensor<2x1x4xf64>
  return %y : tensor<2x1x4xf64>
}

func.func @gradient_scalar(%x: tensor<f32>) -> tensor<f32> attributes {case.gradient} {
  %y = weft.abs %x : tensor<f32>
  return %y : tensor<f32>
}
