// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Layer normalization: values of torch.nn.functional.layer_norm.

func.func @last_dimension(%x: tensor<?x3x4xf32> {case.value = dense<[[[-0.31, -0.71, -0.73, -0.3], [-0.25, -0.36, 0.94, 1.16], [0.09, 0.51, 0.6, 1.29]], [[1.75, -0.41, -0.99, -0.3], [-1.93, -0.27, -0.14, 2.57], [-0.52, 0.99, 0.29, 1.01]]]> : tensor<2x3x4xf32>},
                          %w: tensor<4xf32> {case.value = dense<[0.29, 0.69, -0.63, 0.88]> : tensor<4xf32>},
                          %b: tensor<4xf32> {case.value = dense<[-0.68, 0.45, 0.29, -0.83]> : tensor<4xf32>})
    -> (tensor<?x3x4xf32> {case.expect = dense<[[[-0.397225925, -0.206194756, 0.949806174, 0.0704470321], [-0.944286437, -0.289936144, -0.233412316, 0.184543697], [-1.03847055, 0.269807176, 0.322904776, 0.533546081]], [[-0.194026294, 0.168832082, 0.899136875, -1.09523001], [-1.03729606, 0.309917628, 0.367131316, 0.540603495], [-1.1253172, 1.05270382, 0.443278458, -0.0332551438]]]> : tensor<2x3x4xf32>}) {
  %y = weft.layer_norm %x, %w, %b : (tensor<?x3x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}

// Over two dimensions, without a bias.
func.func @two_dimensions(%x: tensor<2x2x3xf32> {case.value = dense<[[[-0.55, 0.64, -0.4], [-0.66, -1.64, 0.98]], [[-0.04, -0.82, 0.31], [-1.14, 0.38, -0.28]]]> : tensor<2x2x3xf32>},
                          %w: tensor<2x3xf32> {case.value = dense<[[-2.57, -1.43, 0.5], [0.54, -0.41, 1.13]]> : tensor<2x3xf32>})
    -> (tensor<2x2x3xf32> {case.expect = dense<[[[0.824066614, -1.50188296, -0.0739219568], [-0.241580795, 0.646308308, 1.62941273]], [[-1.0338125, 1.418911, 0.514001025], [-0.844749511, -0.472791552, -0.0303037126]]]> : tensor<2x2x3xf32>}) {
  %y = weft.layer_norm %x, %w eps = 1.0e-3 : (tensor<2x2x3xf32>, tensor<2x3xf32>) -> tensor<2x2x3xf32>
  return %y : tensor<2x2x3xf32>
}

// Before the sequence is bound, two dimensions are dynamic.
func.func @two_dynamic(%x: tensor<?x?x4xf32> {case.value = dense<[[[-0.31, -0.71, -0.73, -0.3], [-0.25, -0.36, 0.94, 1.16], [0.09, 0.51, 0.6, 1.29]], [[1.75, -0.41, -0.99, -0.3], [-1.93, -0.27, -0.14, 2.57], [-0.52, 0.99, 0.29, 1.01]]]> : tensor<2x3x4xf32>},
                       %w: tensor<4xf32> {case.value = dense<[0.29, 0.69, -0.63, 0.88]> : tensor<4xf32>},
                       %b: tensor<4xf32> {case.value = dense<[-0.68, 0.45, 0.29, -0.83]> : tensor<4xf32>})
    -> (tensor<?x?x4xf32> {case.expect = dense<[[[-0.397225925, -0.206194756, 0.949806174, 0.0704470321], [-0.944286437, -0.289936144, -0.233412316, 0.184543697], [-1.03847055, 0.269807176, 0.322904776, 0.533546081]], [[-0.194026294, 0.168832082, 0.899136875, -1.09523001], [-1.03729606, 0.309917628, 0.367131316, 0.540603495], [-1.1253172, 1.05270382, 0.443278458, -0.0332551438]]]> : tensor<2x3x4xf32>}) {
  %y = weft.layer_norm %x, %w, %b : (tensor<?x?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x?x4xf32>
  return %y : tensor<?x?x4xf32>
}

// A mean that is large against the deviation loses no digits, and a row without deviation is no error.
func.func @large_mean(%x: tensor<?x4xf32> {case.value = dense<[[100.0, 100.25, 100.5, 100.75], [100.0, 100.0, 100.0, 100.0]]> : tensor<2x4xf32>},
                      %w: tensor<4xf32> {case.value = dense<1.0> : tensor<4xf32>},
                      %b: tensor<4xf32> {case.value = dense<0.0> : tensor<4xf32>})
    -> (tensor<?x4xf32> {case.expect = dense<[[-1.34164079, -0.447213595, 0.447213595, 1.34164079], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf32>}) attributes {case.tolerance = 1.0e-5} {
  %y = weft.layer_norm %x, %w, %b eps = 1.0e-12 : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @half(%x: tensor<1x4xbf16> {case.value = dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xbf16>},
                %w: tensor<4xbf16> {case.value = dense<1.0> : tensor<4xbf16>})
    -> (tensor<1x4xbf16> {case.expect = dense<[[-1.34164, -0.447214, 0.447214, 1.34164]]> : tensor<1x4xbf16>}) {
  %y = weft.layer_norm %x, %w : (tensor<1x4xbf16>, tensor<4xbf16>) -> tensor<1x4xbf16>
  return %y : tensor<1x4xbf16>
}

func.func @gradient(%x: tensor<?x2x4xf32>, %w: tensor<4xf32>, %b: tensor<4xf32>)
    -> tensor<?x2x4xf32> attributes {case.gradient = 2} {
  %y = weft.layer_norm %x, %w, %b eps = 1.0e-2 : (tensor<?x2x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x2x4xf32>
  return %y : tensor<?x2x4xf32>
}

func.func @gradient_without_bias(%x: tensor<2x2x3xf32>, %w: tensor<2x3xf32>)
    -> tensor<2x2x3xf32> attributes {case.gradient} {
  %y = weft.layer_norm %x, %w : (tensor<2x2x3xf32>, tensor<2x3xf32>) -> tensor<2x2x3xf32>
  return %y : tensor<2x2x3xf32>
}

// One row that is all of the tensor.
func.func @gradient_one_row(%x: tensor<4xf32>, %w: tensor<4xf32>, %b: tensor<4xf32>)
    -> tensor<4xf32> attributes {case.gradient} {
  %y = weft.layer_norm %x, %w, %b : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
