// RUN: weft-opt %s --weft-check-op-cases -o /dev/null

// The position of the maximum, the first of several.

func.func @last(%x: tensor<?x3xf32> {case.value = dense<[[1.0, 3.0, 3.0], [5.0, -1.0, 5.0]]> : tensor<2x3xf32>})
    -> (tensor<?xi64> {case.expect = dense<[1, 0]> : tensor<2xi64>}) {
  %y = weft.argmax %x dim = 1 : tensor<?x3xf32> -> tensor<?xi64>
  return %y : tensor<?xi64>
}

func.func @first(%x: tensor<2x3xf32> {case.value = dense<[[1.0, 3.0, 3.0], [5.0, -1.0, 5.0]]> : tensor<2x3xf32>})
    -> (tensor<1x3xi64> {case.expect = dense<[[1, 0, 1]]> : tensor<1x3xi64>}) {
  %y = weft.argmax %x dim = 0 keepdim : tensor<2x3xf32> -> tensor<1x3xi64>
  return %y : tensor<1x3xi64>
}

// The first NaN is the maximum.
func.func @special(%x: tensor<2x3xf32> {case.value = dense<[[1.0, 0x7FC00000, 0x7FC00000], [0xFF800000, 0xFF800000, 0xFF800000]]> : tensor<2x3xf32>})
    -> (tensor<2xi64> {case.expect = dense<[1, 0]> : tensor<2xi64>}) {
  %y = weft.argmax %x dim = 1 : tensor<2x3xf32> -> tensor<2xi64>
  return %y : tensor<2xi64>
}
