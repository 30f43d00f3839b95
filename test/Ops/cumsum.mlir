// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Running sums, as torch.cumsum.

func.func @last(%x: tensor<?x3x4xf32> {case.value = dense<[[[0.41, 1.66, -0.2, 0.53], [2.51, 1.92, 0.07, -0.71], [-0.99, -1.26, 1.62, -0.26]], [[1.19, 0.52, 0.71, 0.4], [0.26, 0.19, 0.09, 0.8], [-1.43, -0.87, 0.2, -0.76]]]> : tensor<2x3x4xf32>})
    -> (tensor<?x3x4xf32> {case.expect = dense<[[[0.41, 2.07, 1.87, 2.4], [2.51, 4.43, 4.5, 3.79], [-0.99, -2.25, -0.63, -0.89]], [[1.19, 1.71, 2.42, 2.82], [0.26, 0.45, 0.54, 1.34], [-1.43, -2.3, -2.1, -2.86]]]> : tensor<2x3x4xf32>}) {
  %y = weft.cumsum %x dim = 2 : tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}

func.func @middle(%x: tensor<?x3x4xf32> {case.value = dense<[[[0.41, 1.66, -0.2, 0.53], [2.51, 1.92, 0.07, -0.71], [-0.99, -1.26, 1.62, -0.26]], [[1.19, 0.52, 0.71, 0.4], [0.26, 0.19, 0.09, 0.8], [-1.43, -0.87, 0.2, -0.76]]]> : tensor<2x3x4xf32>})
    -> (tensor<?x3x4xf32> {case.expect = dense<[[[0.41, 1.66, -0.2, 0.53], [2.92, 3.58, -0.13, -0.18], [1.93, 2.32, 1.49, -0.44]], [[1.19, 0.52, 0.71, 0.4], [1.45, 0.71, 0.8, 1.2], [0.02, -0.16, 1.0, 0.44]]]> : tensor<2x3x4xf32>}) {
  %y = weft.cumsum %x dim = 1 : tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}

func.func @reverse(%x: tensor<?x3x4xf32> {case.value = dense<[[[0.41, 1.66, -0.2, 0.53], [2.51, 1.92, 0.07, -0.71], [-0.99, -1.26, 1.62, -0.26]], [[1.19, 0.52, 0.71, 0.4], [0.26, 0.19, 0.09, 0.8], [-1.43, -0.87, 0.2, -0.76]]]> : tensor<2x3x4xf32>})
    -> (tensor<?x3x4xf32> {case.expect = dense<[[[2.4, 1.99, 0.33, 0.53], [3.79, 1.28, -0.64, -0.71], [-0.89, 0.1, 1.36, -0.26]], [[2.82, 1.63, 1.11, 0.4], [1.34, 1.08, 0.89, 0.8], [-2.86, -1.43, -0.56, -0.76]]]> : tensor<2x3x4xf32>}) {
  %y = weft.cumsum %x dim = 2 reverse : tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}

func.func @first(%x: tensor<3xf32> {case.value = dense<[1.0, 2.0, 4.0]> : tensor<3xf32>})
    -> (tensor<3xf32> {case.expect = dense<[1.0, 3.0, 7.0]> : tensor<3xf32>}) {
  %y = weft.cumsum %x dim = 0 : tensor<3xf32>
  return %y : tensor<3xf32>
}

func.func @gradient(%x: tensor<?x3x4xf32>) -> tensor<?x3x4xf32> attributes {case.gradient = 2} {
  %y = weft.cumsum %x dim = 1 reverse : tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}
