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

// expected-error @below {{cannot be evaluated: argument 0: expected a ranked tensor of f32, f64, bf16, f16, i64, i32, i8 or i1, got 'index'}}
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

// -----

// expected-error @below {{cannot be evaluated: expected straight-line code (one block), got 2 blocks}}
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  cf.br ^exit
^exit:
  return %x : tensor<2xf32>
}

// -----

// expected-error @below {{cannot be evaluated: argument 0: expected dimensions of at least 1, got 'tensor<0xf32>'}}
func.func @main(%x: tensor<0xf32>) -> tensor<0xf32> {
  return %x : tensor<0xf32>
}

// -----

// More than is held.
// expected-error @below {{cannot be evaluated: expected at most 134217728 elements in all values, got 268435456}}
func.func @main(%x: tensor<268435456xf32>) -> tensor<268435456xf32> {
  return %x : tensor<268435456xf32>
}

// -----

func.func @main(%x: tensor<1xf32>) -> tensor<1048576x1048576xf32> {
  // expected-error @below {{cannot be evaluated: expected at most 134217728 elements in all values, got 1099511627776}}
  %y = weft.broadcast %x dims = [0] : tensor<1xf32> -> tensor<1048576x1048576xf32>
  return %y : tensor<1048576x1048576xf32>
}

// -----

weft.model @m {
  // expected-error @below {{cannot be evaluated: expected at most 134217728 elements in all values, got 1099511627776}}
  weft.parameter @p : tensor<1048576x1048576xf32> = #weft.constant<0.0>
  func.func @main() {
    return
  }
}
