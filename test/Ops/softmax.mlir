// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Along any dimension; large elements do not overflow.

func.func @last(%x: tensor<?x4xf32> {case.value = dense<[[-0.6875, 1.59375, -1.5625, 2.625], [-2.28125, -1.8125, -1.65625, -2.96875], [2.0, -0.5625, -3.0, 0.28125]]> : tensor<3x4xf32>})
    -> (tensor<?x4xf32> {case.expect = dense<[[0.0258669002, 0.253208729, 0.0107829282, 0.710141442], [0.20124478, 0.321588243, 0.375974747, 0.10119223], [0.791678015, 0.0610476534, 0.00533428451, 0.141940047]]> : tensor<3x4xf32>}) {
  %y = weft.softmax %x dim = 1 : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @first(%x: tensor<3x4xf32> {case.value = dense<[[-0.6875, 1.59375, -1.5625, 2.625], [-2.28125, -1.8125, -1.65625, -2.96875], [2.0, -0.5625, -3.0, 0.28125]]> : tensor<3x4xf32>})
    -> (tensor<3x4xf32> {case.expect = dense<[[0.062900776, 0.870379787, 0.46554259, 0.909348723], [0.0127790678, 0.0288664394, 0.423881352, 0.00338373001], [0.924320156, 0.100753773, 0.110576057, 0.0872675471]]> : tensor<3x4xf32>}) {
  %y = weft.softmax %x dim = 0 : tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

func.func @middle(%x: tensor<?x3x4xf32> {case.value = dense<[[[-0.46875, -0.390625, 1.90625, 1.59375], [-0.46875, -0.296875, 0.859375, 0.5625], [1.578125, 0.75, 0.0625, 1.609375]], [[-0.671875, -0.53125, -0.59375, -0.046875], [-1.859375, -0.1875, -0.734375, -1.03125], [-1.015625, 1.1875, -0.453125, 1.921875]]]> : tensor<2x3x4xf32>})
    -> (tensor<?x3x4xf32> {case.expect = dense<[[[0.102630794, 0.191314024, 0.662578122, 0.421530303], [0.102630794, 0.21011735, 0.232586796, 0.150301258], [0.794738413, 0.598568626, 0.104835082, 0.428168439]], [[0.496502401, 0.125191258, 0.331146881, 0.117159243], [0.151424677, 0.176547971, 0.287705396, 0.0437792106], [0.352072922, 0.698260771, 0.381147723, 0.839061546]]]> : tensor<2x3x4xf32>}) {
  %y = weft.softmax %x dim = 1 : tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}

func.func @large(%x: tensor<1x3xf32> {case.value = dense<[[1000.0, 999.0, -1000.0]]> : tensor<1x3xf32>})
    -> (tensor<1x3xf32> {case.expect = dense<[[0.731058579, 0.268941421, 0.0]]> : tensor<1x3xf32>}) {
  %y = weft.softmax %x dim = 1 : tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}

func.func @vector(%x: tensor<4xf32> {case.value = dense<[-0.6875, 1.59375, -1.5625, 2.625]> : tensor<4xf32>})
    -> (tensor<4xf32> {case.expect = dense<[0.0258669002, 0.253208729, 0.0107829282, 0.710141442]> : tensor<4xf32>}) {
  %y = weft.softmax %x dim = 0 : tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @gradient(%x: tensor<?x4xf32>) -> tensor<?x4xf32> attributes {case.gradient = 2} {
  %y = weft.softmax %x dim = 1 : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @gradient_middle(%x: tensor<?x3x2xf32>) -> tensor<?x3x2xf32> attributes {case.gradient} {
  %y = weft.softmax %x dim = 1 : tensor<?x3x2xf32>
  return %y : tensor<?x3x2xf32>
}

func.func @gradient_first(%x: tensor<3x2xf32>) -> tensor<3x2xf32> attributes {case.gradient} {
  %y = weft.softmax %x dim = 0 : tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}
