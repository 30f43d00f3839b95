// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The largest elements, as torch.topk.

func.func @last(%x: tensor<?x5xf32> {case.value = dense<[[1.0, 5.0, 3.0, 4.0, 2.0], [0.0, -1.0, -2.0, 7.0, -3.0]]> : tensor<2x5xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[5.0, 4.0, 3.0], [7.0, 0.0, -1.0]]> : tensor<2x3xf32>},
        tensor<?x3xi64> {case.expect = dense<[[1, 3, 2], [3, 0, 1]]> : tensor<2x3xi64>}) {
  %v, %i = weft.top_k %x k = 3 dim = 1 : tensor<?x5xf32> -> tensor<?x3xf32>, tensor<?x3xi64>
  return %v, %i : tensor<?x3xf32>, tensor<?x3xi64>
}

func.func @middle(%x: tensor<?x4x2xf32> {case.value = dense<[[[0.13, 1.39], [-0.4, 1.18], [-0.99, 0.65], [-0.6, 0.68]], [[1.02, 0.02], [-1.02, 1.55], [1.42, 0.75], [-1.11, -0.61]]]> : tensor<2x4x2xf32>})
    -> (tensor<?x2x2xf32> {case.expect = dense<[[[0.13, 1.39], [-0.4, 1.18]], [[1.42, 1.55], [1.02, 0.75]]]> : tensor<2x2x2xf32>},
        tensor<?x2x2xi64> {case.expect = dense<[[[0, 0], [1, 1]], [[2, 1], [0, 2]]]> : tensor<2x2x2xi64>}) {
  %v, %i = weft.top_k %x k = 2 dim = 1 : tensor<?x4x2xf32> -> tensor<?x2x2xf32>, tensor<?x2x2xi64>
  return %v, %i : tensor<?x2x2xf32>, tensor<?x2x2xi64>
}

// Equal elements, minus infinity too, come in their order and once each; NaN is the largest.
func.func @ties(%x: tensor<3x4xf32> {case.value = dense<[[2.0, 1.0, 2.0, 0.0], [0xFF800000, 1.0, 0xFF800000, 0xFF800000], [1.0, 0x7FC00000, 2.0, 0.0]]> : tensor<3x4xf32>})
    -> (tensor<3x3xf32> {case.expect = dense<[[2.0, 2.0, 1.0], [1.0, 0xFF800000, 0xFF800000], [0x7FC00000, 2.0, 1.0]]> : tensor<3x3xf32>},
        tensor<3x3xi64> {case.expect = dense<[[0, 2, 1], [1, 0, 2], [1, 2, 0]]> : tensor<3x3xi64>}) {
  %v, %i = weft.top_k %x k = 3 dim = 1 : tensor<3x4xf32> -> tensor<3x3xf32>, tensor<3x3xi64>
  return %v, %i : tensor<3x3xf32>, tensor<3x3xi64>
}

func.func @gradient(%x: tensor<?x5xf32>) -> tensor<?x2xf32> attributes {case.gradient = 2} {
  %v, %i = weft.top_k %x k = 2 dim = 1 : tensor<?x5xf32> -> tensor<?x2xf32>, tensor<?x2xi64>
  return %v : tensor<?x2xf32>
}
