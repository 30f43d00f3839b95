// RUN: weft-opt %s --split-input-file --verify-diagnostics

func.func @buffer_without_momentum(%w: tensor<4xf32>, %n: tensor<f64>) {
  // expected-error @+1 {{'weft.sgd_update' op expected a momentum buffer and a momentum, or neither (sgd_update_c2)}}
  %0:2 = "weft.sgd_update"(%w, %w, %n, %w) {operandSegmentSizes = array<i32: 1, 1, 1, 0, 1, 0, 0, 0>}
      : (tensor<4xf32>, tensor<4xf32>, tensor<f64>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @dampening_without_step(%w: tensor<4xf32>, %n: tensor<f64>) {
  // expected-error @+1 {{'weft.sgd_update' op expected a dampening and a step, or neither (sgd_update_c2)}}
  %0:2 = "weft.sgd_update"(%w, %w, %n, %w, %n, %n) {operandSegmentSizes = array<i32: 1, 1, 1, 0, 1, 1, 1, 0>}
      : (tensor<4xf32>, tensor<4xf32>, tensor<f64>, tensor<4xf32>, tensor<f64>, tensor<f64>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @nesterov_without_momentum(%w: tensor<4xf32>, %n: tensor<f64>) {
  // expected-error @+1 {{'weft.sgd_update' op expected momentum with nesterov, got none (sgd_update_c2)}}
  %0 = weft.sgd_update %w, %w lr(%n) nesterov : tensor<4xf32>
  return
}

// -----

func.func @dampening_without_momentum(%w: tensor<4xf32>, %n: tensor<f64>, %step: tensor<i64>) {
  // expected-error @+1 {{'weft.sgd_update' op expected momentum with dampening, got none (sgd_update_c2)}}
  %0 = weft.sgd_update %w, %w lr(%n) dampening(%n, %step) : tensor<4xf32>
  return
}

// -----

func.func @dampened_nesterov(%w: tensor<4xf32>, %n: tensor<f64>, %step: tensor<i64>) {
  // expected-error @+1 {{'weft.sgd_update' op expected nesterov without dampening, got both (sgd_update_c2)}}
  %0:2 = weft.sgd_update %w, %w lr(%n) momentum(%w, %n) dampening(%n, %step) nesterov : tensor<4xf32>
  return
}

// -----

func.func @gradient_type(%w: tensor<4xf32>, %g: tensor<5xf32>, %n: tensor<f64>) {
  // expected-error @+1 {{failed to verify that all of {parameter, gradient} have same type}}
  %0 = "weft.sgd_update"(%w, %g, %n) {operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0, 0>}
      : (tensor<4xf32>, tensor<5xf32>, tensor<f64>) -> tensor<4xf32>
  return
}

// -----

func.func @buffer_type(%w: tensor<4xf32>, %b: tensor<5xf32>, %n: tensor<f64>) {
  // expected-error @+1 {{momentum buffer has the parameter's type}}
  %0:2 = "weft.sgd_update"(%w, %w, %n, %b, %n) {operandSegmentSizes = array<i32: 1, 1, 1, 0, 1, 1, 0, 0>}
      : (tensor<4xf32>, tensor<4xf32>, tensor<f64>, tensor<5xf32>, tensor<f64>) -> (tensor<4xf32>, tensor<5xf32>)
  return
}

// -----

func.func @scalar_type(%w: tensor<4xf32>, %n: tensor<f32>) {
  // expected-error @+1 {{operand #2 must be tensor<f64>, but got 'tensor<f32>'}}
  %0 = "weft.sgd_update"(%w, %w, %n) {operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0, 0>}
      : (tensor<4xf32>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return
}

// -----

func.func @state_type(%w: tensor<4xf32>, %v: tensor<4xbf16>, %n: tensor<f64>) {
  // expected-error @+1 {{failed to verify that all of {parameter, gradient, exp_avg, exp_avg_sq, new_parameter, new_exp_avg, new_exp_avg_sq} have same type}}
  %0:3 = "weft.adam_update"(%w, %w, %w, %v, %n, %n, %n, %n, %n, %n)
      : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xbf16>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>)
      -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// expected-error @+1 {{expected lr to be finite, at least 0 and at most 2^53, got -1.000000e-01}}
weft.model @m attributes {optimizer = #weft.sgd<lr = -0.1>} {
}

// -----

// expected-error @+1 {{expected momentum to be finite, at least 0 and at most 2^53, got -1}}
weft.model @m attributes {optimizer = #weft.sgd<momentum = -1>} {
}

// -----

// expected-error @+1 {{expected a momentum above 0 and no dampening with nesterov, got momentum 0.000000e+00 and dampening 0.000000e+00}}
weft.model @m attributes {optimizer = #weft.sgd<nesterov = true>} {
}

// -----

// expected-error @+1 {{expected weight_decay to be finite, at least 0 and at most 2^53, got -2}}
weft.model @m attributes {optimizer = #weft.adam<weight_decay = -2>} {
}

// -----

// expected-error @+1 {{expected eps to be finite, at least 0 and at most 2^53, got -1}}
weft.model @m attributes {optimizer = #weft.adamw<eps = -1>} {
}

// -----

// expected-error @+1 {{expected beta1 in [0, 1), got 1}}
weft.model @m attributes {optimizer = #weft.adam<beta1 = 1>} {
}

// -----

// expected-error @+1 {{expected beta2 in [0, 1), got 1.5}}
weft.model @m attributes {optimizer = #weft.adamw<beta2 = 1.5>} {
}
