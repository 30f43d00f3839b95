// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The square root.

func.func @values(%x: tensor<6xf32> {case.value = dense<[0.0625, 0.5, 1.0, 1.75, 9.0, 100.0]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[0.25, 0.707106781, 1.0, 1.32287566, 3.0, 10.0]> : tensor<6xf32>}) {
  %y = weft.sqrt %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @dynamic(%x: tensor<?x3xf32> {case.value = dense<[[0.0625, 0.5, 1.0], [1.75, 9.0, 100.0]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[0.25, 0.707106781, 1.0], [1.32287566, 3.0, 10.0]]> : tensor<2x3xf32>}) {
  %y = weft.sqrt %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @f64(%x: tensor<6xf64> {case.value = dense<[0.0625, 0.5, 1.0, 1.75, 9.0, 100.0]> : tensor<6xf64>})
    -> (tensor<6xf64> {case.expect = dense<[0.25, 0.7071067811865476, 1.0, 1.322875655532295, 3.0, 10.0]> : tensor<6xf64>}) {
  %y = weft.sqrt %x : tensor<6xf64>
  return %y : tensor<6xf64>
}

func.func @bf16(%x: tensor<4xbf16> {case.value = dense<[0.25, 0.5, 1.0, 2.0]> : tensor<4xbf16>})
    -> (tensor<4xbf16> {case.expect = dense<[0.5, 0.70711, 1.0, 1.4142]> : tensor<4xbf16>}) {
  %y = weft.sqrt %x : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

func.func @special(%x: tensor<4xf32> {case.value = dense<[0.0, -1.0, 0x7F800000, 0x7FC00000]> : tensor<4xf32>})
    -> (tensor<4xf32> {case.expect = dense<[0.0, 0x7FC00000, 0x7F800000, 0x7FC00000]> : tensor<4xf32>}) {
  %y = weft.sqrt %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @gradient(%x: tensor<?x3xf32> {case.range = [0.25, 3.0]})
    -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.sqrt %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_static(%x: tensor<2x1x4xf64> {case.range = [0.25, 3.0]})
    -> tensor<2x1x4xf64> attributes {case.gradient} {
  %y = weft.sqrt %x : tensor<2x1x4xf64>
  return %y : tensor<2x1x4xf64>
}

func.func @gradient_scalar(%x: tensor<f32> {case.range = [0.25, 3.0]})
    -> tensor<f32> attributes {case.gradient} {
  %y = weft.sqrt %x : tensor<f32>
  return %y : tensor<f32>
}
