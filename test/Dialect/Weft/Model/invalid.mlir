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
  // expected-error @+1 {{argument 0: attribute 'weft.state' expected #weft.state<@parameter, slot>, #weft.accumulator<@parameter> or #weft.loss_accumulator<...>, got "w.exp_avg"}}
  func.func private @f(%x: tensor<4xf32> {weft.state = "w.exp_avg"})
}

// -----

weft.model @m {
  // expected-error @+1 {{argument 0: attribute 'weft.index_range' expected array<i64: low, high> or [array<i64: count, low, high>, ...], got [array<i64: 0, 1, 2>]}}
  func.func private @f(%x: tensor<4xi64> {weft.index_range = [array<i64: 0, 1, 2>]})
}

// -----

weft.model @m {
  // expected-error @+1 {{argument 0: attribute 'weft.index_range' expected array<i64: low, high> or [array<i64: count, low, high>, ...], got [array<i64: 1048576, 1, 2>, array<i64: 1, 1, 2>]}}
  func.func private @f(%x: tensor<4xi64> {weft.index_range = [array<i64: 1048576, 1, 2>, array<i64: 1, 1, 2>]})
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

// -----

// What passes take for granted of a model's functions.
weft.model @m {
  // expected-error @+1 {{expected straight-line code (one block), got 2 blocks}}
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    cf.br ^exit
  ^exit:
    return %x : tensor<f32>
  }
}

// -----

weft.model @m {
  func.func @f() {
    // expected-error @+1 {{'arith.constant' op result 0: expected a ranked tensor of f32, f64, bf16, f16, i64, i32, i8 or i1, got 'index'}}
    %i = arith.constant 1 : index
    return
  }
}

// -----

weft.model @m {
  func.func @f() {
    // expected-error @+1 {{'scf.execute_region' op expected ops without regions and a func.return in a model's function}}
    scf.execute_region {
      scf.yield
    }
    return
  }
}

// -----

weft.model @m {
  // expected-error @+1 {{argument 0: expected a ranked tensor of f32, f64, bf16, f16, i64, i32, i8 or i1, got 'memref<4xf32>'}}
  func.func @f(%x: memref<4xf32>) {
    return
  }
}

// -----

weft.model @m {
  // expected-error @+1 {{argument 1: expected a ranked tensor of f32, f64, bf16, f16, i64, i32, i8 or i1, got 'tensor<*xf32>'}}
  func.func private @f(%x: tensor<f32>, %y: tensor<*xf32>)
}

// -----

weft.model @m {
  // expected-error @+1 {{result 0: expected a ranked tensor of f32, f64, bf16, f16, i64, i32, i8 or i1, got 'tensor<2xf128>'}}
  func.func private @f() -> tensor<2xf128>
}

// -----

weft.model @m {
  // expected-error @+1 {{argument 0: expected a ranked tensor of f32, f64, bf16, f16, i64, i32, i8 or i1, got 'tensor<2xcomplex<f32>>'}}
  func.func private @f(%x: tensor<2xcomplex<f32>>)
}

// -----

weft.model @m {
  // expected-error @+1 {{argument 0: attribute 'weft.dims' expected a name a dimension, got 'batch' twice}}
  func.func private @f(%x: tensor<?x?xf32> {weft.dims = ["batch", "batch"]})
}

// -----

weft.model @m {
  // expected-error @+1 {{argument 0: attribute 'weft.input' expected a name without control characters, got one with the byte 27}}
  func.func private @f(%x: tensor<4xf32> {weft.input = "\1B[31m"})
}

// -----

weft.model @m {
  // expected-error @+1 {{result 0: attribute 'weft.output' expected a name of at least one character, got ''}}
  func.func private @f() -> (tensor<4xf32> {weft.output = ""})
}

// -----

weft.model @m {
  // expected-error @+1 {{argument 0: attribute 'weft.layout' expected array<i64: ...> with each dimension once, got array<i64: 1, 1>}}
  func.func private @f(%x: tensor<4x2xf32> {weft.layout = array<i64: 1, 1>})
}

