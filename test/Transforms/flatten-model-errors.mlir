// RUN: weft-opt %s --weft-flatten-model --split-input-file --verify-diagnostics

weft.model @recursion {
  func.func @a(%x: tensor<f32>) -> tensor<f32> {
    %y = call @b(%x) : (tensor<f32>) -> tensor<f32>
    return %y : tensor<f32>
  }
  func.func @b(%x: tensor<f32>) -> tensor<f32> {
    // expected-error @below {{expected calls without recursion, got @a -> @b -> @a}}
    %y = call @a(%x) : (tensor<f32>) -> tensor<f32>
    return %y : tensor<f32>
  }
}

// -----

weft.model @recursive_gradient {
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    // expected-error @below {{expected calls without recursion, got @f -> @f}}
    %y, %dx = weft.value_and_grad @f(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
    return %dx : tensor<f32>
  }
}

// -----

weft.model @external {
  func.func private @elsewhere(tensor<f32>) -> tensor<f32>
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    // expected-error @below {{expected a function of the model with a body, got @elsewhere}}
    %y = call @elsewhere(%x) : (tensor<f32>) -> tensor<f32>
    return %y : tensor<f32>
  }
}

// -----

weft.model @control_flow {
  // expected-error @below {{expected straight-line code (one block), got 2 blocks}}
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    cf.br ^exit
  ^exit:
    return %x : tensor<f32>
  }
}

// -----

weft.model @names {
  // expected-error @below {{expected inputs of different names, got "x" for arguments 0 and 1}}
  func.func @f(%a: tensor<f32> {weft.input = "x"}, %b: tensor<f32> {weft.input = "x"}) -> tensor<f32> {
    return %a : tensor<f32>
  }
}
