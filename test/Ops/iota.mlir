// RUN: weft-opt %s --weft-check-op-cases -o /dev/null

// The index along a dimension.

func.func @vector() -> (tensor<4xi64> {case.expect = dense<[0, 1, 2, 3]> : tensor<4xi64>}) {
  %y = weft.iota dim = 0 : tensor<4xi64>
  return %y : tensor<4xi64>
}

func.func @matrix()
    -> (tensor<2x3xf32> {case.expect = dense<[[0.0, 1.0, 2.0], [0.0, 1.0, 2.0]]> : tensor<2x3xf32>}) {
  %y = weft.iota dim = 1 : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

func.func @like(%x: tensor<?x5xf32> {case.value = dense<[[0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0]]> : tensor<2x5xf32>})
    -> (tensor<?x3xi64> {case.expect = dense<[[0, 1, 2], [0, 1, 2]]> : tensor<2x3xi64>}) {
  %y = weft.iota like %x dim = 1 : tensor<?x5xf32> -> tensor<?x3xi64>
  return %y : tensor<?x3xi64>
}

func.func @rows(%x: tensor<?x1xf32> {case.value = dense<[[0.0], [0.0], [0.0]]> : tensor<3x1xf32>})
    -> (tensor<?xi64> {case.expect = dense<[0, 1, 2]> : tensor<3xi64>}) {
  %y = weft.iota like %x dim = 0 : tensor<?x1xf32> -> tensor<?xi64>
  return %y : tensor<?xi64>
}
