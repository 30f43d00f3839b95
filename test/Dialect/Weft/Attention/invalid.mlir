// RUN: weft-opt %s --split-input-file --weft-differentiate --verify-diagnostics

func.func @key(%q: tensor<?x3x2x4xf32>, %k: tensor<?x5x3x4xf32>) {
  // expected-error @+1 {{'weft.attention' op expected query [batch, positions, heads, width], and key and value that differ from it in positions at most, got 'tensor<?x3x2x4xf32>' and 'tensor<?x5x3x4xf32>' (attention_c1)}}
  %y = weft.attention %q, %k, %k : tensor<?x3x2x4xf32>, tensor<?x5x3x4xf32>
  return
}

// -----

func.func @mask(%q: tensor<?x3x2x4xf32>, %k: tensor<?x5x2x4xf32>, %m: tensor<?x3xi32>) {
  // expected-error @+1 {{'weft.attention' op expected a mask of the batch and positions of key 'tensor<?x5x2x4xf32>', got 'tensor<?x3xi32>' (attention_c2)}}
  %y = weft.attention %q, %k, %k mask %m : tensor<?x3x2x4xf32>, tensor<?x5x2x4xf32> mask tensor<?x3xi32>
  return
}

// -----

func.func @bias(%q: tensor<?x3x2x4xf32>, %k: tensor<?x5x2x4xf32>, %b: tensor<1x3x3x5xf32>) {
  // expected-error @+1 {{'weft.attention' op expected a bias with the sizes of 'tensor<?x2x3x5xf32>', or 1, got 'tensor<1x3x3x5xf32>' (attention_c3)}}
  %y = weft.attention %q, %k, %k bias %b : tensor<?x3x2x4xf32>, tensor<?x5x2x4xf32> bias tensor<1x3x3x5xf32>
  return
}

// -----

func.func @probability(%q: tensor<?x3x2x4xf32>, %k: tensor<?x5x2x4xf32>) {
  // expected-error @+1 {{'weft.attention' op expected a probability p with 0 <= p < 1, got 1.000000e+00 (attention_c4)}}
  %y = weft.attention %q, %k, %k p = 1.0 : tensor<?x3x2x4xf32>, tensor<?x5x2x4xf32>
  return
}

// -----

func.func @numbers(%q: tensor<?x3x2x4xf32>, %k: tensor<?x5x2x4xf32>) {
  // expected-error @+1 {{'weft.attention_gradient' op expected all of seed, step, sample offset and id or none of them, got 1 of the 4 (attention_c5)}}
  %a, %b, %c = weft.attention_gradient %q, %k, %k, %q p = 0.5 id = 1 : tensor<?x3x2x4xf32>, tensor<?x5x2x4xf32>
  return
}

// -----

func.func @keys(%q: tensor<?x3x2x4xf32>, %k: tensor<?x65537x2x4xf32>) {
  // expected-error @+1 {{'weft.attention' op expected at most 65536 key positions, got 'tensor<?x65537x2x4xf32>' (attention_c6)}}
  %y = weft.attention %q, %k, %k : tensor<?x3x2x4xf32>, tensor<?x65537x2x4xf32>
  return
}

// -----

// A random op without its numbers has no gradient.
weft.model @model {
  func.func private @f(%q: tensor<?x3x2x4xf32>) -> tensor<f32> {
    // expected-error @+1 {{'weft.attention' op expected an id before differentiation, got none: the op is not numbered yet (weft-flatten-model does it)}}
    %y = weft.attention %q, %q, %q p = 0.5 : tensor<?x3x2x4xf32>, tensor<?x3x2x4xf32>
    %s = weft.reduce_sum %y dims = [0, 1, 2, 3] : tensor<?x3x2x4xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  func.func @g(%q: tensor<?x3x2x4xf32>) -> tensor<?x3x2x4xf32> {
    // expected-remark @+1 {{while differentiating @f here}}
    %v, %d = weft.value_and_grad @f(%q) wrt [0] : (tensor<?x3x2x4xf32>) -> (tensor<f32>, tensor<?x3x2x4xf32>)
    return %d : tensor<?x3x2x4xf32>
  }
}

// -----

func.func @number(%q: tensor<?x3x2x4xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{'weft.attention' op expected id = 0 beside a number in its place (attention_c7)}}
  %y = weft.attention %q, %q, %q p = 0.5 random %n, %n, %n id = 3 number %n : tensor<?x3x2x4xf32>, tensor<?x3x2x4xf32>
  return
}

// -----

func.func @gradient_number(%q: tensor<?x3x2x4xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{'weft.attention_gradient' op expected id = 0 beside a number in its place (attention_c7)}}
  %dq, %dk, %dv = weft.attention_gradient %q, %q, %q, %q p = 0.5 random %n, %n, %n id = 3 number %n
      : tensor<?x3x2x4xf32>, tensor<?x3x2x4xf32>
  return
}
