// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The binary cross entropy of logits; large ones do not overflow. As in torch.nn.functional.

func.func @mean(%x: tensor<?x3xf32> {case.value = dense<[[-0.3125, -0.34375, 1.9375], [-0.8125, -0.53125, 0.53125]]> : tensor<2x3xf32>},
                %t: tensor<?x3xf32> {case.value = dense<[[0.5546875, 1.0, 0.7734375], [0.4140625, 0.859375, 0.8671875]]> : tensor<2x3xf32>})
    -> (tensor<f32> {case.expect = dense<0.721870104> : tensor<f32>}) {
  %y = weft.binary_cross_entropy_with_logits %x, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @sum(%x: tensor<?x3xf32> {case.value = dense<[[-0.3125, -0.34375, 1.9375], [-0.8125, -0.53125, 0.53125]]> : tensor<2x3xf32>},
               %t: tensor<?x3xf32> {case.value = dense<[[0.5546875, 1.0, 0.7734375], [0.4140625, 0.859375, 0.8671875]]> : tensor<2x3xf32>})
    -> (tensor<f32> {case.expect = dense<4.33122062> : tensor<f32>}) {
  %y = weft.binary_cross_entropy_with_logits %x, %t reduction = sum : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @none(%x: tensor<?x3xf32> {case.value = dense<[[-0.3125, -0.34375, 1.9375], [-0.8125, -0.53125, 0.53125]]> : tensor<2x3xf32>},
                %t: tensor<?x3xf32> {case.value = dense<[[0.5546875, 1.0, 0.7734375], [0.4140625, 0.859375, 0.8671875]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[0.722394706, 0.879720534, 0.573551381], [0.703667813, 0.918936258, 0.53294993]]> : tensor<2x3xf32>}) {
  %y = weft.binary_cross_entropy_with_logits %x, %t reduction = none : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @rank3(%x: tensor<1x2x3xf32> {case.value = dense<[[[-0.3125, -0.34375, 1.9375], [-0.8125, -0.53125, 0.53125]]]> : tensor<1x2x3xf32>},
                 %t: tensor<1x2x3xf32> {case.value = dense<[[[0.5546875, 1.0, 0.7734375], [0.4140625, 0.859375, 0.8671875]]]> : tensor<1x2x3xf32>})
    -> (tensor<f32> {case.expect = dense<0.721870104> : tensor<f32>}) {
  %y = weft.binary_cross_entropy_with_logits %x, %t : (tensor<1x2x3xf32>, tensor<1x2x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @large(%x: tensor<3xf32> {case.value = dense<[100.0, -100.0, 50.0]> : tensor<3xf32>},
                 %t: tensor<3xf32> {case.value = dense<[0.0, 1.0, 1.0]> : tensor<3xf32>})
    -> (tensor<3xf32> {case.expect = dense<[100.0, 100.0, 1.92874985e-22]> : tensor<3xf32>}) {
  %y = weft.binary_cross_entropy_with_logits %x, %t reduction = none : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

func.func @gradient_mean(%x: tensor<?x3xf32>, %t: tensor<?x3xf32> {case.range = [0.0, 1.0]})
    -> tensor<f32> attributes {case.gradient = 2} {
  %y = weft.binary_cross_entropy_with_logits %x, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient_sum(%x: tensor<?x3xf32>, %t: tensor<?x3xf32> {case.range = [0.0, 1.0]})
    -> tensor<f32> attributes {case.gradient} {
  %y = weft.binary_cross_entropy_with_logits %x, %t reduction = sum : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient_none(%x: tensor<?x3xf32>, %t: tensor<?x3xf32> {case.range = [0.0, 1.0]})
    -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.binary_cross_entropy_with_logits %x, %t reduction = none : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
