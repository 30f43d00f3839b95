// RUN: weft-opt %s --weft-evaluate="function=main" --split-input-file --verify-diagnostics

weft.model @gradient {
  weft.parameter @w : tensor<f32> = #weft.constant<1.0>
  func.func @loss() -> tensor<f32> {
    %w = weft.read @w : tensor<f32>
    return %w : tensor<f32>
  }
  func.func @main() -> tensor<f32> {
    // expected-error @below {{'weft.value_and_grad' op cannot be evaluated: expected it to be expanded by --weft-differentiate first}}
    %l, %g = weft.value_and_grad @loss() wrt [@w] : () -> (tensor<f32>, tensor<f32>)
    return %g : tensor<f32>
  }
}

// -----

func.func @main() -> tensor<f32> {
  // expected-error @below {{'arith.constant' op cannot be evaluated: expected a call, access to storage or an op that implements ReferenceOpInterface}}
  %c = arith.constant dense<1.0> : tensor<f32>
  return %c : tensor<f32>
}

// -----

func.func @main() -> tensor<f32> {
  // expected-error @below {{'func.call' op cannot be evaluated: calls are nested more than 256 deep (is @main recursive?)}}
  %c = call @main() : () -> tensor<f32>
  return %c : tensor<f32>
}

// -----

// expected-error @below {{cannot be evaluated: expected a body}}
func.func private @external() -> tensor<f32>
func.func @main() -> tensor<f32> {
  %c = call @external() : () -> tensor<f32>
  return %c : tensor<f32>
}

// -----

// expected-error @below {{weft-evaluate: expected a function @main}}
module {
}

// -----

// expected-error @below {{argument 0: expected a tensor, got 'index'}}
func.func @main(%i: index) -> index {
  return %i : index
}

// -----

// The op's own error: a label out of range.
func.func @main(%x: tensor<1x3xf32>, %l: tensor<1xi64> {case.value = dense<3> : tensor<1xi64>}) -> tensor<f32> {
  // expected-error @below {{expected}}
  %c = weft.cross_entropy %x, %l : (tensor<1x3xf32>, tensor<1xi64>) -> tensor<f32>
  return %c : tensor<f32>
}
