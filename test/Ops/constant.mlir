// RUN: weft-opt %s --weft-check-op-cases -o /dev/null

// A tensor known at compile time.

func.func @values() -> (tensor<2xf32> {case.expect = dense<[0.5, -1.0]> : tensor<2xf32>}) {
  %y = weft.constant dense<[0.5, -1.0]> : tensor<2xf32>
  return %y : tensor<2xf32>
}

func.func @splat() -> (tensor<2x2xi64> {case.expect = dense<[[3, 3], [3, 3]]> : tensor<2x2xi64>}) {
  %y = weft.constant dense<3> : tensor<2x2xi64>
  return %y : tensor<2x2xi64>
}

func.func @bf16() -> (tensor<bf16> {case.expect = dense<3.1406> : tensor<bf16>}) {
  %y = weft.constant dense<3.140625> : tensor<bf16>
  return %y : tensor<bf16>
}

func.func @truth() -> (tensor<2xi1> {case.expect = dense<[true, false]> : tensor<2xi1>}) {
  %y = weft.constant dense<[true, false]> : tensor<2xi1>
  return %y : tensor<2xi1>
}