// -----

weft.model @m {
  // expected-error @+1 {{argument 0: attribute 'weft.index_range' expected array<i64: low, high> or [array<i64: count, low, high>, ...], got array<i64: 1>}}
  func.func private @f(%x: tensor<4xi64> {weft.index_range = array<i64: 1>})
}

// -----

weft.model @m {
  // expected-error @+1 {{argument 0: attribute 'weft.scalar' expected a tensor<f64>, got #weft.scalar_role<learning_rate>}}
  func.func private @f(%x: tensor<f32> {weft.scalar = #weft.scalar_role<learning_rate>})
}

// -----

weft.model @m {
  // expected-error @+1 {{attribute 'weft.entry' expected the beginning of a function's name, got "predict"}}
  func.func private @f() attributes {weft.entry = "predict"}
}

// -----

weft.model @m {
  // expected-error @+1 {{attribute 'weft.bucket' expected sizes of dimensions beside 'weft.entry', got {seq = 0 : i64}}}
  func.func private @f() attributes {weft.entry = "f", weft.bucket = {seq = 0}}
}

// -----

// expected-error @+1 {{attribute 'weft.tuned_batch' expected a size of the batch, got 9223372036854775807 : i64}}
weft.model @m attributes {weft.tuned_batch = 9223372036854775807} {
}

// -----

weft.model @m {
  weft.parameter @a {aliases = ["b"]} : tensor<2xf32> = #weft.constant<0.0>
  weft.parameter @b : tensor<2xf32> = #weft.constant<0.0>
  // expected-error @-2 {{aliases: expected a name that nothing else has, got 'b', which is a name of @b}}
}

// -----

weft.model @m {
  weft.parameter @a {aliases = ["z"]} : tensor<2xf32> = #weft.constant<0.0>
  // expected-error @+1 {{aliases: expected a name that nothing else has, got 'z', which is a name of @a}}
  weft.buffer @b {aliases = ["z"]} : tensor<2xf32> = #weft.constant<0.0>
}

// -----

weft.model @m {
  // expected-error @+1 {{name: expected a name without control characters, got one with the byte 10}}
  weft.parameter @"a\0Ab" : tensor<2xf32> = #weft.constant<0.0>
}

// -----

// Numbers that a run could not begin with.
weft.model @m {
  // expected-error @+1 {{expected low <= high, got 3.100000e+01 and 2.500000e-01}}
  weft.parameter @a : tensor<2xf32> = #weft.uniform<31, 0.25>
}

// -----

weft.model @m {
  // expected-error @+1 {{expected std of at least 0, got -1.000000e+00}}
  weft.parameter @a : tensor<2xf32> = #weft.normal<std = -1.0>
}

// -----

weft.model @m {
  // expected-error @+1 {{expected a to be finite, got nan}}
  weft.parameter @a : tensor<2xf32> = #weft.kaiming_uniform<a = 0x7FF8000000000000>
}

// -----

// A hexadecimal number is the bits of a double, not a whole number.
// expected-error @+1 {{expected lr to be finite, at least 0 and at most 2^53, got nan}}
weft.model @m attributes {optimizer = #weft.sgd<lr = 0x7FF8000000000000>} {
}

// -----

weft.model @m {
  func.func private @k(%x: tensor<4xf32>) -> tensor<4xf32> {
    // expected-error @+1 {{expected a kernel without dispatches of its own, got @k}}
    %r = weft.dispatch @k(%x) : (tensor<4xf32>) -> tensor<4xf32>
    return %r : tensor<4xf32>
  }
}

// -----

// expected-error @+1 {{labels: expected a name without control characters, got one with the byte 10}}
weft.model @m attributes {task = #weft.task<classification, labels = ["O\0A"]>} {
}

// -----

// expected-error @+1 {{architecture: expected a name of at least one character, got ''}}
weft.model @m attributes {architecture = ""} {
}
