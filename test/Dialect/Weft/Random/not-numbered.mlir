// RUN: weft-opt %s --split-input-file --verify-diagnostics --weft-differentiate --weft-evaluate -o /dev/null

// A dropout draws nothing before it has got its id.

func.func @evaluate() -> tensor<4xf32> {
  %x = weft.constant dense<1.0> : tensor<4xf32>
  // expected-error @+1 {{'weft.dropout' op expected an id and the numbers of the step, got none: the op is not numbered yet (weft-flatten-model does it)}}
  %y = weft.dropout %x p = 0.5 : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

weft.model @m {
  func.func @sum(%x: tensor<4xf32>) -> tensor<f32> {
    // expected-error @+1 {{'weft.dropout' op expected an id before differentiation, got none: the op is not numbered yet (weft-flatten-model does it)}}
    %y = weft.dropout %x p = 0.5 : tensor<4xf32>
    %s = weft.reduce_sum %y dims = [0] : tensor<4xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  func.func @gradient(%x: tensor<4xf32>) -> tensor<4xf32> {
    // expected-remark @+1 {{while differentiating @sum here}}
    %s, %dx = weft.value_and_grad @sum(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
    return %dx : tensor<4xf32>
  }
}
