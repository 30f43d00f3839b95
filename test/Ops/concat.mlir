// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Tensors one after the other.

func.func @columns(%a: tensor<?x2xf32> {case.value = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>},
                   %b: tensor<?x1xf32> {case.value = dense<[[5.0], [6.0]]> : tensor<2x1xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[1.0, 2.0, 5.0], [3.0, 4.0, 6.0]]> : tensor<2x3xf32>}) {
  %y = weft.concat %a, %b dim = 1 : tensor<?x2xf32>, tensor<?x1xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @rows(%a: tensor<2x2xf32> {case.value = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>},
                %b: tensor<1x2xf32> {case.value = dense<[[11.0, 12.0]]> : tensor<1x2xf32>},
                %c: tensor<2x2xf32> {case.value = dense<[[-9.0, -8.0], [-7.0, -6.0]]> : tensor<2x2xf32>})
    -> (tensor<5x2xf32> {case.expect = dense<[[1.0, 2.0], [3.0, 4.0], [11.0, 12.0], [-9.0, -8.0], [-7.0, -6.0]]> : tensor<5x2xf32>}) {
  %y = weft.concat %a, %b, %c dim = 0 : tensor<2x2xf32>, tensor<1x2xf32>, tensor<2x2xf32> -> tensor<5x2xf32>
  return %y : tensor<5x2xf32>
}

func.func @one(%a: tensor<2xi64> {case.value = dense<[1, 2]> : tensor<2xi64>})
    -> (tensor<2xi64> {case.expect = dense<[1, 2]> : tensor<2xi64>}) {
  %y = weft.concat %a dim = 0 : tensor<2xi64> -> tensor<2xi64>
  return %y : tensor<2xi64>
}

func.func @gradient(%a: tensor<?x2xf32>, %b: tensor<?x1xf32>)
    -> tensor<?x5xf32> attributes {case.gradient = 2} {
  %y = weft.concat %a, %b, %a dim = 1 : tensor<?x2xf32>, tensor<?x1xf32>, tensor<?x2xf32> -> tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}
