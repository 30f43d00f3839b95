// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The quotient. Integers are truncated towards zero.

func.func @values(%a: tensor<2x3xf32> {case.value = dense<[[-2.0, 0.5, 3.0], [1.0, -0.25, 7.0]]> : tensor<2x3xf32>},
                  %b: tensor<2x3xf32> {case.value = dense<[[4.0, -0.5, 3.0], [-1.5, 8.0, 0.125]]> : tensor<2x3xf32>})
    -> (tensor<2x3xf32> {case.expect = dense<[[-0.5, -1.0, 1.0], [-0.666666667, -0.03125, 56.0]]> : tensor<2x3xf32>}) {
  %y = weft.div %a, %b : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

func.func @dynamic(%a: tensor<?x3xf32> {case.value = dense<[[-2.0, 0.5, 3.0], [1.0, -0.25, 7.0]]> : tensor<2x3xf32>},
                   %b: tensor<?x3xf32> {case.value = dense<[[4.0, -0.5, 3.0], [-1.5, 8.0, 0.125]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[-0.5, -1.0, 1.0], [-0.666666667, -0.03125, 56.0]]> : tensor<2x3xf32>}) {
  %y = weft.div %a, %b : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// One value, read twice.
func.func @same(%a: tensor<2x3xf32> {case.value = dense<[[-2.0, 0.5, 3.0], [1.0, -0.25, 7.0]]> : tensor<2x3xf32>})
    -> (tensor<2x3xf32> {case.expect = dense<[[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]> : tensor<2x3xf32>}) {
  %y = weft.div %a, %a : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

func.func @bf16(%a: tensor<2x3xbf16> {case.value = dense<[[-2.0, 0.5, 3.0], [1.0, -0.25, 7.0]]> : tensor<2x3xbf16>},
                %b: tensor<2x3xbf16> {case.value = dense<[[4.0, -0.5, 3.0], [-1.5, 8.0, 0.125]]> : tensor<2x3xbf16>})
    -> (tensor<2x3xbf16> {case.expect = dense<[[-0.5, -1.0, 1.0], [-0.66667, -0.03125, 56.0]]> : tensor<2x3xbf16>}) {
  %y = weft.div %a, %b : tensor<2x3xbf16>
  return %y : tensor<2x3xbf16>
}

func.func @scalar(%a: tensor<f32> {case.value = dense<1.5> : tensor<f32>},
                  %b: tensor<f32> {case.value = dense<0.75> : tensor<f32>})
    -> (tensor<f32> {case.expect = dense<2.0> : tensor<f32>}) {
  %y = weft.div %a, %b : tensor<f32>
  return %y : tensor<f32>
}

func.func @special(%a: tensor<4xf32> {case.value = dense<[1.0, -1.0, 0.0, 0x7FC00000]> : tensor<4xf32>},
                   %b: tensor<4xf32> {case.value = dense<[0.0, 0.0, 0.0, 1.0]> : tensor<4xf32>})
    -> (tensor<4xf32> {case.expect = dense<[0x7F800000, 0xFF800000, 0x7FC00000, 0x7FC00000]> : tensor<4xf32>}) {
  %y = weft.div %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @i64(%a: tensor<4xi64> {case.value = dense<[7, -7, 100, 3]> : tensor<4xi64>},
               %b: tensor<4xi64> {case.value = dense<[2, 2, 100, -4]> : tensor<4xi64>})
    -> (tensor<4xi64> {case.expect = dense<[3, -3, 1, 0]> : tensor<4xi64>}) {
  %y = weft.div %a, %b : tensor<4xi64>
  return %y : tensor<4xi64>
}

func.func @i32(%a: tensor<4xi32> {case.value = dense<[7, -7, 100, 3]> : tensor<4xi32>},
               %b: tensor<4xi32> {case.value = dense<[2, 2, 100, -4]> : tensor<4xi32>})
    -> (tensor<4xi32> {case.expect = dense<[3, -3, 1, 0]> : tensor<4xi32>}) {
  %y = weft.div %a, %b : tensor<4xi32>
  return %y : tensor<4xi32>
}

func.func @i8(%a: tensor<4xi8> {case.value = dense<[7, -7, 100, 3]> : tensor<4xi8>},
              %b: tensor<4xi8> {case.value = dense<[2, 2, 100, -4]> : tensor<4xi8>})
    -> (tensor<4xi8> {case.expect = dense<[3, -3, 1, 0]> : tensor<4xi8>}) {
  %y = weft.div %a, %b : tensor<4xi8>
  return %y : tensor<4xi8>
}

func.func @gradient(%a: tensor<?x3xf32>, %b: tensor<?x3xf32> {case.range = [0.5, 2.0]})
    -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.div %a, %b : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// Both cotangents reach the one argument.
func.func @gradient_same(%a: tensor<5xf64> {case.range = [0.5, 2.0]})
    -> tensor<5xf64> attributes {case.gradient} {
  %y = weft.div %a, %a : tensor<5xf64>
  return %y : tensor<5xf64>
}

func.func @gradient_static(%a: tensor<2x1x3xf32>, %b: tensor<2x1x3xf32> {case.range = [0.5, 2.0]})
    -> tensor<2x1x3xf32> attributes {case.gradient} {
  %y = weft.div %a, %b : tensor<2x1x3xf32>
  return %y : tensor<2x1x3xf32>
}
