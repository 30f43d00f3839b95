// RUN: weft-opt %s --split-input-file --verify-diagnostics

func.func @mixed_shapes(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  // expected-error @+1 {{'weft.add' op requires the same type for all operands and results}}
  %y = "weft.add"(%a, %b) : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>
  return
}

// -----

// expected-note @+1 {{prior use here}}
func.func @mixed_types(%a: tensor<4xf32>, %b: tensor<4xf64>) {
  // expected-error @+1 {{use of value '%b' expects different type than prior uses: 'tensor<4xf32>' vs 'tensor<4xf64>'}}
  %y = weft.add %a, %b : tensor<4xf32>
  return
}

// -----

func.func @integers(%a: tensor<4xi64>) {
  // expected-error @+1 {{'weft.exp' op operand #0 must be ranked tensor of floating-point element values, but got 'tensor<4xi64>'}}
  %y = weft.exp %a : tensor<4xi64>
  return
}

// -----

func.func @truth_values(%a: tensor<4xi1>) {
  // expected-error @+1 {{'weft.add' op operand #0 must be ranked tensor of 32-bit float or 64-bit float or bfloat16 type or 16-bit float or 64-bit signless integer or 32-bit signless integer or 8-bit signless integer values, but got 'tensor<4xi1>'}}
  %y = weft.add %a, %a : tensor<4xi1>
  return
}

// -----

func.func @numbers(%a: tensor<4xf32>) {
  // expected-error @+1 {{'weft.and' op operand #0 must be ranked tensor of 1-bit signless integer values, but got 'tensor<4xf32>'}}
  %y = weft.and %a, %a : tensor<4xf32>
  return
}

// -----

func.func @compare_shape(%a: tensor<4xf32>) {
  // expected-error @+1 {{'weft.compare' op failed to verify that the result is the i1 tensor of the operands' shape}}
  %y = "weft.compare"(%a, %a) {predicate = #weft<predicate gt>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<5xi1>
  return
}

// -----

func.func @compare_types(%a: tensor<4xf32>, %b: tensor<4xf64>) {
  // expected-error @+1 {{'weft.compare' op failed to verify that all of {lhs, rhs} have same type}}
  %y = "weft.compare"(%a, %b) {predicate = #weft<predicate gt>} : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xi1>
  return
}

// -----

func.func @predicate(%a: tensor<4xf32>) {
  // expected-error @+2 {{expected ::weft::ComparePredicate to be one of: eq, ne, lt, le, gt, ge}}
  // expected-error @+1 {{failed to parse}}
  %y = weft.compare above, %a, %a : tensor<4xf32>
  return
}

// -----

func.func @condition(%c: tensor<4xi1>, %a: tensor<4x4xf32>) {
  // expected-error @+1 {{'weft.select' op failed to verify that the condition is the i1 tensor of the result's shape}}
  %y = "weft.select"(%c, %a, %a) : (tensor<4xi1>, tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @cast_shape(%a: tensor<4xf32>) {
  // expected-error @+1 {{'weft.cast' op requires the same shape for all operands and results}}
  %y = weft.cast %a : tensor<4xf32> -> tensor<5xf64>
  return
}

// -----

func.func @no_bound(%a: tensor<4xf32>) {
  // expected-error @+1 {{'weft.clamp' op expected a bound, 'min' or 'max', got none (clamp_c1)}}
  %y = weft.clamp %a : tensor<4xf32>
  return
}

// -----

func.func @approximation(%a: tensor<4xf32>) {
  // expected-error @+2 {{expected ::weft::GeluApproximation to be one of: none, tanh}}
  // expected-error @+1 {{failed to parse}}
  %y = weft.gelu %a approximate = fast : tensor<4xf32>
  return
}
