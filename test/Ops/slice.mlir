// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// A box of elements, with strides.

func.func @strided(%x: tensor<?x10xf32> {case.value = dense<[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0]]> : tensor<2x10xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[2.0, 4.0, 6.0], [12.0, 14.0, 16.0]]> : tensor<2x3xf32>}) {
  %y = weft.slice %x starts = [0, 2] limits = [-1, 8] strides = [1, 2] : tensor<?x10xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @uneven(%x: tensor<2x10xf32> {case.value = dense<[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0]]> : tensor<2x10xf32>})
    -> (tensor<1x3xf32> {case.expect = dense<[[11.0, 14.0, 17.0]]> : tensor<1x3xf32>}) {
  %y = weft.slice %x starts = [1, 1] limits = [2, 9] strides = [1, 3] : tensor<2x10xf32> -> tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}

func.func @integers(%x: tensor<6xi32> {case.value = dense<[0, 1, 2, 3, 4, 5]> : tensor<6xi32>})
    -> (tensor<2xi32> {case.expect = dense<[1, 5]> : tensor<2xi32>}) {
  %y = weft.slice %x starts = [1] limits = [6] strides = [4] : tensor<6xi32> -> tensor<2xi32>
  return %y : tensor<2xi32>
}

func.func @gradient(%x: tensor<?x7xf32>) -> tensor<?x5xf32> attributes {case.gradient = 2} {
  %y = weft.slice %x starts = [0, 1] limits = [-1, 6] strides = [1, 1] : tensor<?x7xf32> -> tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}

func.func @gradient_strided(%x: tensor<4x7xf32>) -> tensor<2x2xf32> attributes {case.gradient = 2} {
  %y = weft.slice %x starts = [1, 1] limits = [4, 7] strides = [2, 3] : tensor<4x7xf32> -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}
