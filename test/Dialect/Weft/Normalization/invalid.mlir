// RUN: weft-opt %s --split-input-file --verify-diagnostics

func.func @softmax_dim(%x: tensor<?x10xf32>) {
  // expected-error @+1 {{'weft.softmax' op expected dim of an operand of rank 2, got -1 (softmax_c1)}}
  %y = weft.softmax %x dim = -1 : tensor<?x10xf32>
  return
}

// -----

func.func @log_softmax_dim(%x: tensor<f32>) {
  // expected-error @+1 {{'weft.log_softmax' op expected dim of an operand of rank 0, got 0 (log_softmax_c1)}}
  %y = weft.log_softmax %x dim = 0 : tensor<f32>
  return
}

// -----

func.func @softmax_integers(%x: tensor<?x10xi64>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of floating-point element values, but got 'tensor<?x10xi64>'}}
  %y = weft.softmax %x dim = 1 : tensor<?x10xi64>
  return
}
