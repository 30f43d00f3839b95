// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The affine map of torch.nn.functional.linear.

func.func @values(%x: tensor<?x3xf32> {case.value = dense<[[1.015625, -1.6875, 1.234375], [-1.390625, -1.5, -0.890625]]> : tensor<2x3xf32>},
                  %w: tensor<4x3xf32> {case.value = dense<[[-0.296875, -0.0625, -0.28125], [-1.859375, 0.390625, 0.96875], [1.921875, 0.21875, 1.734375], [1.8125, -1.15625, -1.734375]]> : tensor<4x3xf32>},
                  %b: tensor<4xf32> {case.value = dense<[-1.328125, 0.984375, -0.953125, -1.546875]> : tensor<4xf32>})
    -> (tensor<?x4xf32> {case.expect = dense<[[-1.87133789, -0.367431641, 2.77050781, 0.104248047], [-0.571044922, 2.12133789, -5.49853516, -0.788330078]]> : tensor<2x4xf32>}) {
  %y = weft.linear %x, %w, %b : (tensor<?x3xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @without_bias(%x: tensor<2x3xf32> {case.value = dense<[[1.015625, -1.6875, 1.234375], [-1.390625, -1.5, -0.890625]]> : tensor<2x3xf32>},
                        %w: tensor<4x3xf32> {case.value = dense<[[-0.296875, -0.0625, -0.28125], [-1.859375, 0.390625, 0.96875], [1.921875, 0.21875, 1.734375], [1.8125, -1.15625, -1.734375]]> : tensor<4x3xf32>})
    -> (tensor<2x4xf32> {case.expect = dense<[[-0.543212891, -1.35180664, 3.72363281, 1.65112305], [0.757080078, 1.13696289, -4.54541016, 0.758544922]]> : tensor<2x4xf32>}) {
  %y = weft.linear %x, %w : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

func.func @rank3(%x: tensor<?x2x3xf32> {case.value = dense<[[[1.78125, 0.734375, 1.828125], [-0.6875, -1.234375, -1.453125]], [[1.78125, -1.34375, 1.203125], [-1.15625, 1.453125, -1.765625]]]> : tensor<2x2x3xf32>},
                 %w: tensor<4x3xf32> {case.value = dense<[[-0.296875, -0.0625, -0.28125], [-1.859375, 0.390625, 0.96875], [1.921875, 0.21875, 1.734375], [1.8125, -1.15625, -1.734375]]> : tensor<4x3xf32>},
                 %b: tensor<4xf32> {case.value = dense<[-1.328125, 0.984375, -0.953125, -1.546875]> : tensor<4xf32>})
    -> (tensor<?x2x4xf32> {case.expect = dense<[[[-2.41699219, -0.269775391, 5.80151367, -2.33813477], [-0.638183594, 0.372802734, -5.06469727, 1.15454102]], [[-2.11132812, -1.68701172, 4.26293945, 1.14868164], [-0.579101562, 1.99145508, -5.91967773, -2.26049805]]]> : tensor<2x2x4xf32>}) {
  %y = weft.linear %x, %w, %b : (tensor<?x2x3xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<?x2x4xf32>
  return %y : tensor<?x2x4xf32>
}

func.func @vector(%x: tensor<3xf32> {case.value = dense<[1.015625, -1.6875, 1.234375]> : tensor<3xf32>},
                  %w: tensor<4x3xf32> {case.value = dense<[[-0.296875, -0.0625, -0.28125], [-1.859375, 0.390625, 0.96875], [1.921875, 0.21875, 1.734375], [1.8125, -1.15625, -1.734375]]> : tensor<4x3xf32>},
                  %b: tensor<4xf32> {case.value = dense<[-1.328125, 0.984375, -0.953125, -1.546875]> : tensor<4xf32>})
    -> (tensor<4xf32> {case.expect = dense<[-1.87133789, -0.367431641, 2.77050781, 0.104248047]> : tensor<4xf32>}) {
  %y = weft.linear %x, %w, %b : (tensor<3xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @gradient(%x: tensor<?x3xf32>, %w: tensor<2x3xf32>, %b: tensor<2xf32>)
    -> tensor<?x2xf32> attributes {case.gradient = 2} {
  %y = weft.linear %x, %w, %b : (tensor<?x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

func.func @gradient_rank3(%x: tensor<?x2x3xf32>, %w: tensor<2x3xf32>, %b: tensor<2xf32>)
    -> tensor<?x2x2xf32> attributes {case.gradient} {
  %y = weft.linear %x, %w, %b : (tensor<?x2x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<?x2x2xf32>
  return %y : tensor<?x2x2xf32>
}

func.func @gradient_vector(%x: tensor<3xf32>, %w: tensor<2x3xf32>, %b: tensor<2xf32>)
    -> tensor<2xf32> attributes {case.gradient} {
  %y = weft.linear %x, %w, %b : (tensor<3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

func.func @gradient_without_bias(%x: tensor<?x3xf32>, %w: tensor<2x3xf32>)
    -> tensor<?x2xf32> attributes {case.gradient} {
  %y = weft.linear %x, %w : (tensor<?x3xf32>, tensor<2x3xf32>) -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}
