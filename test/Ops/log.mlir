// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The natural logarithm.

func.func @values(%x: tensor<6xf32> {case.value = dense<[0.0625, 0.5, 1.0, 1.75, 9.0, 100.0]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[-2.77258872, -0.693147181, 0.0, 0.559615788, 2.19722458, 4.60517019]> : tensor<6xf32>}) {
  %y = weft.log %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @dynamic(%x: tensor<?x3xf32> {case.value = dense<[[0.0625, 0.5, 1.0], [1.75, 9.0, 100.0]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[-2.77258872, -0.693147181, 0.0], [0.559615788, 2.19722458, 4.60517019]]> : tensor<2x3xf32>}) {
  %y = weft.log %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @f64(%x: tensor<6xf64> {case.value = dense<[0.0625, 0.5, 1.0, 1.75, 9.0, 100.0]> : tensor<6xf64>})
    -> (tensor<6xf64> {case.expect = dense<[-2.772588722239781, -0.6931471805599453, 0.0, 0.5596157879354227, 2.19722457733622, 4.605170185988092]> : tensor<6xf64>}) {
  %y = weft.log %x : tensor<6xf64>
  return %y : tensor<6xf64>
}

func.func @bf16(%x: tensor<4xbf16> {case.value = dense<[0.25, 0.5, 1.0, 2.0]> : tensor<4xbf16>})
    -> (tensor<4xbf16> {case.expect = dense<[-1.3863, -0.69315, 0.0, 0.69315]> : tensor<4xbf16>}) {
  %y = weft.log %x : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

func.func @special(%x: tensor<4xf32> {case.value = dense<[0.0, -1.0, 0x7F800000, 0x7FC00000]> : tensor<4xf32>})
    -> (tensor<4xf32> {case.expect = dense<[0xFF800000, 0x7FC00000, 0x7F800000, 0x7FC00000]> : tensor<4xf32>}) {
  %y = weft.log %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// Of numbers below the least normal one.
func.func @subnormal(%x: tensor<4xf32> {case.value = dense<[9.9999461e-41, 1.40129846e-45, 1.17549435e-38, 4.99999968e-39]> : tensor<4xf32>})
    -> (tensor<4xf32> {case.expect = dense<[-92.1034088, -103.278931, -87.3365479, -88.1913834]> : tensor<4xf32>}) {
  %y = weft.log %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @gradient(%x: tensor<?x3xf32> {case.range = [0.25, 3.0]})
    -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.log %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_static(%x: tensor<2x1x4xf64> {case.range = [0.25, 3.0]})
    -> tensor<2x1x4xf64> attributes {case.gradient} {
  %y = weft.log %x : tensor<2x1x4xf64>
  return %y : tensor<2x1x4xf64>
}

func.func @gradient_scalar(%x: tensor<f32> {case.range = [0.25, 3.0]})
    -> tensor<f32> attributes {case.gradient} {
  %y = weft.log %x : tensor<f32>
  return %y : tensor<f32>
}
