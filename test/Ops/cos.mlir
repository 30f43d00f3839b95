// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The cosine, of large arguments too.

func.func @values(%x: tensor<6xf32> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 100.0]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[-0.416146837, 0.731688869, 1.0, 0.951567948, 0.540302306, 0.862318872]> : tensor<6xf32>}) {
  %y = weft.cos %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @dynamic(%x: tensor<?x3xf32> {case.value = dense<[[-2.0, -0.75, 0.0], [0.3125, 1.0, 100.0]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[-0.416146837, 0.731688869, 1.0], [0.951567948, 0.540302306, 0.862318872]]> : tensor<2x3xf32>}) {
  %y = weft.cos %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @f64(%x: tensor<6xf64> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 100.0]> : tensor<6xf64>})
    -> (tensor<6xf64> {case.expect = dense<[-0.4161468365471424, 0.7316888688738209, 1.0, 0.9515679480481722, 0.5403023058681398, 0.8623188722876839]> : tensor<6xf64>}) {
  %y = weft.cos %x : tensor<6xf64>
  return %y : tensor<6xf64>
}

func.func @bf16(%x: tensor<4xbf16> {case.value = dense<[-1.5, 0.25, 0.5, 2.0]> : tensor<4xbf16>})
    -> (tensor<4xbf16> {case.expect = dense<[0.070737, 0.96891, 0.87758, -0.41615]> : tensor<4xbf16>}) {
  %y = weft.cos %x : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

func.func @special(%x: tensor<2xf32> {case.value = dense<[0x7F800000, 0x7FC00000]> : tensor<2xf32>})
    -> (tensor<2xf32> {case.expect = dense<[0x7FC00000, 0x7FC00000]> : tensor<2xf32>}) {
  %y = weft.cos %x : tensor<2xf32>
  return %y : tensor<2xf32>
}

// Of angles that are many turns, each to its last digits.
func.func @large(%x: tensor<7xf32> {case.value = dense<[100000.0, -30000000.0, 24999999500.0, 7.69999978e+18, -1.00000002e+30, 3.40282347e+38, 5.0]> : tensor<7xf32>})
    -> (tensor<7xf32> {case.expect = dense<[-0.9993608, -0.265429407, 0.368431419, 0.81667906, -0.61160481, 0.853021026, 0.2836622]> : tensor<7xf32>}) {
  %y = weft.cos %x : tensor<7xf32>
  return %y : tensor<7xf32>
}

// The same of f64.
func.func @large_f64(%x: tensor<5xf64> {case.value = dense<[100000.0, -3000000000.0, 2.5e+22, 1.0e+200, -1.7976931348623157e+308]> : tensor<5xf64>})
    -> (tensor<5xf64> {case.expect = dense<[-0.9993608074382124, -0.16069024262768705, 0.996598567200857, 0.7650518214752429, -0.9999876894265599]> : tensor<5xf64>}) {
  %y = weft.cos %x : tensor<5xf64>
  return %y : tensor<5xf64>
}

func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.cos %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_static(%x: tensor<2x1x4xf64>) -> tensor<2x1x4xf64> attributes {case.gradient} {
  %y = weft.cos %x : tensor<2x1x4xf64>
  return %y : tensor<2x1x4xf64>
}

func.func @gradient_scalar(%x: tensor<f32>) -> tensor<f32> attributes {case.gradient} {
  %y = weft.cos %x : tensor<f32>
  return %y : tensor<f32>
}
