// RUN: weft-opt %s --weft-check-op-cases -o /dev/null

// Of truth values.

func.func @values(%a: tensor<4xi1> {case.value = dense<[true, true, false, false]> : tensor<4xi1>},
                  %b: tensor<4xi1> {case.value = dense<[true, false, true, false]> : tensor<4xi1>})
    -> (tensor<4xi1> {case.expect = dense<[true, true, true, false]> : tensor<4xi1>}) {
  %y = weft.or %a, %b : tensor<4xi1>
  return %y : tensor<4xi1>
}

func.func @dynamic(%a: tensor<?x2xi1> {case.value = dense<[[true, true], [false, false]]> : tensor<2x2xi1>},
                   %b: tensor<?x2xi1> {case.value = dense<[[true, false], [true, false]]> : tensor<2x2xi1>})
    -> (tensor<?x2xi1> {case.expect = dense<[[true, true], [true, false]]> : tensor<2x2xi1>}) {
  %y = weft.or %a, %b : tensor<?x2xi1>
  return %y : tensor<?x2xi1>
}
