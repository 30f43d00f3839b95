// RUN: weft-opt %s --weft-check-op-cases -o /dev/null

// torch.optim.SGD.

func.func @plain(%w: tensor<3xf32> {case.value = dense<[1.0, -2.0, 0.5]> : tensor<3xf32>},
                 %g: tensor<3xf32> {case.value = dense<[0.5, 0.25, -1.0]> : tensor<3xf32>},
                 %lr: tensor<f64> {case.value = dense<0.1> : tensor<f64>})
    -> (tensor<3xf32> {case.expect = dense<[0.95, -2.025, 0.6]> : tensor<3xf32>}) {
  %y = weft.sgd_update %w, %g lr(%lr) : tensor<3xf32>
  return %y : tensor<3xf32>
}

func.func @decay(%w: tensor<3xf32> {case.value = dense<[1.0, -2.0, 0.5]> : tensor<3xf32>},
                 %g: tensor<3xf32> {case.value = dense<[0.5, 0.25, -1.0]> : tensor<3xf32>},
                 %lr: tensor<f64> {case.value = dense<0.1> : tensor<f64>},
                 %wd: tensor<f64> {case.value = dense<0.01> : tensor<f64>})
    -> (tensor<3xf32> {case.expect = dense<[0.949, -2.023, 0.5995]> : tensor<3xf32>}) {
  %y = weft.sgd_update %w, %g lr(%lr) weight_decay(%wd) : tensor<3xf32>
  return %y : tensor<3xf32>
}

func.func @momentum(%w: tensor<3xf32> {case.value = dense<[1.0, -2.0, 0.5]> : tensor<3xf32>},
                    %g: tensor<3xf32> {case.value = dense<[0.5, 0.25, -1.0]> : tensor<3xf32>},
                    %lr: tensor<f64> {case.value = dense<0.1> : tensor<f64>},
                    %b: tensor<3xf32> {case.value = dense<[0.125, -0.5, 2.0]> : tensor<3xf32>},
                    %mu: tensor<f64> {case.value = dense<0.9> : tensor<f64>})
    -> (tensor<3xf32> {case.expect = dense<[0.93875, -1.98, 0.42]> : tensor<3xf32>},
        tensor<3xf32> {case.expect = dense<[0.6125, -0.2, 0.8]> : tensor<3xf32>}) {
  %y, %z = weft.sgd_update %w, %g lr(%lr) momentum(%b, %mu) : tensor<3xf32>
  return %y, %z : tensor<3xf32>, tensor<3xf32>
}

func.func @momentum_decay(%w: tensor<3xf32> {case.value = dense<[1.0, -2.0, 0.5]> : tensor<3xf32>},
                          %g: tensor<3xf32> {case.value = dense<[0.5, 0.25, -1.0]> : tensor<3xf32>},
                          %lr: tensor<f64> {case.value = dense<0.1> : tensor<f64>},
                          %wd: tensor<f64> {case.value = dense<0.01> : tensor<f64>},
                          %b: tensor<3xf32> {case.value = dense<[0.125, -0.5, 2.0]> : tensor<3xf32>},
                          %mu: tensor<f64> {case.value = dense<0.9> : tensor<f64>})
    -> (tensor<3xf32> {case.expect = dense<[0.93775, -1.978, 0.4195]> : tensor<3xf32>},
        tensor<3xf32> {case.expect = dense<[0.6225, -0.22, 0.805]> : tensor<3xf32>}) {
  %y, %z = weft.sgd_update %w, %g lr(%lr) weight_decay(%wd) momentum(%b, %mu) : tensor<3xf32>
  return %y, %z : tensor<3xf32>, tensor<3xf32>
}

func.func @nesterov(%w: tensor<3xf32> {case.value = dense<[1.0, -2.0, 0.5]> : tensor<3xf32>},
                    %g: tensor<3xf32> {case.value = dense<[0.5, 0.25, -1.0]> : tensor<3xf32>},
                    %lr: tensor<f64> {case.value = dense<0.1> : tensor<f64>},
                    %wd: tensor<f64> {case.value = dense<0.01> : tensor<f64>},
                    %b: tensor<3xf32> {case.value = dense<[0.125, -0.5, 2.0]> : tensor<3xf32>},
                    %mu: tensor<f64> {case.value = dense<0.9> : tensor<f64>})
    -> (tensor<3xf32> {case.expect = dense<[0.892975, -2.0032, 0.52705]> : tensor<3xf32>},
        tensor<3xf32> {case.expect = dense<[0.6225, -0.22, 0.805]> : tensor<3xf32>}) {
  %y, %z = weft.sgd_update %w, %g lr(%lr) weight_decay(%wd) momentum(%b, %mu) nesterov : tensor<3xf32>
  return %y, %z : tensor<3xf32>, tensor<3xf32>
}

// The first step is not dampened.
func.func @dampened_first(%w: tensor<3xf32> {case.value = dense<[1.0, -2.0, 0.5]> : tensor<3xf32>},
                          %g: tensor<3xf32> {case.value = dense<[0.5, 0.25, -1.0]> : tensor<3xf32>},
                          %lr: tensor<f64> {case.value = dense<0.1> : tensor<f64>},
                          %b: tensor<3xf32> {case.value = dense<[0.0, 0.0, 0.0]> : tensor<3xf32>},
                          %mu: tensor<f64> {case.value = dense<0.9> : tensor<f64>},
                          %d: tensor<f64> {case.value = dense<0.5> : tensor<f64>},
                          %step: tensor<i64> {case.value = dense<1> : tensor<i64>})
    -> (tensor<3xf32> {case.expect = dense<[0.95, -2.025, 0.6]> : tensor<3xf32>},
        tensor<3xf32> {case.expect = dense<[0.5, 0.25, -1.0]> : tensor<3xf32>}) {
  %y, %z = weft.sgd_update %w, %g lr(%lr) momentum(%b, %mu) dampening(%d, %step) : tensor<3xf32>
  return %y, %z : tensor<3xf32>, tensor<3xf32>
}

func.func @dampened(%w: tensor<3xf32> {case.value = dense<[1.0, -2.0, 0.5]> : tensor<3xf32>},
                    %g: tensor<3xf32> {case.value = dense<[0.5, 0.25, -1.0]> : tensor<3xf32>},
                    %lr: tensor<f64> {case.value = dense<0.1> : tensor<f64>},
                    %b: tensor<3xf32> {case.value = dense<[0.125, -0.5, 2.0]> : tensor<3xf32>},
                    %mu: tensor<f64> {case.value = dense<0.9> : tensor<f64>},
                    %d: tensor<f64> {case.value = dense<0.5> : tensor<f64>},
                    %step: tensor<i64> {case.value = dense<2> : tensor<i64>})
    -> (tensor<3xf32> {case.expect = dense<[0.96375, -1.9675, 0.37]> : tensor<3xf32>},
        tensor<3xf32> {case.expect = dense<[0.3625, -0.325, 1.3]> : tensor<3xf32>}) {
  %y, %z = weft.sgd_update %w, %g lr(%lr) momentum(%b, %mu) dampening(%d, %step) : tensor<3xf32>
  return %y, %z : tensor<3xf32>, tensor<3xf32>
}
