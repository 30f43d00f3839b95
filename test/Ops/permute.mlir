// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Dimensions in another order.

func.func @matrix(%x: tensor<3x4xf32> {case.value = dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]> : tensor<3x4xf32>})
    -> (tensor<4x3xf32> {case.expect = dense<[[0.0, 4.0, 8.0], [1.0, 5.0, 9.0], [2.0, 6.0, 10.0], [3.0, 7.0, 11.0]]> : tensor<4x3xf32>}) {
  %y = weft.permute %x dims = [1, 0] : tensor<3x4xf32> -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// Dimension i of the result is dimension dims[i] of the operand.
func.func @cycle(%x: tensor<2x3x4xf32> {case.value = dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf32>})
    -> (tensor<4x2x3xf32> {case.expect = dense<[[[0.0, 4.0, 8.0], [12.0, 16.0, 20.0]], [[1.0, 5.0, 9.0], [13.0, 17.0, 21.0]], [[2.0, 6.0, 10.0], [14.0, 18.0, 22.0]], [[3.0, 7.0, 11.0], [15.0, 19.0, 23.0]]]> : tensor<4x2x3xf32>}) {
  %y = weft.permute %x dims = [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
  return %y : tensor<4x2x3xf32>
}

func.func @dynamic(%x: tensor<?x3x4xf32> {case.value = dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf32>})
    -> (tensor<?x4x3xf32> {case.expect = dense<[[[0.0, 4.0, 8.0], [1.0, 5.0, 9.0], [2.0, 6.0, 10.0], [3.0, 7.0, 11.0]], [[12.0, 16.0, 20.0], [13.0, 17.0, 21.0], [14.0, 18.0, 22.0], [15.0, 19.0, 23.0]]]> : tensor<2x4x3xf32>}) {
  %y = weft.permute %x dims = [0, 2, 1] : tensor<?x3x4xf32> -> tensor<?x4x3xf32>
  return %y : tensor<?x4x3xf32>
}

func.func @integers(%x: tensor<2x2xi64> {case.value = dense<[[1, 2], [3, 4]]> : tensor<2x2xi64>})
    -> (tensor<2x2xi64> {case.expect = dense<[[1, 3], [2, 4]]> : tensor<2x2xi64>}) {
  %y = weft.permute %x dims = [1, 0] : tensor<2x2xi64> -> tensor<2x2xi64>
  return %y : tensor<2x2xi64>
}

func.func @gradient(%x: tensor<2x3x2xf32>) -> tensor<2x2x3xf32> attributes {case.gradient = 2} {
  %y = weft.permute %x dims = [2, 0, 1] : tensor<2x3x2xf32> -> tensor<2x2x3xf32>
  return %y : tensor<2x2x3xf32>
}

func.func @gradient_dynamic(%x: tensor<?x3x2xf32>) -> tensor<?x2x3xf32> attributes {case.gradient} {
  %y = weft.permute %x dims = [0, 2, 1] : tensor<?x3x2xf32> -> tensor<?x2x3xf32>
  return %y : tensor<?x2x3xf32>
}
