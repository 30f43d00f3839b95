// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The squared error. As in torch.nn.functional.

func.func @mean(%x: tensor<?x3xf32> {case.value = dense<[[3.5625, -2.78125, -1.34375], [3.71875, 0.28125, 1.53125]]> : tensor<2x3xf32>},
                %t: tensor<?x3xf32> {case.value = dense<[[0.5546875, 1.0, 0.7734375], [0.4140625, 0.859375, 0.8671875]]> : tensor<2x3xf32>})
    -> (tensor<f32> {case.expect = dense<6.58723958> : tensor<f32>}) {
  %y = weft.mse_loss %x, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @sum(%x: tensor<?x3xf32> {case.value = dense<[[3.5625, -2.78125, -1.34375], [3.71875, 0.28125, 1.53125]]> : tensor<2x3xf32>},
               %t: tensor<?x3xf32> {case.value = dense<[[0.5546875, 1.0, 0.7734375], [0.4140625, 0.859375, 0.8671875]]> : tensor<2x3xf32>})
    -> (tensor<f32> {case.expect = dense<39.5234375> : tensor<f32>}) {
  %y = weft.mse_loss %x, %t reduction = sum : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @none(%x: tensor<?x3xf32> {case.value = dense<[[3.5625, -2.78125, -1.34375], [3.71875, 0.28125, 1.53125]]> : tensor<2x3xf32>},
                %t: tensor<?x3xf32> {case.value = dense<[[0.5546875, 1.0, 0.7734375], [0.4140625, 0.859375, 0.8671875]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[9.04693604, 14.2978516, 4.48248291], [10.9209595, 0.334228516, 0.440979004]]> : tensor<2x3xf32>}) {
  %y = weft.mse_loss %x, %t reduction = none : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @rank3(%x: tensor<1x2x3xf32> {case.value = dense<[[[3.5625, -2.78125, -1.34375], [3.71875, 0.28125, 1.53125]]]> : tensor<1x2x3xf32>},
                 %t: tensor<1x2x3xf32> {case.value = dense<[[[0.5546875, 1.0, 0.7734375], [0.4140625, 0.859375, 0.8671875]]]> : tensor<1x2x3xf32>})
    -> (tensor<f32> {case.expect = dense<6.58723958> : tensor<f32>}) {
  %y = weft.mse_loss %x, %t : (tensor<1x2x3xf32>, tensor<1x2x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient_mean(%x: tensor<?x3xf32>, %t: tensor<?x3xf32>)
    -> tensor<f32> attributes {case.gradient = 2} {
  %y = weft.mse_loss %x, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient_sum(%x: tensor<?x3xf32>, %t: tensor<?x3xf32>)
    -> tensor<f32> attributes {case.gradient} {
  %y = weft.mse_loss %x, %t reduction = sum : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient_none(%x: tensor<?x3xf32>, %t: tensor<?x3xf32>)
    -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.mse_loss %x, %t reduction = none : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
