// RUN: weft-opt %s --weft-differentiate --split-input-file --verify-diagnostics

// An op of another dialect has no rule.
weft.model @no_rule {
  func.func private @f(%x: tensor<f32>) -> tensor<f32> {
    // expected-error @below {{'math.cbrt' op has no gradient, but the gradient of a value that depends on it is needed}}
    %y = math.cbrt %x : tensor<f32>
    return %y : tensor<f32>
  }
  func.func @grad(%x: tensor<f32>) -> tensor<f32> {
    // expected-remark @below {{while differentiating @f here}}
    %v, %dx = weft.value_and_grad @f(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
    return %dx : tensor<f32>
  }
}

// -----

// Off the path it needs none.
weft.model @not_needed {
  func.func private @f(%x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> {
    %c = math.cbrt %y : tensor<f32>
    %z = weft.mul %x, %c : tensor<f32>
    return %z : tensor<f32>
  }
  func.func @grad(%x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> {
    %v, %dx = weft.value_and_grad @f(%x, %y) wrt [0]
        : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
    return %dx : tensor<f32>
  }
}
