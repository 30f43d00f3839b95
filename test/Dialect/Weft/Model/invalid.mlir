// RUN: weft-opt %s --split-input-file --verify-diagnostics

weft.model @m {
  // expected-error @+1 {{expected a parameter, a buffer or a function in a model, got 'arith.constant'}}
  %0 = arith.constant 1.0 : f32
}

// -----

weft.model @m {
  // expected-error @+1 {{expected a static shape, got 'tensor<?xf32>'}}
  weft.parameter @p : tensor<?xf32> = #weft.constant<0>
}

// -----

weft.model @m {
  // expected-error @+1 {{expected an initializer of type 'tensor<2xf32>', got 'tensor<3xf32>'}}
  weft.parameter @p : tensor<2xf32> = dense<0.0> : tensor<3xf32>
}

// -----

weft.model @m {
  // expected-error @+1 {{expected an initializer (#weft.kaiming_uniform, #weft.uniform, #weft.normal, #weft.truncated_normal, #weft.constant or dense<...>), got 3 : i64}}
  weft.buffer @p : tensor<2xf32> = 3
}

// -----

// parameter_c1
weft.model @m {
  // expected-error @+1 {{expected a zero_row below the 4 rows of 'tensor<4x2xf32>', got 4}}
  weft.parameter @p : tensor<4x2xf32> = #weft.normal<zero_row = 4>
}

// -----

// parameter_c1
weft.model @m {
  // expected-error @+1 {{expected a zero_row below the 0 rows of 'tensor<f32>', got 0}}
  weft.parameter @p : tensor<f32> = #weft.normal<zero_row = 0>
}

// -----

weft.model @m {
  weft.parameter @w : tensor<4xf32> = #weft.constant<0>
  func.func @f() -> tensor<5xf32> {
    // expected-error @+1 {{expected type 'tensor<4xf32>', as @w is declared, got 'tensor<5xf32>'}}
    %r = weft.read @w : tensor<5xf32>
    return %r : tensor<5xf32>
  }
}

// -----

weft.model @m {
  func.func @f() -> tensor<5xf32> {
    // expected-error @+1 {{expected a parameter or buffer of the model, got @f}}
    %r = weft.read @f : tensor<5xf32>
    return %r : tensor<5xf32>
  }
}

// -----

weft.model @m {
  weft.parameter @w : tensor<4xf32> = #weft.constant<0>
  func.func @f(%x: tensor<4xf32>) {
    // expected-error @+1 {{expected a buffer of the model, got @w}}
    weft.write @w, %x : tensor<4xf32>
    return
  }
}

// -----

weft.model @m {
  weft.buffer @b : tensor<3xf32> = #weft.constant<0>
  func.func @f(%x: tensor<4xf32>) {
    // expected-error @+1 {{expected type 'tensor<3xf32>', as @b is declared, got 'tensor<4xf32>'}}
    weft.write @b, %x : tensor<4xf32>
    return
  }
}

// -----

weft.model @m {
  func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
    return %x : tensor<4xf32>
  }
  func.func @g(%x: tensor<4xf32>) {
    // expected-error @+1 {{expected a callee whose first result is a floating-point scalar, got}}
    %r:2 = weft.value_and_grad @f(%x) wrt [0] : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    return
  }
}

// -----

weft.model @m {
  func.func private @f(%x: tensor<4xf32>) -> tensor<f32>
  func.func @g(%x: tensor<4xf32>) {
    // expected-error @+1 {{wrt: expected a parameter or the number of one of the 1 operands, got 1}}
    %r:2 = weft.value_and_grad @f(%x) wrt [1] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
    return
  }
}

// -----

weft.model @m {
  func.func private @f(%x: tensor<4xi64>) -> tensor<f32>
  func.func @g(%x: tensor<4xi64>) {
    // expected-error @+1 {{wrt: expected a floating-point tensor, got 0 : i64 of type 'tensor<4xi64>'}}
    %r:2 = weft.value_and_grad @f(%x) wrt [0] : (tensor<4xi64>) -> (tensor<f32>, tensor<4xi64>)
    return
  }
}

// -----

weft.model @m {
  func.func private @k(%x: tensor<4xf32>) -> tensor<f32>
  func.func @g(%x: tensor<4xf32>) {
    // expected-error @+1 {{of @k, got}}
    %r = weft.dispatch @k(%x) : (tensor<4xf32>) -> tensor<4xf32>
    return
  }
}

// -----

weft.model @m {
  // expected-error @+1 {{argument 0: attribute 'weft.input' expected a string, got 3 : i64}}
  func.func private @f(%x: tensor<4xf32> {weft.input = 3})
}

// -----

weft.model @m {
  // expected-error @+1 {{argument 0: attribute 'weft.dims' expected at most 1 strings, got}}
  func.func private @f(%x: tensor<4xf32> {weft.dims = ["a", "b"]})
}

// -----

// expected-error @+1 {{expected labels that are strings of one character or more, got ["O", ""]}}
weft.model @m attributes {task = #weft.task<token_classification, labels = ["O", ""]>} {
}
