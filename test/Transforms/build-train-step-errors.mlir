// RUN: weft-opt %s --weft-build-train-step --split-input-file --verify-diagnostics
// RUN: not weft-opt %s --split-input-file --weft-build-train-step="optimizer=adagrad" 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// UNKNOWN: expected an optimizer (sgd, adam, adamw, or an attribute such as #weft.sgd<momentum = 0.9>), got 'adagrad'

// expected-error @below {{expected a function @loss for the optimizer #weft.sgd}}
weft.model @no_loss attributes {optimizer = #weft.sgd<>} {
  func.func @logits(%x: tensor<4xf32> {weft.input = "x"}) -> tensor<4xf32> {
    return %x : tensor<4xf32>
  }
}

// -----

weft.model @not_scalar attributes {optimizer = #weft.sgd<>} {
  // expected-error @below {{expected a floating-point scalar, such as tensor<f32>, as its first result, got 'tensor<4xf32>'}}
  func.func @loss(%x: tensor<4xf32> {weft.input = "x"}) -> tensor<4xf32> {
    return %x : tensor<4xf32>
  }
}

// -----

weft.model @not_float {
  // expected-error @below {{expected a floating-point scalar, such as tensor<f32>, as its first result, got 'tensor<i64>'}}
  func.func @loss(%x: tensor<i64> {weft.input = "x"}) -> tensor<i64> {
    return %x : tensor<i64>
  }
}

// -----

weft.model @not_flat attributes {optimizer = #weft.sgd<>} {
  weft.parameter @w : tensor<f32> = #weft.constant<1.0>
  func.func @loss() -> tensor<f32> {
    // expected-error @below {{expected a flat function without gradients to expand; run weft-flatten-model and weft-differentiate first}}
    %w = weft.read @w : tensor<f32>
    return %w : tensor<f32>
  }
}

// -----

weft.model @nothing_to_train attributes {optimizer = #weft.sgd<>} {
  weft.parameter @w : tensor<f32> = #weft.constant<1.0>
  // expected-error @below {{expected a loss that depends on a trainable parameter}}
  func.func @loss(%x: tensor<f32> {weft.input = "x"}) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

weft.model @input_types {
  // expected-error @below {{argument 0: expected type 'tensor<4xf32>', which input "x" has in @loss, got 'tensor<8xf32>'}}
  func.func @logits(%x: tensor<8xf32> {weft.input = "x"}) -> tensor<8xf32> {
    return %x : tensor<8xf32>
  }
  func.func @loss(%x: tensor<4xf32> {weft.input = "x"}) -> tensor<f32> {
    %s = weft.reduce_sum %x dims = [0] : tensor<4xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
}

// -----

weft.model @unnamed_input {
  // expected-error @below {{argument 0: expected a name (weft.input), as weft-flatten-model gives it, got none}}
  func.func @logits(%x: tensor<8xf32>) -> tensor<8xf32> {
    return %x : tensor<8xf32>
  }
}
