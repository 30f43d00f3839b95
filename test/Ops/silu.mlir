// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The sigmoid linear unit.

func.func @values(%x: tensor<6xf32> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[-0.238405844, -0.240615976, 0.0, 0.180467302, 0.731058579, 3.39740719]> : tensor<6xf32>}) {
  %y = weft.silu %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @dynamic(%x: tensor<?x3xf32> {case.value = dense<[[-2.0, -0.75, 0.0], [0.3125, 1.0, 3.5]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[-0.238405844, -0.240615976, 0.0], [0.180467302, 0.731058579, 3.39740719]]> : tensor<2x3xf32>}) {
  %y = weft.silu %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @f64(%x: tensor<6xf64> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf64>})
    -> (tensor<6xf64> {case.expect = dense<[-0.2384058440442351, -0.2406159756184553, 0.0, 0.1804673016205662, 0.7310585786300049, 3.397407192370253]> : tensor<6xf64>}) {
  %y = weft.silu %x : tensor<6xf64>
  return %y : tensor<6xf64>
}

func.func @bf16(%x: tensor<4xbf16> {case.value = dense<[-1.5, 0.25, 0.5, 2.0]> : tensor<4xbf16>})
    -> (tensor<4xbf16> {case.expect = dense<[-0.27364, 0.14054, 0.31123, 1.7616]> : tensor<4xbf16>}) {
  %y = weft.silu %x : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.silu %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_static(%x: tensor<2x1x4xf64>) -> tensor<2x1x4xf64> attributes {case.gradient} {
  %y = weft.silu %x : tensor<2x1x4xf64>
  return %y : tensor<2x1x4xf64>
}

func.func @gradient_scalar(%x: tensor<f32>) -> tensor<f32> attributes {case.gradient} {
  %y = weft.silu %x : tensor<f32>
  return %y : tensor<f32>
}
