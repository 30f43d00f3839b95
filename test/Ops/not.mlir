// RUN: weft-opt %s --weft-check-op-cases -o /dev/null

// Of truth values.

func.func @values(%a: tensor<4xi1> {case.value = dense<[true, true, false, false]> : tensor<4xi1>})
    -> (tensor<4xi1> {case.expect = dense<[false, false, true, true]> : tensor<4xi1>}) {
  %y = weft.not %a : tensor<4xi1>
  return %y : tensor<4xi1>
}

func.func @dynamic(%a: tensor<?x2xi1> {case.value = dense<[[true, true], [false, false]]> : tensor<2x2xi1>})
    -> (tensor<?x2xi1> {case.expect = dense<[[false, false], [true, true]]> : tensor<2x2xi1>}) {
  %y = weft.not %a : tensor<?x2xi1>
  return %y : tensor<?x2xi1>
}
