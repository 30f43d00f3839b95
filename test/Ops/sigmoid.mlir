// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The logistic function; large arguments do not overflow.

func.func @values(%x: tensor<6xf32> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[0.119202922, 0.320821301, 0.5, 0.577495365, 0.731058579, 0.970687769]> : tensor<6xf32>}) {
  %y = weft.sigmoid %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @dynamic(%x: tensor<?x3xf32> {case.value = dense<[[-2.0, -0.75, 0.0], [0.3125, 1.0, 3.5]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[0.119202922, 0.320821301, 0.5], [0.577495365, 0.731058579, 0.970687769]]> : tensor<2x3xf32>}) {
  %y = weft.sigmoid %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @f64(%x: tensor<6xf64> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf64>})
    -> (tensor<6xf64> {case.expect = dense<[0.1192029220221175, 0.320821300824607, 0.5, 0.5774953651858118, 0.7310585786300049, 0.9706877692486436]> : tensor<6xf64>}) {
  %y = weft.sigmoid %x : tensor<6xf64>
  return %y : tensor<6xf64>
}

func.func @bf16(%x: tensor<4xbf16> {case.value = dense<[-1.5, 0.25, 0.5, 2.0]> : tensor<4xbf16>})
    -> (tensor<4xbf16> {case.expect = dense<[0.18243, 0.56218, 0.62246, 0.8808]> : tensor<4xbf16>}) {
  %y = weft.sigmoid %x : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

func.func @special(%x: tensor<4xf32> {case.value = dense<[0x7F800000, 0xFF800000, 0x7FC00000, 100.0]> : tensor<4xf32>})
    -> (tensor<4xf32> {case.expect = dense<[1.0, 0.0, 0x7FC00000, 1.0]> : tensor<4xf32>}) {
  %y = weft.sigmoid %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.sigmoid %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_static(%x: tensor<2x1x4xf64>) -> tensor<2x1x4xf64> attributes {case.gradient} {
  %y = weft.sigmoid %x : tensor<2x1x4xf64>
  return %y : tensor<2x1x4xf64>
}

func.func @gradient_scalar(%x: tensor<f32>) -> tensor<f32> attributes {case.gradient} {
  %y = weft.sigmoid %x : tensor<f32>
  return %y : tensor<f32>
}
