// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Elements picked along a dimension, as torch.gather.

func.func @elements(%x: tensor<?x4x3xf32> {case.value = dense<[[[-1.23, -0.92, 0.29], [-1.18, -0.55, 0.17], [-1.77, -0.08, -0.2], [-0.24, -1.29, 1.19]], [[-0.73, -0.32, 0.06], [-0.41, 0.6, -1.08], [0.9, -0.14, 0.14], [0.47, -0.76, 0.53]]]> : tensor<2x4x3xf32>},
                    %i: tensor<?x2x3xi64> {case.value = dense<[[[0, 3, 1], [2, 2, 2]], [[1, 0, 3], [3, 3, 0]]]> : tensor<2x2x3xi64>})
    -> (tensor<?x2x3xf32> {case.expect = dense<[[[-1.23, -1.29, 0.17], [-1.77, -0.08, -0.2]], [[-0.41, -0.32, 0.53], [0.47, -0.76, 0.06]]]> : tensor<2x2x3xf32>}) {
  %y = weft.gather %x, %i dim = 1 : (tensor<?x4x3xf32>, tensor<?x2x3xi64>) -> tensor<?x2x3xf32>
  return %y : tensor<?x2x3xf32>
}

// An index that lacks the last dimension picks rows.
func.func @rows(%x: tensor<?x4x3xf32> {case.value = dense<[[[-1.23, -0.92, 0.29], [-1.18, -0.55, 0.17], [-1.77, -0.08, -0.2], [-0.24, -1.29, 1.19]], [[-0.73, -0.32, 0.06], [-0.41, 0.6, -1.08], [0.9, -0.14, 0.14], [0.47, -0.76, 0.53]]]> : tensor<2x4x3xf32>},
                %i: tensor<?x2xi32> {case.value = dense<[[3, 0], [1, 1]]> : tensor<2x2xi32>})
    -> (tensor<?x2x3xf32> {case.expect = dense<[[[-0.24, -1.29, 1.19], [-1.23, -0.92, 0.29]], [[-0.41, 0.6, -1.08], [-0.41, 0.6, -1.08]]]> : tensor<2x2x3xf32>}) {
  %y = weft.gather %x, %i dim = 1 : (tensor<?x4x3xf32>, tensor<?x2xi32>) -> tensor<?x2x3xf32>
  return %y : tensor<?x2x3xf32>
}

func.func @rows_dynamic(%x: tensor<?x?x3xf32> {case.value = dense<[[[-1.23, -0.92, 0.29], [-1.18, -0.55, 0.17], [-1.77, -0.08, -0.2], [-0.24, -1.29, 1.19]], [[-0.73, -0.32, 0.06], [-0.41, 0.6, -1.08], [0.9, -0.14, 0.14], [0.47, -0.76, 0.53]]]> : tensor<2x4x3xf32>},
                        %i: tensor<?x2xi32> {case.value = dense<[[3, 0], [1, 1]]> : tensor<2x2xi32>})
    -> (tensor<?x2x3xf32> {case.expect = dense<[[[-0.24, -1.29, 1.19], [-1.23, -0.92, 0.29]], [[-0.41, 0.6, -1.08], [-0.41, 0.6, -1.08]]]> : tensor<2x2x3xf32>}) {
  %y = weft.gather %x, %i dim = 1 : (tensor<?x?x3xf32>, tensor<?x2xi32>) -> tensor<?x2x3xf32>
  return %y : tensor<?x2x3xf32>
}

func.func @last(%x: tensor<?x5xf32> {case.value = dense<[[0.06, 0.09, 1.39, -0.69, -0.51], [0.19, 0.72, -0.81, -1.46, 0.23], [0.19, -0.22, 0.15, 0.01, -0.12]]> : tensor<3x5xf32>},
                %i: tensor<?x2xi32> {case.value = dense<[[4, 0], [2, 2], [1, 3]]> : tensor<3x2xi32>})
    -> (tensor<?x2xf32> {case.expect = dense<[[-0.51, 0.06], [-0.81, -0.81], [-0.22, 0.01]]> : tensor<3x2xf32>}) {
  %y = weft.gather %x, %i dim = 1 : (tensor<?x5xf32>, tensor<?x2xi32>) -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

// Of what is computed, and used by what follows.
func.func @fused(%x: tensor<?x4x3xf32> {case.value = dense<[[[-1.23, -0.92, 0.29], [-1.18, -0.55, 0.17], [-1.77, -0.08, -0.2], [-0.24, -1.29, 1.19]], [[-0.73, -0.32, 0.06], [-0.41, 0.6, -1.08], [0.9, -0.14, 0.14], [0.47, -0.76, 0.53]]]> : tensor<2x4x3xf32>},
                 %i: tensor<?x2xi32> {case.value = dense<[[3, 0], [1, 1]]> : tensor<2x2xi32>})
    -> (tensor<?x2x3xf32> {case.expect = dense<[[[0.361752819, 0.126590967, 1.51165621], [0.288365173, 0.393164319, 1.31847051]], [[0.469780258, 1.28982915, 0.240390588], [0.469780258, 1.28982915, 0.240390588]]]> : tensor<2x2x3xf32>}) {
  %s = weft.softmax %x dim = 2 : tensor<?x4x3xf32>
  %g = weft.gather %s, %i dim = 1 : (tensor<?x4x3xf32>, tensor<?x2xi32>) -> tensor<?x2x3xf32>
  %y = weft.add %g, %g : tensor<?x2x3xf32>
  return %y : tensor<?x2x3xf32>
}

// As torch.index_select along dimension 1: the indices are repeated along the batch.
func.func @index_select(%x: tensor<?x3x2xf32> {case.value = dense<[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[7.0, 8.0], [9.0, 10.0], [11.0, 12.0]]]> : tensor<2x3x2xf32>},
                        %i: tensor<2xi64> {case.value = dense<[2, 0]> : tensor<2xi64>})
    -> (tensor<?x2x2xf32> {case.expect = dense<[[[5.0, 6.0], [1.0, 2.0]], [[11.0, 12.0], [7.0, 8.0]]]> : tensor<2x2x2xf32>}) {
  %all = weft.broadcast %i like %x dims = [1] : tensor<2xi64>, tensor<?x3x2xf32> -> tensor<?x2xi64>
  %y = weft.gather %x, %all dim = 1 : (tensor<?x3x2xf32>, tensor<?x2xi64>) -> tensor<?x2x2xf32>
  return %y : tensor<?x2x2xf32>
}

func.func @gradient(%x: tensor<?x4x3xf32>, %i: tensor<?x2xi32> {case.range = [0, 4]})
    -> tensor<?x2x3xf32> attributes {case.gradient = 2} {
  %y = weft.gather %x, %i dim = 1 : (tensor<?x4x3xf32>, tensor<?x2xi32>) -> tensor<?x2x3xf32>
  return %y : tensor<?x2x3xf32>
}

func.func @gradient_elements(%x: tensor<4x3xf32>, %i: tensor<5x3xi64> {case.range = [0, 4]})
    -> tensor<5x3xf32> attributes {case.gradient = 2} {
  %y = weft.gather %x, %i dim = 0 : (tensor<4x3xf32>, tensor<5x3xi64>) -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}
