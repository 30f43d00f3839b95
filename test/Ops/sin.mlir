// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The sine, of large arguments too.

func.func @values(%x: tensor<6xf32> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 100.0]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[-0.909297427, -0.68163876, 0.0, 0.307438515, 0.841470985, -0.506365641]> : tensor<6xf32>}) {
  %y = weft.sin %x : tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @dynamic(%x: tensor<?x3xf32> {case.value = dense<[[-2.0, -0.75, 0.0], [0.3125, 1.0, 100.0]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[-0.909297427, -0.68163876, 0.0], [0.307438515, 0.841470985, -0.506365641]]> : tensor<2x3xf32>}) {
  %y = weft.sin %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @f64(%x: tensor<6xf64> {case.value = dense<[-2.0, -0.75, 0.0, 0.3125, 1.0, 100.0]> : tensor<6xf64>})
    -> (tensor<6xf64> {case.expect = dense<[-0.9092974268256817, -0.6816387600233341, 0.0, 0.3074385145803809, 0.8414709848078965, -0.5063656411097588]> : tensor<6xf64>}) {
  %y = weft.sin %x : tensor<6xf64>
  return %y : tensor<6xf64>
}

func.func @bf16(%x: tensor<4xbf16> {case.value = dense<[-1.5, 0.25, 0.5, 2.0]> : tensor<4xbf16>})
    -> (tensor<4xbf16> {case.expect = dense<[-0.99749, 0.2474, 0.47943, 0.9093]> : tensor<4xbf16>}) {
  %y = weft.sin %x : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

func.func @special(%x: tensor<2xf32> {case.value = dense<[0x7F800000, 0x7FC00000]> : tensor<2xf32>})
    -> (tensor<2xf32> {case.expect = dense<[0x7FC00000, 0x7FC00000]> : tensor<2xf32>}) {
  %y = weft.sin %x : tensor<2xf32>
  return %y : tensor<2xf32>
}

// Of angles that are many turns, each to its last digits.
func.func @large(%x: tensor<7xf32> {case.value = dense<[100000.0, -30000000.0, 24999999500.0, 7.69999978e+18, -1.00000002e+30, 3.40282347e+38, 5.0]> : tensor<7xf32>})
    -> (tensor<7xf32> {case.expect = dense<[0.0357487984, -0.964130282, -0.929654956, 0.577092171, 0.791163445, -0.521876514, -0.958924294]> : tensor<7xf32>}) {
  %y = weft.sin %x : tensor<7xf32>
  return %y : tensor<7xf32>
}

// The same of f64.
func.func @large_f64(%x: tensor<5xf64> {case.value = dense<[100000.0, -3000000000.0, 2.5e+22, 1.0e+200, -1.7976931348623157e+308]> : tensor<5xf64>})
    -> (tensor<5xf64> {case.expect = dense<[0.03574879797201651, -0.9870048864743554, -0.08240931897060426, -0.6439687185395058, -0.004961954789184062]> : tensor<5xf64>}) {
  %y = weft.sin %x : tensor<5xf64>
  return %y : tensor<5xf64>
}

func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.sin %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_static(%x: tensor<2x1x4xf64>) -> tensor<2x1x4xf64> attributes {case.gradient} {
  %y = weft.sin %x : tensor<2x1x4xf64>
  return %y : tensor<2x1x4xf64>
}

func.func @gradient_scalar(%x: tensor<f32>) -> tensor<f32> attributes {case.gradient} {
  %y = weft.sin %x : tensor<f32>
  return %y : tensor<f32>
}
