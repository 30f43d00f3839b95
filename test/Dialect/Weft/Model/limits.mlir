// RUN: weft-opt %s --split-input-file --verify-diagnostics

// Sizes are at least 1 and within what is computed without overflow: in every op, and in what a model declares.
func.func @zero(%x: tensor<?x0xf32>) {
  // expected-error @+1 {{'weft.exp' op operand 0: expected dimensions of at least 1, got 'tensor<?x0xf32>'}}
  %y = weft.exp %x : tensor<?x0xf32>
  return
}

// -----

func.func @zero_result(%x: tensor<?x4xf32>) {
  // expected-error @+1 {{'weft.slice' op result 0: expected dimensions of at least 1, got 'tensor<?x0xf32>'}}
  %y = weft.slice %x starts = [0, 2] limits = [-1, 2] strides = [1, 1] : tensor<?x4xf32> -> tensor<?x0xf32>
  return
}

// -----

func.func @zero_constant() {
  // expected-error @+1 {{'weft.constant' op result 0: expected dimensions of at least 1, got 'tensor<0xf32>'}}
  %y = weft.constant dense<> : tensor<0xf32>
  return
}

// -----

func.func @elements(%x: tensor<1048576x1048577xf32>) {
  // expected-error @+1 {{'weft.exp' op operand 0: expected at most 1099511627776 elements, got 'tensor<1048576x1048577xf32>'}}
  %y = weft.exp %x : tensor<1048576x1048577xf32>
  return
}

// -----

func.func @overflow() {
  // expected-error @+1 {{'weft.constant' op result 0: expected at most 1099511627776 elements}}
  %y = weft.constant dense<1.0> : tensor<4611686018427387904x4611686018427387904xf32>
  return
}

// -----

func.func @row(%x: tensor<?x4294967297xf32>) {
  // expected-error @+1 {{'weft.exp' op operand 0: expected at most 4294967296 elements a row, got 'tensor<?x4294967297xf32>'}}
  %y = weft.exp %x : tensor<?x4294967297xf32>
  return
}

// -----

func.func @rank(%x: tensor<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32>) {
  // expected-error @+1 {{'weft.exp' op operand 0: expected a tensor of rank 16 at most, got rank 17}}
  %y = weft.exp %x : tensor<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32>
  return
}

// -----

weft.model @m {
  // expected-error @+1 {{'func.func' op argument 0: expected dimensions of at least 1, got 'tensor<?x0xf32>'}}
  func.func private @f(%x: tensor<?x0xf32>)
}

// -----

weft.model @m {
  // expected-error @+1 {{'func.func' op result 0: expected at most 1099511627776 elements, got}}
  func.func private @f() -> tensor<1099511627777xf32>
}

// -----

weft.model @m {
  // expected-error @+1 {{'weft.parameter' op expected dimensions of at least 1, got 'tensor<0x2xf32>'}}
  weft.parameter @p : tensor<0x2xf32> = #weft.constant<0.0>
}

// -----

weft.model @m {
  weft.parameter @p : tensor<1099511627776xf32> = #weft.constant<0.0>
  // expected-error @+1 {{expected at most 1099511627776 elements in all parameters and buffers, got 1099511627778 up to here}}
  weft.buffer @b : tensor<2xf32> = #weft.constant<0.0>
}

// -----

weft.model @m {
  // expected-error @+1 {{expected a literal of at most 134217728 elements, got 'tensor<134217729xi64>'}}
  weft.parameter @p : tensor<134217729xi64> = dense<1> : tensor<134217729xi64>
}

// -----

// The largest that there may be.
weft.model @m {
  weft.parameter @p : tensor<1048576x1048575xf32> = dense<1.0> : tensor<1048576x1048575xf32>
  func.func @f(%x: tensor<?x4294967296xf32>, %y: tensor<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x2xf32>) {
    return
  }
}
