// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Sums of rows by index, as torch.ops.aten.embedding_dense_backward.

func.func @sums(%dy: tensor<?x3x3xf32> {case.value = dense<[[[2.31, -1.18, 2.54], [-1.03, 0.98, 0.93], [1.45, 1.24, 0.5]], [[0.44, -0.7, -0.11], [-0.3, -1.21, -0.42], [0.72, 0.88, 1.07]]]> : tensor<2x3x3xf32>},
                %i: tensor<?x3xi64> {case.value = dense<[[0, 4, 2], [2, 2, 1]]> : tensor<2x3xi64>})
    -> (tensor<5x3xf32> {case.expect = dense<[[2.31, -1.18, 2.54], [0.72, 0.88, 1.07], [1.59, -0.67, -0.03], [0.0, 0.0, 0.0], [-1.03, 0.98, 0.93]]> : tensor<5x3xf32>}) {
  %y = weft.embedding_gradient %dy, %i num_embeddings = 5 : (tensor<?x3x3xf32>, tensor<?x3xi64>) -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}

// The row of the padding stays zero.
func.func @padding(%dy: tensor<?x3x3xf32> {case.value = dense<[[[2.31, -1.18, 2.54], [-1.03, 0.98, 0.93], [1.45, 1.24, 0.5]], [[0.44, -0.7, -0.11], [-0.3, -1.21, -0.42], [0.72, 0.88, 1.07]]]> : tensor<2x3x3xf32>},
                   %i: tensor<?x3xi32> {case.value = dense<[[0, 4, 2], [2, 2, 1]]> : tensor<2x3xi32>})
    -> (tensor<5x3xf32> {case.expect = dense<[[2.31, -1.18, 2.54], [0.72, 0.88, 1.07], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [-1.03, 0.98, 0.93]]> : tensor<5x3xf32>}) {
  %y = weft.embedding_gradient %dy, %i num_embeddings = 5 padding_idx = 2
      : (tensor<?x3x3xf32>, tensor<?x3xi32>) -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}

// Fused with what reads the sums and with what makes the rows.
func.func @fused(%dy: tensor<?x3x3xf32> {case.value = dense<[[[2.31, -1.18, 2.54], [-1.03, 0.98, 0.93], [1.45, 1.24, 0.5]], [[0.44, -0.7, -0.11], [-0.3, -1.21, -0.42], [0.72, 0.88, 1.07]]]> : tensor<2x3x3xf32>},
                 %i: tensor<?x3xi32> {case.value = dense<[[0, 4, 2], [2, 2, 1]]> : tensor<2x3xi32>},
                 %w: tensor<5x3xf32> {case.value = dense<1.0> : tensor<5x3xf32>})
    -> (tensor<5x3xf32> {case.expect = dense<[[-3.62, 3.36, -4.08], [-0.44, -0.76, -1.14], [-2.18, 2.34, 1.06], [1.0, 1.0, 1.0], [3.06, -0.96, -0.86]]> : tensor<5x3xf32>}) {
  %d = weft.add %dy, %dy : tensor<?x3x3xf32>
  %g = weft.embedding_gradient %d, %i num_embeddings = 5 : (tensor<?x3x3xf32>, tensor<?x3xi32>) -> tensor<5x3xf32>
  %y = weft.sub %w, %g : tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}

func.func @gradient(%dy: tensor<?x3x2xf32>, %i: tensor<?x3xi32> {case.range = [0, 4]})
    -> tensor<4x2xf32> attributes {case.gradient = 2} {
  %y = weft.embedding_gradient %dy, %i num_embeddings = 4 padding_idx = 1
      : (tensor<?x3x2xf32>, tensor<?x3xi32>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}
