// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Elements added at indices, as torch.scatter_add.

func.func @elements(%x: tensor<?x4x3xf32> {case.value = dense<[[[0.16, 0.67, -0.45], [-0.48, 0.15, -0.6], [-1.09, 0.11, -0.88], [-0.93, 1.61, -1.21]], [[1.42, 0.09, 0.46], [1.47, -1.1, -0.64], [0.92, 0.45, -0.64], [-1.69, -0.63, 0.65]]]> : tensor<2x4x3xf32>},
                    %i: tensor<?x2x3xi64> {case.value = dense<[[[0, 3, 1], [2, 2, 2]], [[1, 0, 3], [3, 3, 0]]]> : tensor<2x2x3xi64>},
                    %s: tensor<?x2x3xf32> {case.value = dense<[[[1.47, -0.4, -0.51], [1.12, -0.59, 0.91]], [[-1.08, -0.68, 1.41], [-1.85, -0.57, -0.91]]]> : tensor<2x2x3xf32>})
    -> (tensor<?x4x3xf32> {case.expect = dense<[[[1.63, 0.67, -0.45], [-0.48, 0.15, -1.11], [0.03, -0.48, 0.03], [-0.93, 1.21, -1.21]], [[1.42, -0.59, -0.45], [0.39, -1.1, -0.64], [0.92, 0.45, -0.64], [-3.54, -1.2, 2.06]]]> : tensor<2x4x3xf32>}) {
  %y = weft.scatter_add %x, %i, %s dim = 1
      : (tensor<?x4x3xf32>, tensor<?x2x3xi64>, tensor<?x2x3xf32>) -> tensor<?x4x3xf32>
  return %y : tensor<?x4x3xf32>
}

func.func @gradient(%x: tensor<?x4x3xf32>, %i: tensor<?x2xi32> {case.range = [0, 4]}, %s: tensor<?x2x3xf32>)
    -> tensor<?x4x3xf32> attributes {case.gradient = 2} {
  %y = weft.scatter_add %x, %i, %s dim = 1
      : (tensor<?x4x3xf32>, tensor<?x2xi32>, tensor<?x2x3xf32>) -> tensor<?x4x3xf32>
  return %y : tensor<?x4x3xf32>
}
