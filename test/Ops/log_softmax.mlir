// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Along any dimension; large elements do not overflow.

func.func @last(%x: tensor<?x4xf32> {case.value = dense<[[-0.09375, 0.03125, 1.6875, -3.46875], [-0.0625, -3.59375, 3.8125, 1.28125], [-2.65625, 3.34375, -2.59375, -1.15625]]> : tensor<3x4xf32>})
    -> (tensor<?x4xf32> {case.expect = dense<[[-2.09243673, -1.96743673, -0.31118673, -5.46743673], [-3.97114737, -7.50239737, -0.0961473665, -2.62739737], [-6.01609613, -0.0160961262, -5.95359613, -4.51609613]]> : tensor<3x4xf32>}) {
  %y = weft.log_softmax %x dim = 1 : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @first(%x: tensor<3x4xf32> {case.value = dense<[[-0.09375, 0.03125, 1.6875, -3.46875], [-0.0625, -3.59375, 3.8125, 1.28125], [-2.65625, 3.34375, -2.59375, -1.15625]]> : tensor<3x4xf32>})
    -> (tensor<3x4xf32> {case.expect = dense<[[-0.746145207, -3.34921343, -2.23929623, -4.84169522], [-0.714895207, -6.97421343, -0.114296229, -0.0916952186], [-3.30864521, -0.0367134289, -6.52054623, -2.52919522]]> : tensor<3x4xf32>}) {
  %y = weft.log_softmax %x dim = 0 : tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

func.func @middle(%x: tensor<?x3x4xf32> {case.value = dense<[[[-0.46875, -0.390625, 1.90625, 1.59375], [-0.46875, -0.296875, 0.859375, 0.5625], [1.578125, 0.75, 0.0625, 1.609375]], [[-0.671875, -0.53125, -0.59375, -0.046875], [-1.859375, -0.1875, -0.734375, -1.03125], [-1.015625, 1.1875, -0.453125, 1.921875]]]> : tensor<2x3x4xf32>})
    -> (tensor<?x3x4xf32> {case.expect = dense<[[[-2.27661726, -1.6538391, -0.411616808, -0.863863611], [-2.27661726, -1.5600891, -1.45849181, -1.89511361], [-0.229742259, -0.513214097, -2.25536681, -0.848238611]], [[-0.70016696, -2.07791265, -1.10519325, -2.14422122], [-1.88766696, -1.73416265, -1.24581825, -3.12859622], [-1.04391696, -0.359162648, -0.964568254, -0.175471218]]]> : tensor<2x3x4xf32>}) {
  %y = weft.log_softmax %x dim = 1 : tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}

func.func @large(%x: tensor<1x3xf32> {case.value = dense<[[1000.0, 999.0, -1000.0]]> : tensor<1x3xf32>})
    -> (tensor<1x3xf32> {case.expect = dense<[[-0.313261688, -1.31326169, -2000.31326]]> : tensor<1x3xf32>}) {
  %y = weft.log_softmax %x dim = 1 : tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}

func.func @vector(%x: tensor<4xf32> {case.value = dense<[-0.09375, 0.03125, 1.6875, -3.46875]> : tensor<4xf32>})
    -> (tensor<4xf32> {case.expect = dense<[-2.09243673, -1.96743673, -0.31118673, -5.46743673]> : tensor<4xf32>}) {
  %y = weft.log_softmax %x dim = 0 : tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @gradient(%x: tensor<?x4xf32>) -> tensor<?x4xf32> attributes {case.gradient = 2} {
  %y = weft.log_softmax %x dim = 1 : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @gradient_middle(%x: tensor<?x3x2xf32>) -> tensor<?x3x2xf32> attributes {case.gradient} {
  %y = weft.log_softmax %x dim = 1 : tensor<?x3x2xf32>
  return %y : tensor<?x3x2xf32>
}

func.func @gradient_first(%x: tensor<3x2xf32>) -> tensor<3x2xf32> attributes {case.gradient} {
  %y = weft.log_softmax %x dim = 0 : tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}
