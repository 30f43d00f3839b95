// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The same numbers in another type.

func.func @f32_to_bf16(%x: tensor<6xf32> {case.value = dense<[1.0, -2.7, 2.7, 3.14159274, -0.5, 100.25]> : tensor<6xf32>})
    -> (tensor<6xbf16> {case.expect = dense<[1.0, -2.7031, 2.7031, 3.1406, -0.5, 100.0]> : tensor<6xbf16>}) {
  %y = weft.cast %x : tensor<6xf32> -> tensor<6xbf16>
  return %y : tensor<6xbf16>
}

func.func @f32_to_f16(%x: tensor<6xf32> {case.value = dense<[1.0, -2.7, 2.7, 3.14159274, -0.5, 100.25]> : tensor<6xf32>})
    -> (tensor<6xf16> {case.expect = dense<[1.0, -2.69922, 2.69922, 3.14062, -0.5, 100.25]> : tensor<6xf16>}) {
  %y = weft.cast %x : tensor<6xf32> -> tensor<6xf16>
  return %y : tensor<6xf16>
}

func.func @f32_to_f64(%x: tensor<6xf32> {case.value = dense<[1.0, -2.7, 2.7, 3.14159274, -0.5, 100.25]> : tensor<6xf32>})
    -> (tensor<6xf64> {case.expect = dense<[1.0, -2.700000047683716, 2.700000047683716, 3.141592741012573, -0.5, 100.25]> : tensor<6xf64>}) {
  %y = weft.cast %x : tensor<6xf32> -> tensor<6xf64>
  return %y : tensor<6xf64>
}

func.func @f64_to_f32(%x: tensor<6xf64> {case.value = dense<[1.0, -2.7, 2.7, 3.14159274, -0.5, 100.25]> : tensor<6xf64>})
    -> (tensor<6xf32> {case.expect = dense<[1.0, -2.7, 2.7, 3.14159274, -0.5, 100.25]> : tensor<6xf32>}) {
  %y = weft.cast %x : tensor<6xf64> -> tensor<6xf32>
  return %y : tensor<6xf32>
}

// Towards zero.
func.func @f32_to_i64(%x: tensor<6xf32> {case.value = dense<[1.0, -2.7, 2.7, 3.14159274, -0.5, 100.25]> : tensor<6xf32>})
    -> (tensor<6xi64> {case.expect = dense<[1, -2, 2, 3, 0, 100]> : tensor<6xi64>}) {
  %y = weft.cast %x : tensor<6xf32> -> tensor<6xi64>
  return %y : tensor<6xi64>
}

func.func @i64_to_f32(%x: tensor<3xi64> {case.value = dense<[0, -3, 16777217]> : tensor<3xi64>})
    -> (tensor<3xf32> {case.expect = dense<[0.0, -3.0, 16777216.0]> : tensor<3xf32>}) {
  %y = weft.cast %x : tensor<3xi64> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// Wrapped.
func.func @i64_to_i8(%x: tensor<4xi64> {case.value = dense<[0, -3, 300, -129]> : tensor<4xi64>})
    -> (tensor<4xi8> {case.expect = dense<[0, -3, 44, 127]> : tensor<4xi8>}) {
  %y = weft.cast %x : tensor<4xi64> -> tensor<4xi8>
  return %y : tensor<4xi8>
}

func.func @i8_to_i64(%x: tensor<4xi8> {case.value = dense<[0, -3, 127, -128]> : tensor<4xi8>})
    -> (tensor<4xi64> {case.expect = dense<[0, -3, 127, -128]> : tensor<4xi64>}) {
  %y = weft.cast %x : tensor<4xi8> -> tensor<4xi64>
  return %y : tensor<4xi64>
}

func.func @f32_to_i1(%x: tensor<4xf32> {case.value = dense<[0.0, -0.0, 0.25, 0x7FC00000]> : tensor<4xf32>})
    -> (tensor<4xi1> {case.expect = dense<[false, false, true, true]> : tensor<4xi1>}) {
  %y = weft.cast %x : tensor<4xf32> -> tensor<4xi1>
  return %y : tensor<4xi1>
}

func.func @i64_to_i1(%x: tensor<3xi64> {case.value = dense<[0, 2, -1]> : tensor<3xi64>})
    -> (tensor<3xi1> {case.expect = dense<[false, true, true]> : tensor<3xi1>}) {
  %y = weft.cast %x : tensor<3xi64> -> tensor<3xi1>
  return %y : tensor<3xi1>
}

func.func @i1_to_f32(%x: tensor<?x2xi1> {case.value = dense<[[true, false], [false, true]]> : tensor<2x2xi1>})
    -> (tensor<?x2xf32> {case.expect = dense<[[1.0, 0.0], [0.0, 1.0]]> : tensor<2x2xf32>}) {
  %y = weft.cast %x : tensor<?x2xi1> -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

func.func @i1_to_i64(%x: tensor<2xi1> {case.value = dense<[true, false]> : tensor<2xi1>})
    -> (tensor<2xi64> {case.expect = dense<[1, 0]> : tensor<2xi64>}) {
  %y = weft.cast %x : tensor<2xi1> -> tensor<2xi64>
  return %y : tensor<2xi64>
}

func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?x3xf64> attributes {case.gradient = 2} {
  %y = weft.cast %x : tensor<?x3xf32> -> tensor<?x3xf64>
  return %y : tensor<?x3xf64>
}
