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

// -----

func.func @layer_norm_weight(%x: tensor<?x3x4xf32>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'weft.layer_norm' op expected a weight with the last dimensions of 'tensor<?x3x4xf32>', all static, got 'tensor<3xf32>' (layer_norm_c1)}}
  %y = weft.layer_norm %x, %w : (tensor<?x3x4xf32>, tensor<3xf32>) -> tensor<?x3x4xf32>
  return
}

// -----

func.func @layer_norm_bias(%x: tensor<?x4xf32>, %w: tensor<4xf32>, %b: tensor<1xf32>) {
  // expected-error @+1 {{'weft.layer_norm' op expected a bias of the type of weight, 'tensor<4xf32>', got 'tensor<1xf32>' (layer_norm_c2)}}
  %y = weft.layer_norm %x, %w, %b : (tensor<?x4xf32>, tensor<4xf32>, tensor<1xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @layer_norm_eps(%x: tensor<?x4xf32>, %w: tensor<4xf32>) {
  // expected-error @+1 {{'weft.layer_norm' op expected eps of at least 0, got -1.000000e+00 (layer_norm_c3)}}
  %y = weft.layer_norm %x, %w eps = -1.0 : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @rms_norm_weight(%x: tensor<?x4xf32>, %w: tensor<?x4xf32>) {
  // expected-error @+1 {{'weft.rms_norm' op expected a weight with the last dimensions of 'tensor<?x4xf32>', all static, got 'tensor<?x4xf32>' (rms_norm_c1)}}
  %y = weft.rms_norm %x, %w : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @rms_norm_eps(%x: tensor<?x4xf32>, %w: tensor<4xf32>) {
  // expected-error @+1 {{'weft.rms_norm' op expected eps of at least 0, got -1.000000e+00 (rms_norm_c2)}}
  %y = weft.rms_norm %x, %w eps = -1.0 : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return
}
