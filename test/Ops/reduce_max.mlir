// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Maxima over dimensions, as torch.amax.

func.func @last(%x: tensor<?x3x4xf32> {case.value = dense<[[[-0.46875, -0.390625, 1.90625, 1.59375], [-0.46875, -0.296875, 0.859375, 0.5625], [1.578125, 0.75, 0.0625, 1.609375]], [[-0.671875, -0.53125, -0.59375, -0.046875], [-1.859375, -0.1875, -0.734375, -1.03125], [-1.015625, 1.1875, -0.453125, 1.921875]]]> : tensor<2x3x4xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[1.90625, 0.859375, 1.609375], [-0.046875, -0.1875, 1.921875]]> : tensor<2x3xf32>}) {
  %y = weft.reduce_max %x dims = [2] : tensor<?x3x4xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @middle(%x: tensor<?x3x4xf32> {case.value = dense<[[[-0.46875, -0.390625, 1.90625, 1.59375], [-0.46875, -0.296875, 0.859375, 0.5625], [1.578125, 0.75, 0.0625, 1.609375]], [[-0.671875, -0.53125, -0.59375, -0.046875], [-1.859375, -0.1875, -0.734375, -1.03125], [-1.015625, 1.1875, -0.453125, 1.921875]]]> : tensor<2x3x4xf32>})
    -> (tensor<?x4xf32> {case.expect = dense<[[1.578125, 0.75, 1.90625, 1.609375], [-0.671875, 1.1875, -0.453125, 1.921875]]> : tensor<2x4xf32>}) {
  %y = weft.reduce_max %x dims = [1] : tensor<?x3x4xf32> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @kept(%x: tensor<?x3x4xf32> {case.value = dense<[[[-0.46875, -0.390625, 1.90625, 1.59375], [-0.46875, -0.296875, 0.859375, 0.5625], [1.578125, 0.75, 0.0625, 1.609375]], [[-0.671875, -0.53125, -0.59375, -0.046875], [-1.859375, -0.1875, -0.734375, -1.03125], [-1.015625, 1.1875, -0.453125, 1.921875]]]> : tensor<2x3x4xf32>})
    -> (tensor<?x1x1xf32> {case.expect = dense<[[[1.90625]], [[1.921875]]]> : tensor<2x1x1xf32>}) {
  %y = weft.reduce_max %x dims = [1, 2] keepdim : tensor<?x3x4xf32> -> tensor<?x1x1xf32>
  return %y : tensor<?x1x1xf32>
}

func.func @rows(%x: tensor<?x3xf32> {case.value = dense<[[-0.46875, -0.46875, 1.578125], [-0.671875, -1.859375, -1.015625]]> : tensor<2x3xf32>})
    -> (tensor<3xf32> {case.expect = dense<[-0.46875, -0.46875, 1.578125]> : tensor<3xf32>}) {
  %y = weft.reduce_max %x dims = [0] : tensor<?x3xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

func.func @all(%x: tensor<?x3x4xf32> {case.value = dense<[[[-0.46875, -0.390625, 1.90625, 1.59375], [-0.46875, -0.296875, 0.859375, 0.5625], [1.578125, 0.75, 0.0625, 1.609375]], [[-0.671875, -0.53125, -0.59375, -0.046875], [-1.859375, -0.1875, -0.734375, -1.03125], [-1.015625, 1.1875, -0.453125, 1.921875]]]> : tensor<2x3x4xf32>})
    -> (tensor<f32> {case.expect = dense<1.921875> : tensor<f32>}) {
  %y = weft.reduce_max %x dims = [0, 1, 2] : tensor<?x3x4xf32> -> tensor<f32>
  return %y : tensor<f32>
}

func.func @outer(%x: tensor<2x3x4xf32> {case.value = dense<[[[-0.46875, -0.390625, 1.90625, 1.59375], [-0.46875, -0.296875, 0.859375, 0.5625], [1.578125, 0.75, 0.0625, 1.609375]], [[-0.671875, -0.53125, -0.59375, -0.046875], [-1.859375, -0.1875, -0.734375, -1.03125], [-1.015625, 1.1875, -0.453125, 1.921875]]]> : tensor<2x3x4xf32>})
    -> (tensor<3xf32> {case.expect = dense<[1.90625, 0.859375, 1.921875]> : tensor<3xf32>}) {
  %y = weft.reduce_max %x dims = [0, 2] : tensor<2x3x4xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

func.func @f64(%x: tensor<3x4xf64> {case.value = dense<[[-0.46875, -0.390625, 1.90625, 1.59375], [-0.46875, -0.296875, 0.859375, 0.5625], [1.578125, 0.75, 0.0625, 1.609375]]> : tensor<3x4xf64>})
    -> (tensor<1x4xf64> {case.expect = dense<[[1.578125, 0.75, 1.90625, 1.609375]]> : tensor<1x4xf64>}) {
  %y = weft.reduce_max %x dims = [0] keepdim : tensor<3x4xf64> -> tensor<1x4xf64>
  return %y : tensor<1x4xf64>
}

func.func @bf16(%x: tensor<3x4xbf16> {case.value = dense<[[-0.5, -0.5, 2.0, 1.5], [-0.5, -0.25, 0.75, 0.5], [1.5, 0.75, 0.0, 1.5]]> : tensor<3x4xbf16>})
    -> (tensor<3xbf16> {case.expect = dense<[2.0, 0.75, 1.5]> : tensor<3xbf16>}) {
  %y = weft.reduce_max %x dims = [1] : tensor<3x4xbf16> -> tensor<3xbf16>
  return %y : tensor<3xbf16>
}

func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?xf32> attributes {case.gradient = 2} {
  %y = weft.reduce_max %x dims = [1] : tensor<?x3xf32> -> tensor<?xf32>
  return %y : tensor<?xf32>
}

func.func @gradient_kept(%x: tensor<?x2x3xf32>) -> tensor<?x2x1xf32> attributes {case.gradient} {
  %y = weft.reduce_max %x dims = [2] keepdim : tensor<?x2x3xf32> -> tensor<?x2x1xf32>
  return %y : tensor<?x2x1xf32>
}

func.func @gradient_rows(%x: tensor<?x3xf32>) -> tensor<3xf32> attributes {case.gradient} {
  %y = weft.reduce_max %x dims = [0] : tensor<?x3xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

func.func @gradient_all(%x: tensor<?x3xf32>) -> tensor<f32> attributes {case.gradient} {
  %y = weft.reduce_max %x dims = [0, 1] : tensor<?x3xf32> -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient_middle(%x: tensor<2x3x2xf32>) -> tensor<2x2xf32> attributes {case.gradient} {
  %y = weft.reduce_max %x dims = [1] : tensor<2x3x2xf32> -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

func.func @special(%x: tensor<2x2xf32> {case.value = dense<[[1.0, 0x7FC00000], [0xFF800000, 0xFF800000]]> : tensor<2x2xf32>})
    -> (tensor<2xf32> {case.expect = dense<[0x7FC00000, 0xFF800000]> : tensor<2xf32>}) {
  %y = weft.reduce_max %x dims = [1] : tensor<2x2xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}
