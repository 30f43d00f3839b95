// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Elements in order, as torch.sort(stable=True).

func.func @last(%x: tensor<?x6xf32> {case.value = dense<[[1.25, 0.265625, 0.140625, -0.953125, 0.078125, -2.140625], [0.53125, 1.578125, -2.25, 1.53125, 0.8125, 1.9375]]> : tensor<2x6xf32>})
    -> (tensor<?x6xf32> {case.expect = dense<[[-2.140625, -0.953125, 0.078125, 0.140625, 0.265625, 1.25], [-2.25, 0.53125, 0.8125, 1.53125, 1.578125, 1.9375]]> : tensor<2x6xf32>},
        tensor<?x6xi64> {case.expect = dense<[[5, 3, 4, 2, 1, 0], [2, 0, 4, 3, 1, 5]]> : tensor<2x6xi64>}) {
  %v, %i = weft.sort %x dim = 1 : tensor<?x6xf32> -> tensor<?x6xf32>, tensor<?x6xi64>
  return %v, %i : tensor<?x6xf32>, tensor<?x6xi64>
}

func.func @middle(%x: tensor<?x4x3xf32> {case.value = dense<[[[0.625, 0.953125, 1.1875], [-0.046875, -0.53125, 0.765625], [-0.125, -2.828125, -0.71875], [3.453125, -0.59375, -0.21875]], [[1.015625, -3.640625, 1.984375], [-0.390625, 1.5, -2.015625], [-2.578125, 1.296875, -1.3125], [-0.828125, 2.109375, 2.15625]]]> : tensor<2x4x3xf32>})
    -> (tensor<?x4x3xf32> {case.expect = dense<[[[3.453125, 0.953125, 1.1875], [0.625, -0.53125, 0.765625], [-0.046875, -0.59375, -0.21875], [-0.125, -2.828125, -0.71875]], [[1.015625, 2.109375, 2.15625], [-0.390625, 1.5, 1.984375], [-0.828125, 1.296875, -1.3125], [-2.578125, -3.640625, -2.015625]]]> : tensor<2x4x3xf32>},
        tensor<?x4x3xi64> {case.expect = dense<[[[3, 0, 0], [0, 1, 1], [1, 3, 3], [2, 2, 2]], [[0, 3, 3], [1, 1, 0], [3, 2, 2], [2, 0, 1]]]> : tensor<2x4x3xi64>}) {
  %v, %i = weft.sort %x dim = 1 descending : tensor<?x4x3xf32> -> tensor<?x4x3xf32>, tensor<?x4x3xi64>
  return %v, %i : tensor<?x4x3xf32>, tensor<?x4x3xi64>
}

// Equal elements keep their order, zeros of either sign too; NaN is the largest.
func.func @edges(%x: tensor<2x8xf32> {case.value = dense<[[2.0, 0x7FC00000, -0.0, 0xFF800000, 0.0, 2.0, 0x7F800000, 0x7FC00000], [1.0, 1.0, -1.0, 0x7F800000, -1.0, 0xFF800000, 0.5, 1.0]]> : tensor<2x8xf32>})
    -> (tensor<2x8xf32> {case.expect = dense<[[0xFF800000, -0.0, 0.0, 2.0, 2.0, 0x7F800000, 0x7FC00000, 0x7FC00000], [0xFF800000, -1.0, -1.0, 0.5, 1.0, 1.0, 1.0, 0x7F800000]]> : tensor<2x8xf32>},
        tensor<2x8xi64> {case.expect = dense<[[3, 2, 4, 0, 5, 6, 1, 7], [5, 2, 4, 6, 0, 1, 7, 3]]> : tensor<2x8xi64>}) {
  %v, %i = weft.sort %x dim = 1 : tensor<2x8xf32> -> tensor<2x8xf32>, tensor<2x8xi64>
  return %v, %i : tensor<2x8xf32>, tensor<2x8xi64>
}

func.func @edges_descending(%x: tensor<2x8xf32> {case.value = dense<[[2.0, 0x7FC00000, -0.0, 0xFF800000, 0.0, 2.0, 0x7F800000, 0x7FC00000], [1.0, 1.0, -1.0, 0x7F800000, -1.0, 0xFF800000, 0.5, 1.0]]> : tensor<2x8xf32>})
    -> (tensor<2x8xf32> {case.expect = dense<[[0x7FC00000, 0x7FC00000, 0x7F800000, 2.0, 2.0, -0.0, 0.0, 0xFF800000], [0x7F800000, 1.0, 1.0, 1.0, 0.5, -1.0, -1.0, 0xFF800000]]> : tensor<2x8xf32>},
        tensor<2x8xi64> {case.expect = dense<[[1, 7, 6, 0, 5, 2, 4, 3], [3, 0, 1, 7, 6, 2, 4, 5]]> : tensor<2x8xi64>}) {
  %v, %i = weft.sort %x dim = 1 descending : tensor<2x8xf32> -> tensor<2x8xf32>, tensor<2x8xi64>
  return %v, %i : tensor<2x8xf32>, tensor<2x8xi64>
}

// Other tensors in the order of the first, by weft.gather.
func.func @gradient(%x: tensor<?x5xf32>, %t: tensor<?x5xf32>) -> (tensor<?x5xf32>, tensor<?x5xf32>) attributes {case.gradient = 2} {
  %v, %i = weft.sort %x dim = 1 descending : tensor<?x5xf32> -> tensor<?x5xf32>, tensor<?x5xi64>
  %w = weft.gather %t, %i dim = 1 : (tensor<?x5xf32>, tensor<?x5xi64>) -> tensor<?x5xf32>
  return %v, %w : tensor<?x5xf32>, tensor<?x5xf32>
}
