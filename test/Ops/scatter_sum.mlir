// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Sums by index along a dimension: torch.scatter_add to zeros.

func.func @elements(%s: tensor<?x2x3xf32> {case.value = dense<[[[1.47, -0.4, -0.51], [1.12, -0.59, 0.91]], [[-1.08, -0.68, 1.41], [-1.85, -0.57, -0.91]]]> : tensor<2x2x3xf32>},
                    %i: tensor<?x2x3xi64> {case.value = dense<[[[0, 3, 1], [2, 2, 2]], [[1, 0, 3], [3, 3, 0]]]> : tensor<2x2x3xi64>})
    -> (tensor<?x4x3xf32> {case.expect = dense<[[[1.47, 0.0, 0.0], [0.0, 0.0, -0.51], [1.12, -0.59, 0.91], [0.0, -0.4, 0.0]], [[0.0, -0.68, -0.91], [-1.08, 0.0, 0.0], [0.0, 0.0, 0.0], [-1.85, -0.57, 1.41]]]> : tensor<2x4x3xf32>}) {
  %y = weft.scatter_sum %s, %i dim = 1 size = 4 : (tensor<?x2x3xf32>, tensor<?x2x3xi64>) -> tensor<?x4x3xf32>
  return %y : tensor<?x4x3xf32>
}

func.func @rows(%s: tensor<?x2x3xf32> {case.value = dense<[[[1.47, -0.4, -0.51], [1.12, -0.59, 0.91]], [[-1.08, -0.68, 1.41], [-1.85, -0.57, -0.91]]]> : tensor<2x2x3xf32>},
                %i: tensor<?x2xi32> {case.value = dense<[[3, 0], [1, 1]]> : tensor<2x2xi32>})
    -> (tensor<?x4x3xf32> {case.expect = dense<[[[1.12, -0.59, 0.91], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [1.47, -0.4, -0.51]], [[0.0, 0.0, 0.0], [-2.93, -1.25, 0.5], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]> : tensor<2x4x3xf32>}) {
  %y = weft.scatter_sum %s, %i dim = 1 size = 4 : (tensor<?x2x3xf32>, tensor<?x2xi32>) -> tensor<?x4x3xf32>
  return %y : tensor<?x4x3xf32>
}

func.func @last(%s: tensor<?x2xf32> {case.value = dense<[[-0.51, 0.06], [-0.81, -0.81], [-0.22, 0.01]]> : tensor<3x2xf32>},
                %i: tensor<?x2xi32> {case.value = dense<[[4, 0], [2, 2], [1, 3]]> : tensor<3x2xi32>})
    -> (tensor<?x5xf32> {case.expect = dense<[[0.06, 0.0, 0.0, 0.0, -0.51], [0.0, 0.0, -1.62, 0.0, 0.0], [0.0, -0.22, 0.0, 0.01, 0.0]]> : tensor<3x5xf32>}) {
  %y = weft.scatter_sum %s, %i dim = 1 size = 5 : (tensor<?x2xf32>, tensor<?x2xi32>) -> tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}

func.func @gradient(%s: tensor<?x2x3xf32>, %i: tensor<?x2xi32> {case.range = [0, 4]})
    -> tensor<?x4x3xf32> attributes {case.gradient = 2} {
  %y = weft.scatter_sum %s, %i dim = 1 size = 4 : (tensor<?x2x3xf32>, tensor<?x2xi32>) -> tensor<?x4x3xf32>
  return %y : tensor<?x4x3xf32>
}
