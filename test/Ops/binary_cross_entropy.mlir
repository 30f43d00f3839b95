// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Binary cross entropy of probabilities: values of torch.nn.functional.binary_cross_entropy.

func.func @none(%p: tensor<?x3xf32> {case.value = dense<[[0.1, 0.5, 0.9], [0.25, 1.0, 0.0]]> : tensor<2x3xf32>},
                %t: tensor<?x3xf32> {case.value = dense<[[0.0, 1.0, 1.0], [0.5, 0.0, 1.0]]> : tensor<2x3xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[0.105360516, 0.693147181, 0.105360516], [0.836988217, 100.0, 100.0]]> : tensor<2x3xf32>}) {
  %loss = weft.binary_cross_entropy %p, %t reduction = none : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  return %loss : tensor<?x3xf32>
}

func.func @mean(%p: tensor<?x3xf32> {case.value = dense<[[0.1, 0.5, 0.9]]> : tensor<1x3xf32>},
                %t: tensor<?x3xf32> {case.value = dense<[[0.0, 1.0, 1.0]]> : tensor<1x3xf32>})
    -> (tensor<f32> {case.expect = dense<0.301289404> : tensor<f32>}) {
  %loss = weft.binary_cross_entropy %p, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

func.func @gradient(%p: tensor<?x3xf32> {case.range = [0.35, 0.65]}, %t: tensor<?x3xf32> {case.range = [0.1, 0.9]})
    -> tensor<f32> attributes {case.gradient = 2} {
  %loss = weft.binary_cross_entropy %p, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

func.func @gradient_none(%p: tensor<2x3xf32> {case.range = [0.35, 0.65]}, %t: tensor<2x3xf32> {case.range = [0.1, 0.9]})
    -> tensor<2x3xf32> attributes {case.gradient} {
  %loss = weft.binary_cross_entropy %p, %t reduction = none : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %loss : tensor<2x3xf32>
}
