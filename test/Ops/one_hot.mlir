// RUN: weft-opt %s --weft-check-op-cases -o /dev/null

// A 1 at the place of each label; the label -100 gives zeros.

func.func @values(%l: tensor<4xi64> {case.value = dense<[2, 0, -100, 1]> : tensor<4xi64>})
    -> (tensor<4x3xf32> {case.expect = dense<[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]> : tensor<4x3xf32>}) {
  %y = weft.one_hot %l num_classes = 3 : tensor<4xi64> -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

func.func @dynamic(%l: tensor<?x2xi32> {case.value = dense<[[2, 0], [-100, 1]]> : tensor<2x2xi32>})
    -> (tensor<?x2x3xi64> {case.expect = dense<[[[0, 0, 1], [1, 0, 0]], [[0, 0, 0], [0, 1, 0]]]> : tensor<2x2x3xi64>}) {
  %y = weft.one_hot %l num_classes = 3 : tensor<?x2xi32> -> tensor<?x2x3xi64>
  return %y : tensor<?x2x3xi64>
}
