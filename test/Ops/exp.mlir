// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The exponential.

func.func @values(%x: tensor<6xf32> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[0.135335283, 0.472366553, 1.0, 1.36683794, 2.71828183, 33.115452]> : tensor<6xf32>}) {
  %y = weft.exp %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @dynamic(%x: tensor<?x3xf32> {case.value = dense<[[-2.0, -0.75, 0.0], [0.3125, 1.0, 3.5]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[0.135335283, 0.472366553, 1.0], [1.36683794, 2.71828183, 33.115452]]> : tensor<2x3xf32>}) {
  %y = weft.exp %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @f64(%x: tensor<6xf64> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 3.5]> : tensor<6xf64>})
    -> (tensor<6xf64> {case.expect = dense<[0.1353352832366127, 0.4723665527410147, 1.0, 1.366837941173796, 2.718281828459045, 33.11545195869231]> : tensor<6xf64>}) {
  %y = weft.exp %x : tensor<6xf64>
  return %y : tensor<6xf64>
}

func.func @bf16(%x: tensor<4xbf16> {case.value = dense<[-1.5, 0.25, 0.5, 2.0]> : tensor<4xbf16>})
    -> (tensor<4xbf16> {case.expect = dense<[0.22313, 1.284, 1.6487, 7.3891]> : tensor<4xbf16>}) {
  %y = weft.exp %x : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

func.func @special(%x: tensor<3xf32> {case.value = dense<[0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<3xf32>})
    -> (tensor<3xf32> {case.expect = dense<[0x7F800000, 0.0, 0x7FC00000]> : tensor<3xf32>}) {
  %y = weft.exp %x : tensor<3xf32>
  return %y : tensor<3xf32>
}

// Where results are subnormal, or nearly too large.
func.func @ends(%x: tensor<6xf32> {case.value = dense<[-87.5, -95.0, -103.0, -104.5, 88.6999969, -60.0]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[9.9823514e-39, 5.52111595e-42, 1.40129846e-45, 0.0, 3.32597686e+38, 8.75651089e-27]> : tensor<6xf32>}) {
  %y = weft.exp %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.exp %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_static(%x: tensor<2x1x4xf64>) -> tensor<2x1x4xf64> attributes {case.gradient} {
  %y = weft.exp %x : tensor<2x1x4xf64>
  return %y : tensor<2x1x4xf64>
}

func.func @gradient_scalar(%x: tensor<f32>) -> tensor<f32> attributes {case.gradient} {
  %y = weft.exp %x : tensor<f32>
  return %y : tensor<f32>
}
