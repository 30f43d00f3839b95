// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The error function.

func.func @values(%x: tensor<6xf32> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[-0.995322265, -0.711155634, 0.0, 0.341468634, 0.842700793, 0.999999257]> : tensor<6xf32>}) {
  %y = weft.erf %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @dynamic(%x: tensor<?x3xf32> {case.value = dense<[[-2.0, -0.75, 0.0], [0.3125, 1.0, 3.5]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[-0.995322265, -0.711155634, 0.0], [0.341468634, 0.842700793, 0.999999257]]> : tensor<2x3xf32>}) {
  %y = weft.erf %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @f64(%x: tensor<6xf64> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf64>})
    -> (tensor<6xf64> {case.expect = dense<[-0.9953222650189527, -0.7111556336535151, 0.0, 0.341468633501595, 0.8427007929497149, 0.9999992569016276]> : tensor<6xf64>}) {
  %y = weft.erf %x : tensor<6xf64>
  return %y : tensor<6xf64>
}

func.func @bf16(%x: tensor<4xbf16> {case.value = dense<[-1.5, 0.25, 0.5, 2.0]> : tensor<4xbf16>})
    -> (tensor<4xbf16> {case.expect = dense<[-0.96611, 0.27633, 0.5205, 0.99532]> : tensor<4xbf16>}) {
  %y = weft.erf %x : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

func.func @special(%x: tensor<3xf32> {case.value = dense<[0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<3xf32>})
    -> (tensor<3xf32> {case.expect = dense<[1.0, -1.0, 0x7FC00000]> : tensor<3xf32>}) {
  %y = weft.erf %x : tensor<3xf32>
  return %y : tensor<3xf32>
}

// Of numbers of all sizes.
func.func @ends(%x: tensor<6xf32> {case.value = dense<[1.0005271e-42, -1.00000001e-10, 0.0009765625, 1.86000001, -3.9000001, 40.0]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[1.12944656e-42, -1.1283792e-10, 0.00110193237, 0.991472483, -0.99999994, 1.0]> : tensor<6xf32>}) {
  %y = weft.erf %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.erf %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_static(%x: tensor<2x1x4xf64>) -> tensor<2x1x4xf64> attributes {case.gradient} {
  %y = weft.erf %x : tensor<2x1x4xf64>
  return %y : tensor<2x1x4xf64>
}

func.func @gradient_scalar(%x: tensor<f32>) -> tensor<f32> attributes {case.gradient} {
  %y = weft.erf %x : tensor<f32>
  return %y : tensor<f32>
}
