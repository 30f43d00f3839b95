// RUN: weft-opt %s --split-input-file --verify-diagnostics

func.func @no_dims(%x: tensor<?x10xf32>) {
  // expected-error @+2 {{'weft.reduce_sum' op expected dims of an operand of rank 2, at least one, in increasing order, got [] (reduce_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.reduce_sum %x dims = [] : tensor<?x10xf32> -> tensor<?x10xf32>
  return
}

// -----

func.func @dims_out_of_range(%x: tensor<?x10xf32>) {
  // expected-error @+2 {{'weft.reduce_max' op expected dims of an operand of rank 2, at least one, in increasing order, got [2] (reduce_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.reduce_max %x dims = [2] : tensor<?x10xf32> -> tensor<?xf32>
  return
}

// -----

func.func @dims_order(%x: tensor<?x10xf32>) {
  // expected-error @+2 {{'weft.reduce_mean' op expected dims of an operand of rank 2, at least one, in increasing order, got [1, 0] (reduce_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.reduce_mean %x dims = [1, 0] : tensor<?x10xf32> -> tensor<f32>
  return
}

// -----

func.func @dims_twice(%x: tensor<?x10xf32>) {
  // expected-error @+2 {{got [1, 1] (reduce_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.reduce_sum %x dims = [1, 1] : tensor<?x10xf32> -> tensor<?xf32>
  return
}

// -----

func.func @dims_negative(%x: tensor<?x10xf32>) {
  // expected-error @+2 {{got [-1] (reduce_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.reduce_sum %x dims = [-1] : tensor<?x10xf32> -> tensor<?xf32>
  return
}

// -----

func.func @integers(%x: tensor<?x10xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of floating-point element values, but got 'tensor<?x10xi32>'}}
  %y = weft.reduce_sum %x dims = [1] : tensor<?x10xi32> -> tensor<?xi32>
  return
}

// -----

func.func @result(%x: tensor<?x10xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x1xf32>' are incompatible with return type(s) of operation 'tensor<?xf32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.reduce_sum %x dims = [1] keepdim : tensor<?x10xf32> -> tensor<?xf32>
  return
}

// -----

func.func @argmax_dim(%x: tensor<?x10xf32>) {
  // expected-error @+2 {{'weft.argmax' op expected dim of an operand of rank 2, got 2 (argmax_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.argmax %x dim = 2 : tensor<?x10xf32> -> tensor<?xi64>
  return
}

// -----

func.func @size_dims(%x: tensor<?x10xf32>) {
  // expected-error @+2 {{'weft.size' op expected dims of an operand of rank 2 in increasing order, got [0, 2] (size_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.size %x dims = [0, 2] : tensor<?x10xf32> -> tensor<f32>
  return
}
