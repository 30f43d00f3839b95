// RUN: weft-opt %s --split-input-file --verify-diagnostics

func.func @classes(%x: tensor<f32>, %labels: tensor<i64>) {
  // expected-error @+2 {{'weft.cross_entropy' op expected logits of rank at least 1 with classes, not the batch, as the last dimension, got 'tensor<f32>' (cross_entropy_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = weft.cross_entropy %x, %labels : (tensor<f32>, tensor<i64>) -> tensor<f32>
  return
}

// -----

func.func @dynamic_classes(%x: tensor<?xf32>, %labels: tensor<i64>) {
  // expected-error @+2 {{expected logits of rank at least 1 with classes, not the batch, as the last dimension, got 'tensor<?xf32>' (cross_entropy_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = weft.cross_entropy %x, %labels : (tensor<?xf32>, tensor<i64>) -> tensor<f32>
  return
}

// -----

func.func @labels(%x: tensor<?x10xf32>, %labels: tensor<8xi64>) {
  // expected-error @+2 {{expected labels of the shape of logits without the last dimension, 'tensor<?xi64>', got 'tensor<8xi64>' (cross_entropy_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = weft.cross_entropy %x, %labels : (tensor<?x10xf32>, tensor<8xi64>) -> tensor<f32>
  return
}

// -----

func.func @smoothed_twice(%x: tensor<?x10xf32>, %labels: tensor<?xi64>, %s: tensor<f64>) {
  // expected-error @+1 {{'weft.cross_entropy' op expected label_smoothing 0 beside the operand smoothing, got 1.000000e-01 (cross_entropy_c5)}}
  %0 = weft.cross_entropy %x, %labels smoothing %s label_smoothing = 0.1 : (tensor<?x10xf32>, tensor<?xi64>, tensor<f64>) -> tensor<f32>
  return
}

// -----

func.func @smoothing(%x: tensor<?x10xf32>, %labels: tensor<?xi64>) {
  // expected-error @+1 {{'weft.cross_entropy' op expected label_smoothing in [0, 1], got 1.500000e+00 (cross_entropy_c3)}}
  %0 = weft.cross_entropy %x, %labels label_smoothing = 1.5 : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<f32>
  return
}

// -----

func.func @reduction(%x: tensor<?x10xf32>, %labels: tensor<?xi64>) {
  // expected-error @+2 {{expected ::weft::LossReduction to be one of: mean, sum, none}}
  // expected-error @+1 {{failed to parse}}
  %0 = weft.cross_entropy %x, %labels reduction = max : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<f32>
  return
}

// -----

func.func @result(%x: tensor<?x10xf32>, %labels: tensor<?xi64>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = weft.cross_entropy %x, %labels reduction = none : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<f32>
  return
}

// -----

func.func @shapes(%x: tensor<?x10xf32>, %t: tensor<?x1xf32>) {
  // expected-error @+1 {{'weft.mse_loss' op requires all operands to have the same type}}
  %0 = weft.mse_loss %x, %t : (tensor<?x10xf32>, tensor<?x1xf32>) -> tensor<f32>
  return
}

// -----

func.func @l1_result(%x: tensor<?x10xf32>, %t: tensor<?x10xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<f32>' are incompatible with return type(s) of operation 'tensor<?xf32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = weft.l1_loss %x, %t : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<?xf32>
  return
}

// -----

func.func @binary_integers(%x: tensor<?xf32>, %t: tensor<?xi32>) {
  // expected-error @+1 {{operand #1 must be ranked tensor of floating-point element values, but got 'tensor<?xi32>'}}
  %0 = weft.binary_cross_entropy_with_logits %x, %t : (tensor<?xf32>, tensor<?xi32>) -> tensor<f32>
  return
}
