// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The Gaussian error linear unit, exact and with tanh.

func.func @values(%x: tensor<6xf32> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[-0.0455002639, -0.169970514, 0.0, 0.194584287, 0.841344746, 3.4991858]> : tensor<6xf32>}) {
  %y = weft.gelu %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @dynamic(%x: tensor<?x3xf32> {case.value = dense<[[-2.0, -0.75, 0.0], [0.3125, 1.0, 3.5]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[-0.0455002639, -0.169970514, 0.0], [0.194584287, 0.841344746, 3.4991858]]> : tensor<2x3xf32>}) {
  %y = weft.gelu %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @f64(%x: tensor<6xf64> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf64>})
    -> (tensor<6xf64> {case.expect = dense<[-0.04550026389635842, -0.1699705142826511, 0.0, 0.1945842870219241, 0.8413447460685429, 3.499185798223376]> : tensor<6xf64>}) {
  %y = weft.gelu %x : tensor<6xf64>
  return %y : tensor<6xf64>
}

func.func @bf16(%x: tensor<4xbf16> {case.value = dense<[-1.5, 0.25, 0.5, 2.0]> : tensor<4xbf16>})
    -> (tensor<4xbf16> {case.expect = dense<[-0.10021, 0.14968, 0.34573, 1.9545]> : tensor<4xbf16>}) {
  %y = weft.gelu %x : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.gelu %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_static(%x: tensor<2x1x4xf64>) -> tensor<2x1x4xf64> attributes {case.gradient} {
  %y = weft.gelu %x : tensor<2x1x4xf64>
  return %y : tensor<2x1x4xf64>
}

func.func @gradient_scalar(%x: tensor<f32>) -> tensor<f32> attributes {case.gradient} {
  %y = weft.gelu %x : tensor<f32>
  return %y : tensor<f32>
}

func.func @tanh_form(%x: tensor<6xf32> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[-0.0454023059, -0.170039445, 0.0, 0.194581356, 0.841191991, 3.4993838]> : tensor<6xf32>}) {
  %y = weft.gelu %x approximate = tanh : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @gradient_tanh_form(%x: tensor<?x3xf32>)
    -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.gelu %x approximate = tanh : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
