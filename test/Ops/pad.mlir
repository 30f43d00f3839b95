// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Elements added around a tensor.

func.func @columns(%x: tensor<?x2xf32> {case.value = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>})
    -> (tensor<?x5xf32> {case.expect = dense<[[0.5, 1.0, 2.0, 0.5, 0.5], [0.5, 3.0, 4.0, 0.5, 0.5]]> : tensor<2x5xf32>}) {
  %y = weft.pad %x low = [0, 1] high = [0, 2] value = 0.5 : tensor<?x2xf32> -> tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}

func.func @both(%x: tensor<2x2xf32> {case.value = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>})
    -> (tensor<4x3xf32> {case.expect = dense<[[-1.0, -1.0, -1.0], [1.0, 2.0, -1.0], [3.0, 4.0, -1.0], [-1.0, -1.0, -1.0]]> : tensor<4x3xf32>}) {
  %y = weft.pad %x low = [1, 0] high = [1, 1] value = -1.0 : tensor<2x2xf32> -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

func.func @integers(%x: tensor<2xi64> {case.value = dense<[4, 5]> : tensor<2xi64>})
    -> (tensor<4xi64> {case.expect = dense<[-100, -100, 4, 5]> : tensor<4xi64>}) {
  %y = weft.pad %x low = [2] high = [0] value = -100.0 : tensor<2xi64> -> tensor<4xi64>
  return %y : tensor<4xi64>
}

func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?x6xf32> attributes {case.gradient = 2} {
  %y = weft.pad %x low = [0, 1] high = [0, 2] value = 0.5 : tensor<?x3xf32> -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}
