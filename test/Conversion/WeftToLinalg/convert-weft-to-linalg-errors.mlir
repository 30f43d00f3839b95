// RUN: weft-opt %s --convert-weft-to-linalg --verify-diagnostics

func.func @composite(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'weft.silu' op expected primitives only, decompose first}}
  %y = weft.silu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
