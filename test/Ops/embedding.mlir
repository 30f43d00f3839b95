// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Rows of a table: values of torch.nn.functional.embedding.

func.func @rows(%i: tensor<?x3xi64> {case.value = dense<[[0, 4, 2], [2, 2, 1]]> : tensor<2x3xi64>},
                %t: tensor<5x3xf32> {case.value = dense<[[-1.11, 0.35, -0.77], [-0.15, 0.63, 1.09], [0.09, 1.24, -1.35], [0.51, -0.69, -0.17], [-1.0, -1.65, 0.81]]> : tensor<5x3xf32>})
    -> (tensor<?x3x3xf32> {case.expect = dense<[[[-1.11, 0.35, -0.77], [-1.0, -1.65, 0.81], [0.09, 1.24, -1.35]], [[0.09, 1.24, -1.35], [0.09, 1.24, -1.35], [-0.15, 0.63, 1.09]]]> : tensor<2x3x3xf32>}) {
  %y = weft.embedding %i, %t : (tensor<?x3xi64>, tensor<5x3xf32>) -> tensor<?x3x3xf32>
  return %y : tensor<?x3x3xf32>
}

func.func @two_dynamic(%i: tensor<?x?xi32> {case.value = dense<[[0, 4, 2], [2, 2, 1]]> : tensor<2x3xi32>},
                       %t: tensor<5x3xf32> {case.value = dense<[[-1.11, 0.35, -0.77], [-0.15, 0.63, 1.09], [0.09, 1.24, -1.35], [0.51, -0.69, -0.17], [-1.0, -1.65, 0.81]]> : tensor<5x3xf32>})
    -> (tensor<?x?x3xf32> {case.expect = dense<[[[-1.11, 0.35, -0.77], [-1.0, -1.65, 0.81], [0.09, 1.24, -1.35]], [[0.09, 1.24, -1.35], [0.09, 1.24, -1.35], [-0.15, 0.63, 1.09]]]> : tensor<2x3x3xf32>}) {
  %y = weft.embedding %i, %t padding_idx = 0 : (tensor<?x?xi32>, tensor<5x3xf32>) -> tensor<?x?x3xf32>
  return %y : tensor<?x?x3xf32>
}

func.func @one(%i: tensor<i32> {case.value = dense<3> : tensor<i32>},
               %t: tensor<5x3xf32> {case.value = dense<[[-1.11, 0.35, -0.77], [-0.15, 0.63, 1.09], [0.09, 1.24, -1.35], [0.51, -0.69, -0.17], [-1.0, -1.65, 0.81]]> : tensor<5x3xf32>})
    -> (tensor<3xf32> {case.expect = dense<[0.51, -0.69, -0.17]> : tensor<3xf32>}) {
  %y = weft.embedding %i, %t : (tensor<i32>, tensor<5x3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// Fused with what follows: two tables and their sum.
func.func @sum(%i: tensor<?x3xi32> {case.value = dense<[[0, 4, 2], [2, 2, 1]]> : tensor<2x3xi32>},
               %t: tensor<5x3xf32> {case.value = dense<[[-1.11, 0.35, -0.77], [-0.15, 0.63, 1.09], [0.09, 1.24, -1.35], [0.51, -0.69, -0.17], [-1.0, -1.65, 0.81]]> : tensor<5x3xf32>},
               %j: tensor<?x3xi32> {case.value = dense<[[0, 1, 1], [1, 0, 1]]> : tensor<2x3xi32>},
               %u: tensor<2x3xf32> {case.value = dense<[[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]> : tensor<2x3xf32>})
    -> (tensor<?x3x3xf32> {case.expect = dense<[[[8.89, 20.35, 29.23], [39.0, 48.35, 60.81], [40.09, 51.24, 58.65]], [[40.09, 51.24, 58.65], [10.09, 21.24, 28.65], [39.85, 50.63, 61.09]]]> : tensor<2x3x3xf32>}) {
  %a = weft.embedding %i, %t : (tensor<?x3xi32>, tensor<5x3xf32>) -> tensor<?x3x3xf32>
  %b = weft.embedding %j, %u : (tensor<?x3xi32>, tensor<2x3xf32>) -> tensor<?x3x3xf32>
  %y = weft.add %a, %b : tensor<?x3x3xf32>
  return %y : tensor<?x3x3xf32>
}

// Rows that a normalization reads: one kernel.
func.func @normalized(%i: tensor<?x3xi32> {case.value = dense<[[0, 4, 2], [2, 2, 1]]> : tensor<2x3xi32>},
                      %t: tensor<5x3xf32> {case.value = dense<[[-1.11, 0.35, -0.77], [-0.15, 0.63, 1.09], [0.09, 1.24, -1.35], [0.51, -0.69, -0.17], [-1.0, -1.65, 0.81]]> : tensor<5x3xf32>})
    -> (tensor<?x3x3xf32> {case.expect = dense<[[[-0.961908267, 1.37873518, -0.416826916], [-0.371491792, -0.995982305, 1.3674741], [0.0912315591, 1.17657252, -1.26780408]], [[0.0912315591, 1.17657252, -1.26780408], [0.0912315591, 1.17657252, -1.26780408], [-1.315552, 0.208404277, 1.10714772]]]> : tensor<2x3x3xf32>}) attributes {case.tolerance = 1.0e-5} {
  %w = weft.constant dense<1.0> : tensor<3xf32>
  %a = weft.embedding %i, %t : (tensor<?x3xi32>, tensor<5x3xf32>) -> tensor<?x3x3xf32>
  %y = weft.layer_norm %a, %w : (tensor<?x3x3xf32>, tensor<3xf32>) -> tensor<?x3x3xf32>
  return %y : tensor<?x3x3xf32>
}

// Positions that count up: the first rows of the table.
func.func @positions(%x: tensor<?x3xi32> {case.value = dense<0> : tensor<2x3xi32>},
                     %t: tensor<5x3xf32> {case.value = dense<[[-1.11, 0.35, -0.77], [-0.15, 0.63, 1.09], [0.09, 1.24, -1.35], [0.51, -0.69, -0.17], [-1.0, -1.65, 0.81]]> : tensor<5x3xf32>})
    -> (tensor<?x3x3xf32> {case.expect = dense<[[[-1.11, 0.35, -0.77], [-0.15, 0.63, 1.09], [0.09, 1.24, -1.35]], [[-1.11, 0.35, -0.77], [-0.15, 0.63, 1.09], [0.09, 1.24, -1.35]]]> : tensor<2x3x3xf32>}) {
  %i = weft.iota like %x dim = 1 : tensor<?x3xi32> -> tensor<?x3xi32>
  %y = weft.embedding %i, %t : (tensor<?x3xi32>, tensor<5x3xf32>) -> tensor<?x3x3xf32>
  return %y : tensor<?x3x3xf32>
}

func.func @gradient(%i: tensor<?x3xi64> {case.range = [0, 4]}, %t: tensor<4x2xf32>)
    -> tensor<?x3x2xf32> attributes {case.gradient = 2} {
  %y = weft.embedding %i, %t : (tensor<?x3xi64>, tensor<4x2xf32>) -> tensor<?x3x2xf32>
  return %y : tensor<?x3x2xf32>
}
