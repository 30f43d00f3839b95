// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Normalization by the root mean square: values of torch.nn.functional.rms_norm.

func.func @last_dimension(%x: tensor<?x3x4xf32> {case.value = dense<[[[-0.31, -0.71, -0.73, -0.3], [-0.25, -0.36, 0.94, 1.16], [0.09, 0.51, 0.6, 1.29]], [[1.75, -0.41, -0.99, -0.3], [-1.93, -0.27, -0.14, 2.57], [-0.52, 0.99, 0.29, 1.01]]]> : tensor<2x3x4xf32>},
                          %w: tensor<4xf32> {case.value = dense<[0.29, 0.69, -0.63, 0.88]> : tensor<4xf32>})
    -> (tensor<?x3x4xf32> {case.expect = dense<[[[-0.162576584, -0.88594292, 0.831690445, -0.477421782], [-0.0931844277, -0.319269129, -0.761156112, 1.31203674], [0.0344773912, 0.464850344, -0.499327735, 1.49956837]], [[0.489436401, -0.272830656, 0.601500459, -0.254603369], [-0.346739592, -0.115414662, 0.0546407576, 1.40108319], [-0.196545532, 0.890319981, -0.238122472, 1.15841956]]]> : tensor<2x3x4xf32>}) {
  %y = weft.rms_norm %x, %w eps = 1.0e-6 : (tensor<?x3x4xf32>, tensor<4xf32>) -> tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}

func.func @gradient(%x: tensor<?x2x4xf32>, %w: tensor<4xf32>)
    -> tensor<?x2x4xf32> attributes {case.gradient = 2} {
  %y = weft.rms_norm %x, %w eps = 1.0e-2 : (tensor<?x2x4xf32>, tensor<4xf32>) -> tensor<?x2x4xf32>
  return %y : tensor<?x2x4xf32>
}
