// RUN: weft-opt %s --split-input-file --verify-diagnostics --weft-evaluate=function=main -o /dev/null

func.func @main() -> tensor<2xi32> {
  %a = weft.constant dense<[1, 2]> : tensor<2xi32>
  %b = weft.constant dense<[1, 0]> : tensor<2xi32>
  // expected-error @+1 {{'weft.div' op expected an integer divisor other than 0, got 0}}
  %y = weft.div %a, %b : tensor<2xi32>
  return %y : tensor<2xi32>
}

// -----

func.func @main(%a: tensor<?xf32> {case.value = dense<[1.0, 2.0]> : tensor<2xf32>},
                %b: tensor<?xf32> {case.value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>}) -> tensor<?xf32> {
  // expected-error @+1 {{'weft.add' op expected operands of the same shape, got [2] and [3]}}
  %y = weft.add %a, %b : tensor<?xf32>
  return %y : tensor<?xf32>
}
