// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The absolute error. As in torch.nn.functional.

func.func @mean(%x: tensor<?x3xf32> {case.value = dense<[[-1.6875, 1.34375, -2.6875], [-1.21875, 3.25, 1.84375]]> : tensor<2x3xf32>},
                %t: tensor<?x3xf32> {case.value = dense<[[0.5546875, 1.0, 0.7734375], [0.4140625, 0.859375, 0.8671875]]> : tensor<2x3xf32>})
    -> (tensor<f32> {case.expect = dense<1.84114583> : tensor<f32>}) {
  %y = weft.l1_loss %x, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @sum(%x: tensor<?x3xf32> {case.value = dense<[[-1.6875, 1.34375, -2.6875], [-1.21875, 3.25, 1.84375]]> : tensor<2x3xf32>},
               %t: tensor<?x3xf32> {case.value = dense<[[0.5546875, 1.0, 0.7734375], [0.4140625, 0.859375, 0.8671875]]> : tensor<2x3xf32>})
    -> (tensor<f32> {case.expect = dense<11.046875> : tensor<f32>}) {
  %y = weft.l1_loss %x, %t reduction = sum : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @none(%x: tensor<?x3xf32> {case.value = dense<[[-1.6875, 1.34375, -2.6875], [-1.21875, 3.25, 1.84375]]> : tensor<2x3xf32>},
                %t: tensor<?x3xf32> {case.value = dense<[[0.5546875, 1.0, 0.7734375], [0.4140625, 0.859375, 0.8671875]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[2.2421875, 0.34375, 3.4609375], [1.6328125, 2.390625, 0.9765625]]> : tensor<2x3xf32>}) {
  %y = weft.l1_loss %x, %t reduction = none : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @rank3(%x: tensor<1x2x3xf32> {case.value = dense<[[[-1.6875, 1.34375, -2.6875], [-1.21875, 3.25, 1.84375]]]> : tensor<1x2x3xf32>},
                 %t: tensor<1x2x3xf32> {case.value = dense<[[[0.5546875, 1.0, 0.7734375], [0.4140625, 0.859375, 0.8671875]]]> : tensor<1x2x3xf32>})
    -> (tensor<f32> {case.expect = dense<1.84114583> : tensor<f32>}) {
  %y = weft.l1_loss %x, %t : (tensor<1x2x3xf32>, tensor<1x2x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient_mean(%x: tensor<?x3xf32>, %t: tensor<?x3xf32>)
    -> tensor<f32> attributes {case.gradient = 2} {
  %y = weft.l1_loss %x, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient_sum(%x: tensor<?x3xf32>, %t: tensor<?x3xf32>)
    -> tensor<f32> attributes {case.gradient} {
  %y = weft.l1_loss %x, %t reduction = sum : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient_none(%x: tensor<?x3xf32>, %t: tensor<?x3xf32>)
    -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.l1_loss %x, %t reduction = none : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
