// RUN: weft-opt %s --weft-check-op-cases -o /dev/null

// torch.optim.Adam.

func.func @first(%w: tensor<3xf32> {case.value = dense<[1.0, -2.0, 0.5]> : tensor<3xf32>},
                 %g: tensor<3xf32> {case.value = dense<[0.5, 0.25, -1.0]> : tensor<3xf32>},
                 %m: tensor<3xf32> {case.value = dense<[0.0, 0.0, 0.0]> : tensor<3xf32>},
                 %v: tensor<3xf32> {case.value = dense<[0.0, 0.0, 0.0]> : tensor<3xf32>},
                 %lr: tensor<f64> {case.value = dense<0.01> : tensor<f64>},
                 %b1: tensor<f64> {case.value = dense<0.9> : tensor<f64>},
                 %b2: tensor<f64> {case.value = dense<0.999> : tensor<f64>},
                 %eps: tensor<f64> {case.value = dense<1.0e-08> : tensor<f64>},
                 %c1: tensor<f64> {case.value = dense<0.09999999999999998> : tensor<f64>},
                 %c2: tensor<f64> {case.value = dense<0.001000000000000001> : tensor<f64>})
    -> (tensor<3xf32> {case.expect = dense<[0.99, -2.01, 0.51]> : tensor<3xf32>},
        tensor<3xf32> {case.expect = dense<[0.05, 0.025, -0.1]> : tensor<3xf32>},
        tensor<3xf32> {case.expect = dense<[0.00025, 6.25e-05, 0.001]> : tensor<3xf32>}) {
  %y, %y1, %y2 = weft.adam_update %w, %g, %m, %v lr(%lr) betas(%b1, %b2) eps(%eps)
        bias_corrections(%c1, %c2) : tensor<3xf32>
  return %y, %y1, %y2 : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

func.func @later(%w: tensor<3xf32> {case.value = dense<[1.0, -2.0, 0.5]> : tensor<3xf32>},
                 %g: tensor<3xf32> {case.value = dense<[0.5, 0.25, -1.0]> : tensor<3xf32>},
                 %m: tensor<3xf32> {case.value = dense<[0.1, -0.2, 0.3]> : tensor<3xf32>},
                 %v: tensor<3xf32> {case.value = dense<[0.01, 0.02, 0.5]> : tensor<3xf32>},
                 %lr: tensor<f64> {case.value = dense<0.01> : tensor<f64>},
                 %b1: tensor<f64> {case.value = dense<0.9> : tensor<f64>},
                 %b2: tensor<f64> {case.value = dense<0.999> : tensor<f64>},
                 %eps: tensor<f64> {case.value = dense<1.0e-08> : tensor<f64>},
                 %c1: tensor<f64> {case.value = dense<0.6513215599> : tensor<f64>},
                 %c2: tensor<f64> {case.value = dense<0.009955119790251765> : tensor<f64>})
    -> (tensor<3xf32> {case.expect = dense<[0.997880635, -1.99832281, 0.499631892]> : tensor<3xf32>},
        tensor<3xf32> {case.expect = dense<[0.14, -0.155, 0.17]> : tensor<3xf32>},
        tensor<3xf32> {case.expect = dense<[0.01024, 0.0200425, 0.5005]> : tensor<3xf32>}) {
  %y, %y1, %y2 = weft.adam_update %w, %g, %m, %v lr(%lr) betas(%b1, %b2) eps(%eps)
        bias_corrections(%c1, %c2) : tensor<3xf32>
  return %y, %y1, %y2 : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

func.func @decay(%w: tensor<3xf32> {case.value = dense<[1.0, -2.0, 0.5]> : tensor<3xf32>},
                 %g: tensor<3xf32> {case.value = dense<[0.5, 0.25, -1.0]> : tensor<3xf32>},
                 %m: tensor<3xf32> {case.value = dense<[0.1, -0.2, 0.3]> : tensor<3xf32>},
                 %v: tensor<3xf32> {case.value = dense<[0.01, 0.02, 0.5]> : tensor<3xf32>},
                 %lr: tensor<f64> {case.value = dense<0.01> : tensor<f64>},
                 %b1: tensor<f64> {case.value = dense<0.9> : tensor<f64>},
                 %b2: tensor<f64> {case.value = dense<0.999> : tensor<f64>},
                 %eps: tensor<f64> {case.value = dense<1.0e-08> : tensor<f64>},
                 %c1: tensor<f64> {case.value = dense<0.6513215599> : tensor<f64>},
                 %c2: tensor<f64> {case.value = dense<0.009955119790251765> : tensor<f64>},
                 %wd: tensor<f64> {case.value = dense<0.1> : tensor<f64>})
    -> (tensor<3xf32> {case.expect = dense<[0.99774135, -1.99810355, 0.499621029]> : tensor<3xf32>},
        tensor<3xf32> {case.expect = dense<[0.15, -0.175, 0.175]> : tensor<3xf32>},
        tensor<3xf32> {case.expect = dense<[0.01035, 0.0199825, 0.5004025]> : tensor<3xf32>}) {
  %y, %y1, %y2 = weft.adam_update %w, %g, %m, %v lr(%lr) betas(%b1, %b2) eps(%eps)
        bias_corrections(%c1, %c2) weight_decay(%wd) : tensor<3xf32>
  return %y, %y1, %y2 : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}
