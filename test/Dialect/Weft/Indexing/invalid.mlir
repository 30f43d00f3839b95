// RUN: weft-opt %s --split-input-file --verify-diagnostics

func.func @embedding_weight(%i: tensor<?xi32>, %t: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.embedding' op expected weight to be a matrix of static shape, got 'tensor<?x4xf32>' (embedding_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.embedding %i, %t : (tensor<?xi32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @embedding_padding(%i: tensor<?xi32>, %t: tensor<5x4xf32>) {
  // expected-error @+1 {{'weft.embedding' op expected padding_idx in [0, 5), got 5 (embedding_c2)}}
  %y = weft.embedding %i, %t padding_idx = 5 : (tensor<?xi32>, tensor<5x4xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @embedding_gradient_shape(%i: tensor<?x3xi32>, %dy: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.embedding_gradient' op expected dy of the shape of indices, then one static dimension, got 'tensor<?x4xf32>' and 'tensor<?x3xi32>' (embedding_gradient_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.embedding_gradient %dy, %i num_embeddings = 5 : (tensor<?x4xf32>, tensor<?x3xi32>) -> tensor<5x4xf32>
  return
}

// -----

func.func @embedding_gradient_rows(%i: tensor<?xi32>, %dy: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.embedding_gradient' op expected num_embeddings of at least 1, got 0 (embedding_gradient_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.embedding_gradient %dy, %i num_embeddings = 0 : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @embedding_gradient_padding(%i: tensor<?xi32>, %dy: tensor<?x4xf32>) {
  // expected-error @+1 {{'weft.embedding_gradient' op expected padding_idx in [0, 5), got -1 (embedding_c2)}}
  %y = weft.embedding_gradient %dy, %i num_embeddings = 5 padding_idx = -1 : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<5x4xf32>
  return
}

// -----

func.func @gather_batch(%x: tensor<?x4xf32>, %i: tensor<3x4xi32>) {
  // expected-error @+2 {{'weft.gather' op expected 'dim' to be a dimension of 'tensor<?x4xf32>' and 'tensor<3x4xi32>', other than the batch, got 0 (gather_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.gather %x, %i dim = 0 : (tensor<?x4xf32>, tensor<3x4xi32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @gather_shape(%x: tensor<?x4x5xf32>, %i: tensor<?x2x3xi32>) {
  // expected-error @+2 {{'weft.gather' op expected an index that agrees with 'tensor<?x4x5xf32>', got 'tensor<?x2x3xi32>' (gather_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.gather %x, %i dim = 1 : (tensor<?x4x5xf32>, tensor<?x2x3xi32>) -> tensor<?x2x5xf32>
  return
}

// -----

func.func @scatter_dim(%s: tensor<?x4xf32>, %i: tensor<?xi32>) {
  // expected-error @+2 {{'weft.scatter_sum' op expected 'dim' to be a dimension of 'tensor<?x4xf32>' and 'tensor<?xi32>', other than the batch, got 1 (scatter_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.scatter_sum %s, %i dim = 1 size = 3 : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x3xf32>
  return
}

// -----

func.func @scatter_shape(%s: tensor<?x4xf32>, %i: tensor<?x5xi32>) {
  // expected-error @+2 {{'weft.scatter_sum' op expected an index that agrees with 'tensor<?x4xf32>', got 'tensor<?x5xi32>' (scatter_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.scatter_sum %s, %i dim = 1 size = 3 : (tensor<?x4xf32>, tensor<?x5xi32>) -> tensor<?x3xf32>
  return
}

// -----

func.func @scatter_size(%s: tensor<?x4xf32>, %i: tensor<?x4xi32>) {
  // expected-error @+2 {{'weft.scatter_sum' op expected a size of at least 1, got 0 (scatter_c3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.scatter_sum %s, %i dim = 1 size = 0 : (tensor<?x4xf32>, tensor<?x4xi32>) -> tensor<?x1xf32>
  return
}

// -----

func.func @scatter_add_input(%x: tensor<?x8xbf16>, %s: tensor<?x4xf32>, %i: tensor<?x4xi32>) {
  // expected-error @+2 {{'weft.scatter_add' op expected input of the type of src 'tensor<?x4xf32>' but for a static size in dimension 1, got 'tensor<?x8xbf16>' (scatter_add_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.scatter_add %x, %i, %s dim = 1 : (tensor<?x8xbf16>, tensor<?x4xi32>, tensor<?x4xf32>) -> tensor<?x8xbf16>
  return
}

// -----

func.func @cumsum_batch(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{'weft.cumsum' op expected 'dim' to be a dimension of 'tensor<?x8xf32>' other than the batch, got 0 (cumsum_c1)}}
  %y = weft.cumsum %x dim = 0 : tensor<?x8xf32>
  return
}

// -----

func.func @top_k_dim(%x: tensor<?x8xf32>) {
  // expected-error @+2 {{'weft.top_k' op expected 'dim' to be a dimension of 'tensor<?x8xf32>' other than the batch, got 2 (top_k_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %v, %i = weft.top_k %x k = 1 dim = 2 : tensor<?x8xf32> -> tensor<?x1xf32>, tensor<?x1xi64>
  return
}

// -----

func.func @top_k_k(%x: tensor<?x8xf32>) {
  // expected-error @+2 {{'weft.top_k' op expected 1 <= k <= 8, got 9 (top_k_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %v, %i = weft.top_k %x k = 9 dim = 1 : tensor<?x8xf32> -> tensor<?x9xf32>, tensor<?x9xi64>
  return
}

// -----

func.func @check_index(%i: tensor<?x3xi64>) {
  // expected-error @+1 {{'weft.check_index' op expected 'low' to be less than 'high', got 3 and 3 (check_index_c1)}}
  %y = weft.check_index %i low = 3 high = 3 user = "weft.gather" : tensor<?x3xi64>
  return
}

// -----

func.func @sort(%x: tensor<?x8xf32>) {
  // expected-error @+2 {{'weft.sort' op expected 'dim' to be a dimension of 'tensor<?x8xf32>' other than the batch, got 0 (sort_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %v, %i = weft.sort %x dim = 0 : tensor<?x8xf32> -> tensor<?x8xf32>, tensor<?x8xi64>
  return
}
