// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// One of two, element by element.

// What is not chosen does not matter, NaN included.
func.func @values(%c: tensor<4xi1> {case.value = dense<[true, false, true, false]> : tensor<4xi1>},
                  %a: tensor<4xf32> {case.value = dense<[1.0, 2.0, 0x7FC00000, 4.0]> : tensor<4xf32>},
                  %b: tensor<4xf32> {case.value = dense<[-1.0, -2.0, -3.0, 0x7FC00000]> : tensor<4xf32>})
    -> (tensor<4xf32> {case.expect = dense<[1.0, -2.0, 0x7FC00000, 0x7FC00000]> : tensor<4xf32>}) {
  %y = weft.select %c, %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @integers(%c: tensor<4xi1> {case.value = dense<[true, false, true, false]> : tensor<4xi1>},
                    %a: tensor<4xi64> {case.value = dense<[1, 2, 3, 4]> : tensor<4xi64>},
                    %b: tensor<4xi64> {case.value = dense<[-1, -2, -3, -4]> : tensor<4xi64>})
    -> (tensor<4xi64> {case.expect = dense<[1, -2, 3, -4]> : tensor<4xi64>}) {
  %y = weft.select %c, %a, %b : tensor<4xi64>
  return %y : tensor<4xi64>
}

func.func @truth(%c: tensor<4xi1> {case.value = dense<[true, false, true, false]> : tensor<4xi1>},
                 %a: tensor<4xi1> {case.value = dense<[true, true, false, false]> : tensor<4xi1>},
                 %b: tensor<4xi1> {case.value = dense<[false, false, true, true]> : tensor<4xi1>})
    -> (tensor<4xi1> {case.expect = dense<[true, false, false, true]> : tensor<4xi1>}) {
  %y = weft.select %c, %a, %b : tensor<4xi1>
  return %y : tensor<4xi1>
}

func.func @gradient(%c: tensor<?x3xi1>, %a: tensor<?x3xf32>, %b: tensor<?x3xf32>)
    -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.select %c, %a, %b : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
