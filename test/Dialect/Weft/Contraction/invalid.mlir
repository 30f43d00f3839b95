// RUN: weft-opt %s --split-input-file --verify-diagnostics

func.func @rank(%a: tensor<4xf32>, %b: tensor<4x3xf32>) {
  // expected-error @+2 {{'weft.matmul' op expected operands of one element type and one rank, at least 2, got 'tensor<4xf32>' and 'tensor<4x3xf32>' (matmul_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.matmul %a, %b : (tensor<4xf32>, tensor<4x3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @element_types(%a: tensor<2x4xf32>, %b: tensor<4x3xbf16>) {
  // expected-error @+2 {{expected operands of one element type and one rank, at least 2, got 'tensor<2x4xf32>' and 'tensor<4x3xbf16>' (matmul_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.matmul %a, %b : (tensor<2x4xf32>, tensor<4x3xbf16>) -> tensor<2x3xf32>
  return
}

// -----

func.func @integers(%a: tensor<2x4xi32>, %b: tensor<4x3xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of floating-point element values, but got 'tensor<2x4xi32>'}}
  %y = weft.matmul %a, %b : (tensor<2x4xi32>, tensor<4x3xi32>) -> tensor<2x3xi32>
  return
}

// -----

func.func @contracted(%a: tensor<?x784xf32>, %b: tensor<784x128xf32>) {
  // expected-error @+2 {{expected equal contracted dimensions, got 784 and 128 (matmul_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.matmul %a, %b {transpose_b} : (tensor<?x784xf32>, tensor<784x128xf32>) -> tensor<?x784xf32>
  return
}

// -----

func.func @contracted_rows(%a: tensor<?x128xf32>, %b: tensor<64x784xf32>) {
  // expected-error @+2 {{expected equal contracted dimensions, got ? and 64 (matmul_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.matmul %a, %b {transpose_a} : (tensor<?x128xf32>, tensor<64x784xf32>) -> tensor<128x784xf32>
  return
}

// -----

func.func @batch(%a: tensor<?x2x3x4xf32>, %b: tensor<?x5x4x3xf32>) {
  // expected-error @+2 {{expected equal batch dimensions, got 'tensor<?x2x3x4xf32>' and 'tensor<?x5x4x3xf32>' (matmul_c3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.matmul %a, %b : (tensor<?x2x3x4xf32>, tensor<?x5x4x3xf32>) -> tensor<?x2x3x3xf32>
  return
}

// -----

func.func @dynamic_columns(%a: tensor<8x784xf32>, %b: tensor<?x784xf32>) {
  // expected-error @+2 {{expected only dimension 0 of the result to be dynamic, got 'tensor<8x?xf32>' (matmul_c4)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.matmul %a, %b {transpose_b} : (tensor<8x784xf32>, tensor<?x784xf32>) -> tensor<8x?xf32>
  return
}

// -----

func.func @result(%a: tensor<?x784xf32>, %b: tensor<784x128xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x128xf32>' are incompatible with return type(s) of operation 'tensor<?x64xf32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.matmul %a, %b : (tensor<?x784xf32>, tensor<784x128xf32>) -> tensor<?x64xf32>
  return
}

// -----

func.func @linear_weight(%x: tensor<?x784xf32>, %w: tensor<784xf32>) {
  // expected-error @+2 {{'weft.linear' op expected x of rank at least 1, weight of rank 2 and bias of rank 1, all of one element type, got 'tensor<?x784xf32>', 'tensor<784xf32>' (linear_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.linear %x, %w : (tensor<?x784xf32>, tensor<784xf32>) -> tensor<?xf32>
  return
}

// -----

func.func @linear_bias_type(%x: tensor<?x784xf32>, %w: tensor<128x784xf32>, %b: tensor<128xf64>) {
  // expected-error @+2 {{all of one element type, got 'tensor<?x784xf32>', 'tensor<128x784xf32>', 'tensor<128xf64>' (linear_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.linear %x, %w, %b : (tensor<?x784xf32>, tensor<128x784xf32>, tensor<128xf64>) -> tensor<?x128xf32>
  return
}

// -----

func.func @linear_inputs(%x: tensor<?x783xf32>, %w: tensor<128x784xf32>) {
  // expected-error @+2 {{expected the last dimension of x to be dimension 1 of weight, got 783 and 784 (linear_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.linear %x, %w : (tensor<?x783xf32>, tensor<128x784xf32>) -> tensor<?x128xf32>
  return
}

// -----

func.func @linear_outputs(%x: tensor<?x784xf32>, %w: tensor<128x784xf32>, %b: tensor<10xf32>) {
  // expected-error @+2 {{expected weight with a static number of outputs and bias with as many, got 'tensor<128x784xf32>' and 'tensor<10xf32>' (linear_c3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.linear %x, %w, %b : (tensor<?x784xf32>, tensor<128x784xf32>, tensor<10xf32>) -> tensor<?x128xf32>
  return
}

// -----

func.func @linear_dynamic_outputs(%x: tensor<?x784xf32>, %w: tensor<?x784xf32>) {
  // expected-error @+2 {{expected weight with a static number of outputs, got 'tensor<?x784xf32>' (linear_c3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.linear %x, %w : (tensor<?x784xf32>, tensor<?x784xf32>) -> tensor<?x128xf32>
  return
}
