// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The power, as C's pow.

func.func @values(%a: tensor<2x3xf32> {case.value = dense<[[2.0, 0.5, 3.0], [1.0, 0.25, 7.0]]> : tensor<2x3xf32>},
                  %b: tensor<2x3xf32> {case.value = dense<[[4.0, -0.5, 3.0], [-1.5, 8.0, 0.125]]> : tensor<2x3xf32>})
    -> (tensor<2x3xf32> {case.expect = dense<[[16.0, 1.41421356, 27.0], [1.0, 1.52587891e-05, 1.27537311]]> : tensor<2x3xf32>}) {
  %y = weft.pow %a, %b : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

func.func @dynamic(%a: tensor<?x3xf32> {case.value = dense<[[2.0, 0.5, 3.0], [1.0, 0.25, 7.0]]> : tensor<2x3xf32>},
                   %b: tensor<?x3xf32> {case.value = dense<[[4.0, -0.5, 3.0], [-1.5, 8.0, 0.125]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[16.0, 1.41421356, 27.0], [1.0, 1.52587891e-05, 1.27537311]]> : tensor<2x3xf32>}) {
  %y = weft.pow %a, %b : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// One value, read twice.
func.func @same(%a: tensor<2x3xf32> {case.value = dense<[[2.0, 0.5, 3.0], [1.0, 0.25, 7.0]]> : tensor<2x3xf32>})
    -> (tensor<2x3xf32> {case.expect = dense<[[4.0, 0.707106781, 27.0], [1.0, 0.707106781, 823543.0]]> : tensor<2x3xf32>}) {
  %y = weft.pow %a, %a : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

func.func @bf16(%a: tensor<2x3xbf16> {case.value = dense<[[2.0, 0.5, 3.0], [1.0, 0.25, 7.0]]> : tensor<2x3xbf16>},
                %b: tensor<2x3xbf16> {case.value = dense<[[4.0, -0.5, 3.0], [-1.5, 8.0, 0.125]]> : tensor<2x3xbf16>})
    -> (tensor<2x3xbf16> {case.expect = dense<[[16.0, 1.4142, 27.0], [1.0, 1.5259e-05, 1.2754]]> : tensor<2x3xbf16>}) {
  %y = weft.pow %a, %b : tensor<2x3xbf16>
  return %y : tensor<2x3xbf16>
}

func.func @scalar(%a: tensor<f32> {case.value = dense<1.5> : tensor<f32>},
                  %b: tensor<f32> {case.value = dense<0.75> : tensor<f32>})
    -> (tensor<f32> {case.expect = dense<1.35540301> : tensor<f32>}) {
  %y = weft.pow %a, %b : tensor<f32>
  return %y : tensor<f32>
}

func.func @special(%a: tensor<6xf32> {case.value = dense<[-2.0, -2.0, -2.0, 0.0, 0.0, 0.0]> : tensor<6xf32>},
                   %b: tensor<6xf32> {case.value = dense<[2.0, 3.0, 0.5, 0.0, 2.0, -1.0]> : tensor<6xf32>})
    -> (tensor<6xf32> {case.expect = dense<[4.0, -8.0, 0x7FC00000, 1.0, 0.0, 0x7F800000]> : tensor<6xf32>}) {
  %y = weft.pow %a, %b : tensor<6xf32>
  return %y : tensor<6xf32>
}

// Zeros, infinities, negative bases and what is no number, powers of all sizes.
func.func @edges(%a: tensor<24xf32> {case.value = dense<[-0.0, -0.0, -0.0, -0.0, 0.0, -2.0, -2.0, -0.5, -1.0, 0xFF800000, 0xFF800000, 0xFF800000, 0x7F800000, 1.0, 0x7FC00000, 0x7FC00000, 2.0, -8.0, 9.9999461e-41, 9.9999461e-41, 1.00000012, 2.0, 2.0, 2.0]> : tensor<24xf32>},
                  %b: tensor<24xf32> {case.value = dense<[3.0, -3.0, 2.0, -2.0, -0.5, -3.0, 0x7F800000, 0x7F800000, 0x7F800000, 3.0, 0.5, -1.0, -2.0, 0x7FC00000, 0.0, 1.0, 0x7FC00000, 0.333333343, 2.0, 0.5, 100000000.0, -149.0, -150.5, 127.900002]> : tensor<24xf32>})
    -> (tensor<24xf32> {case.expect = dense<[-0.0, 0xFF800000, 0.0, 0x7F800000, 0x7F800000, -0.125, 0x7F800000, 0.0, 1.0, 0xFF800000, 0x7F800000, -0.0, 0.0, 1.0, 1.0, 0x7FC00000, 0x7FC00000, 0x7FC00000, 0.0, 9.99997303e-21, 150381.141, 1.40129846e-45, 0.0, 3.17495019e+38]> : tensor<24xf32>}) {
  %y = weft.pow %a, %b : tensor<24xf32>
  return %y : tensor<24xf32>
}

// Zeros, infinities, negative bases and what is no number, powers of all sizes; of f64.
func.func @edges_f64(%a: tensor<24xf64> {case.value = dense<[-0.0, -0.0, -0.0, -0.0, 0.0, -2.0, -2.0, -0.5, -1.0, 0xFFF0000000000000, 0xFFF0000000000000, 0xFFF0000000000000, 0x7FF0000000000000, 1.0, 0x7FF8000000000000, 0x7FF8000000000000, 2.0, -8.0, 1.0e-40, 1.0e-40, 1.0000001, 2.0, 2.0, 2.0]> : tensor<24xf64>},
                  %b: tensor<24xf64> {case.value = dense<[3.0, -3.0, 2.0, -2.0, -0.5, -3.0, 0x7FF0000000000000, 0x7FF0000000000000, 0x7FF0000000000000, 3.0, 0.5, -1.0, -2.0, 0x7FF8000000000000, 0.0, 1.0, 0x7FF8000000000000, 0.3333333333333333, 2.0, 0.5, 100000000.0, -149.0, -150.5, 127.9]> : tensor<24xf64>})
    -> (tensor<24xf64> {case.expect = dense<[-0.0, 0xFFF0000000000000, 0.0, 0x7FF0000000000000, 0x7FF0000000000000, -0.125, 0x7FF0000000000000, 0.0, 1.0, 0xFFF0000000000000, 0x7FF0000000000000, -0.0, 0.0, 1.0, 1.0, 0x7FF8000000000000, 0x7FF8000000000000, 0x7FF8000000000000, 9.999999999999998e-81, 1.0e-20, 22026.454910182532, 1.401298464324817e-45, 4.954338232951868e-46, 3.1749467477547e+38]> : tensor<24xf64>}) {
  %y = weft.pow %a, %b : tensor<24xf64>
  return %y : tensor<24xf64>
}

func.func @gradient(%a: tensor<?x3xf32> {case.range = [0.25, 2.0]},
                    %b: tensor<?x3xf32> {case.range = [-2.0, 2.0]})
    -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.pow %a, %b : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// Both cotangents reach the one argument.
func.func @gradient_same(%a: tensor<5xf64> {case.range = [0.25, 2.0]})
    -> tensor<5xf64> attributes {case.gradient} {
  %y = weft.pow %a, %a : tensor<5xf64>
  return %y : tensor<5xf64>
}

func.func @gradient_static(%a: tensor<2x1x3xf32> {case.range = [0.25, 2.0]},
                           %b: tensor<2x1x3xf32> {case.range = [-2.0, 2.0]})
    -> tensor<2x1x3xf32> attributes {case.gradient} {
  %y = weft.pow %a, %b : tensor<2x1x3xf32>
  return %y : tensor<2x1x3xf32>
}
