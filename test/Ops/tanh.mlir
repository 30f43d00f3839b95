// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The hyperbolic tangent.

func.func @values(%x: tensor<6xf32> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[-0.96402758, -0.635148952, 0.0, 0.302709729, 0.761594156, 0.998177898]> : tensor<6xf32>}) {
  %y = weft.tanh %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @dynamic(%x: tensor<?x3xf32> {case.value = dense<[[-2.0, -0.75, 0.0], [0.3125, 1.0, 3.5]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[-0.96402758, -0.635148952, 0.0], [0.302709729, 0.761594156, 0.998177898]]> : tensor<2x3xf32>}) {
  %y = weft.tanh %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @f64(%x: tensor<6xf64> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf64>})
    -> (tensor<6xf64> {case.expect = dense<[-0.9640275800758169, -0.6351489523872873, 0.0, 0.3027097293321085, 0.7615941559557649, 0.9981778976111987]> : tensor<6xf64>}) {
  %y = weft.tanh %x : tensor<6xf64>
  return %y : tensor<6xf64>
}

func.func @bf16(%x: tensor<4xbf16> {case.value = dense<[-1.5, 0.25, 0.5, 2.0]> : tensor<4xbf16>})
    -> (tensor<4xbf16> {case.expect = dense<[-0.90515, 0.24492, 0.46212, 0.96403]> : tensor<4xbf16>}) {
  %y = weft.tanh %x : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

func.func @special(%x: tensor<4xf32> {case.value = dense<[0x7F800000, 0xFF800000, 0x7FC00000, 30.0]> : tensor<4xf32>})
    -> (tensor<4xf32> {case.expect = dense<[1.0, -1.0, 0x7FC00000, 1.0]> : tensor<4xf32>}) {
  %y = weft.tanh %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// Of numbers of all sizes.
func.func @ends(%x: tensor<6xf32> {case.value = dense<[1.0005271e-42, -1.00000001e-10, 0.0009765625, 5.9000001, -9.5, 40.0]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[1.0005271e-42, -1.00000001e-10, 0.000976562209, 0.99998498, -1.0, 1.0]> : tensor<6xf32>}) {
  %y = weft.tanh %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.tanh %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_static(%x: tensor<2x1x4xf64>) -> tensor<2x1x4xf64> attributes {case.gradient} {
  %y = weft.tanh %x : tensor<2x1x4xf64>
  return %y : tensor<2x1x4xf64>
}

func.func @gradient_scalar(%x: tensor<f32>) -> tensor<f32> attributes {case.gradient} {
  %y = weft.tanh %x : tensor<f32>
  return %y : tensor<f32>
}
