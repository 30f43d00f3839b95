// RUN: weft-opt %s --split-input-file --verify-diagnostics

func.func @one(%x: tensor<?x4xf32>) {
  // expected-error @+1 {{'weft.dropout' op expected a probability p with 0 <= p < 1, got 1.000000e+00 (dropout_c1)}}
  %y = weft.dropout %x p = 1.0 : tensor<?x4xf32>
  return
}

// -----

func.func @negative(%seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>) {
  // expected-error @+1 {{'weft.dropout_mask' op expected a probability p with 0 <= p < 1, got -5.000000e-01 (dropout_c1)}}
  %y = weft.dropout_mask %seed, %step, %offset p = -0.5 id = 1 : tensor<4xi1>
  return
}

// -----

func.func @wide(%x: tensor<2x2x65537xf32>) {
  // expected-error @+1 {{'weft.dropout' op expected a last dimension of at most 65536, got 'tensor<2x2x65537xf32>' (dropout_c2)}}
  %y = weft.dropout %x p = 0.5 : tensor<2x2x65537xf32>
  return
}

// -----

func.func @numbered_in_part(%x: tensor<?x4xf32>) {
  // expected-error @+1 {{'weft.dropout' op expected all of seed, step, sample offset and id or none of them, got 1 of the 4 (dropout_c3)}}
  %y = weft.dropout %x p = 0.5 id = 3 : tensor<?x4xf32>
  return
}

// -----

func.func @seed_type(%seed: tensor<1xi64>, %step: tensor<i64>) {
  // expected-error @+1 {{'weft.dropout_mask' op operand #0 must be tensor<i64>, but got 'tensor<1xi64>'}}
  %y = "weft.dropout_mask"(%seed, %step, %step) {p = 0.5, id = 1, operandSegmentSizes = array<i32: 1, 1, 1, 0, 0>} : (tensor<1xi64>, tensor<i64>, tensor<i64>) -> tensor<4xi1>
  return
}

// -----

func.func @like_missing(%seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>) {
  // expected-error @+1 {{'weft.dropout_mask' op expected an operand 'like' that gives the size of dimension 0 of the result 'tensor<?x4xi1>', got none (like_c2)}}
  %y = weft.dropout_mask %seed, %step, %offset p = 0.5 id = 1 : tensor<?x4xi1>
  return
}

// -----

func.func @flattened_vector(%seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>) {
  // expected-error @+1 {{'weft.dropout_mask' op expected a matrix and at least one row per sample, got 'tensor<4xi1>' and 2 (dropout_mask_c1)}}
  %y = weft.dropout_mask %seed, %step, %offset p = 0.5 id = 1 rows_per_sample = 2 : tensor<4xi1>
  return
}

// -----

func.func @no_rows(%seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>) {
  // expected-error @+1 {{'weft.dropout_mask' op expected a matrix and at least one row per sample, got 'tensor<4x4xi1>' and 0 (dropout_mask_c1)}}
  %y = weft.dropout_mask %seed, %step, %offset p = 0.5 id = 1 rows_per_sample = 0 : tensor<4x4xi1>
  return
}

// -----

func.func @numbers(%seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>) {
  // expected-error @+1 {{'weft.dropout_mask' op expected 1 numbers in place of id 0 and 1 row per sample, got 1 beside others (dropout_mask_c2)}}
  %y = weft.dropout_mask %seed, %step, %offset numbers(%seed) p = 0.5 id = 1 : tensor<4x4xi1>
  return
}
