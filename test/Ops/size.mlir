// RUN: weft-opt %s --weft-check-op-cases -o /dev/null

// The number of elements along dimensions.

func.func @static(%x: tensor<2x3x4xf32> {case.value = dense<[[[-0.46875, -0.390625, 1.90625, 1.59375], [-0.46875, -0.296875, 0.859375, 0.5625], [1.578125, 0.75, 0.0625, 1.609375]], [[-0.671875, -0.53125, -0.59375, -0.046875], [-1.859375, -0.1875, -0.734375, -1.03125], [-1.015625, 1.1875, -0.453125, 1.921875]]]> : tensor<2x3x4xf32>})
    -> (tensor<f32> {case.expect = dense<12.0> : tensor<f32>}) {
  %y = weft.size %x dims = [1, 2] : tensor<2x3x4xf32> -> tensor<f32>
  return %y : tensor<f32>
}

func.func @dynamic(%x: tensor<?x3x4xf32> {case.value = dense<[[[-0.46875, -0.390625, 1.90625, 1.59375], [-0.46875, -0.296875, 0.859375, 0.5625], [1.578125, 0.75, 0.0625, 1.609375]], [[-0.671875, -0.53125, -0.59375, -0.046875], [-1.859375, -0.1875, -0.734375, -1.03125], [-1.015625, 1.1875, -0.453125, 1.921875]]]> : tensor<2x3x4xf32>})
    -> (tensor<f32> {case.expect = dense<8.0> : tensor<f32>}) {
  %y = weft.size %x dims = [0, 2] : tensor<?x3x4xf32> -> tensor<f32>
  return %y : tensor<f32>
}
