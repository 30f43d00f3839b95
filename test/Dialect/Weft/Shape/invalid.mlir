// RUN: weft-opt %s --split-input-file --verify-diagnostics

func.func @reshape_elements(%x: tensor<4xf32>) {
  // expected-error @+1 {{'weft.reshape' op expected a result of element type 'f32', got 'f64' (reshape_c1)}}
  %y = weft.reshape %x : tensor<4xf32> -> tensor<4xf64>
  return
}

// -----

func.func @reshape_dynamic(%x: tensor<?x4xf32>) {
  // expected-error @+1 {{'weft.reshape' op expected dimension 0 to be dynamic in both types or in neither, got 'tensor<?x4xf32>' and 'tensor<8xf32>' (reshape_c2)}}
  %y = weft.reshape %x : tensor<?x4xf32> -> tensor<8xf32>
  return
}

// -----

func.func @reshape_count(%x: tensor<4x3xf32>) {
  // expected-error @+1 {{'weft.reshape' op expected a result of 12 elements, got 'tensor<13xf32>' (reshape_c3)}}
  %y = weft.reshape %x : tensor<4x3xf32> -> tensor<13xf32>
  return
}

// -----

func.func @reshape_rows(%x: tensor<?x4xf32>) {
  // expected-error @+1 {{'weft.reshape' op expected rows of which one is a whole number of the other, got 4 elements per row of the operand and 6 of the result (reshape_c4)}}
  %y = weft.reshape %x : tensor<?x4xf32> -> tensor<?x6xf32>
  return
}

// -----

func.func @permute_count(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{'weft.permute' op 'dims': expected one number per dimension of 'tensor<2x3xf32>', got 1 (permute_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.permute %x dims = [0] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @permute_twice(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{'weft.permute' op 'dims': expected each of the dimensions 0 to 1 once, got [1, 1] (permute_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.permute %x dims = [1, 1] : tensor<2x3xf32> -> tensor<3x3xf32>
  return
}

// -----

func.func @permute_range(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{'weft.permute' op 'dims': expected each of the dimensions 0 to 1 once, got [0, 2] (permute_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.permute %x dims = [0, 2] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @permute_dynamic(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.permute' op 'dims': expected the dynamic dimension 0 to stay outermost, got dimension 1 in its place (permute_c3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.permute %x dims = [1, 0] : tensor<?x4xf32> -> tensor<4x?xf32>
  return
}

// -----

func.func @permute_result(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{'weft.permute' op inferred type(s) 'tensor<3x2xf32>' are incompatible with return type(s) of operation 'tensor<2x3xf32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.permute %x dims = [1, 0] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @slice_count(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.slice' op 'starts': expected one number per dimension of 'tensor<?x4xf32>', got 1 (slice_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.slice %x starts = [0] limits = [-1, 4] strides = [1, 1] : tensor<?x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @slice_dynamic(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.slice' op expected start 0, limit -1 and stride 1 in the dynamic dimension 0, got 0, 2, 1 (slice_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.slice %x starts = [0, 0] limits = [2, 4] strides = [1, 1] : tensor<?x4xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @slice_limit(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.slice' op expected 0 <= start <= limit <= 4 in dimension 1, got start 2 and limit 5 (slice_c3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.slice %x starts = [0, 2] limits = [-1, 5] strides = [1, 1] : tensor<?x4xf32> -> tensor<?x3xf32>
  return
}

// -----

func.func @slice_stride(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.slice' op expected a stride of at least 1 in dimension 1, got 0 (slice_c4)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.slice %x starts = [0, 2] limits = [-1, 4] strides = [1, 0] : tensor<?x4xf32> -> tensor<?x3xf32>
  return
}

// -----

func.func @concat_nothing() {
  // expected-error @+2 {{'weft.concat' op expected at least one operand, got none (concat_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = "weft.concat"() {dim = 0 : i64} : () -> tensor<4xf32>
  return
}

// -----

func.func @concat_dim(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.concat' op 'dim': expected a dimension of 'tensor<?x4xf32>', got 2 (concat_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.concat %x dim = 2 : tensor<?x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @concat_rank(%x: tensor<?x4xf32>, %v: tensor<4xf32>) {
  // expected-error @+2 {{'weft.concat' op expected operands of the rank and element type of 'tensor<?x4xf32>', got 'tensor<4xf32>' (concat_c3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.concat %x, %v dim = 1 : tensor<?x4xf32>, tensor<4xf32> -> tensor<?x8xf32>
  return
}

// -----

func.func @concat_dynamic(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.concat' op 'dim': expected a static dimension, got the dynamic dimension 0 of 'tensor<?x4xf32>' (concat_c4)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.concat %x, %x dim = 0 : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @concat_sizes(%x: tensor<2x3xf32>, %z: tensor<3x3xf32>) {
  // expected-error @+2 {{'weft.concat' op expected operands that agree in dimension 0, got 'tensor<2x3xf32>' and 'tensor<3x3xf32>' (concat_c5)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.concat %x, %z dim = 1 : tensor<2x3xf32>, tensor<3x3xf32> -> tensor<2x6xf32>
  return
}

// -----

func.func @pad_count(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.pad' op 'high': expected one number per dimension of 'tensor<?x4xf32>', got 1 (pad_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.pad %x low = [0, 0] high = [1] value = 0.0 : tensor<?x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @pad_negative(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.pad' op expected low and high of at least 0 in dimension 1, got -1 and 0 (pad_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.pad %x low = [0, -1] high = [0, 0] value = 0.0 : tensor<?x4xf32> -> tensor<?x3xf32>
  return
}

// -----

func.func @pad_dynamic(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.pad' op expected low 0 and high 0 in the dynamic dimension 0, got 0 and 1 (pad_c3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.pad %x low = [0, 0] high = [1, 0] value = 0.0 : tensor<?x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @pad_value(%x: tensor<4xi64>) {
  // expected-error @+1 {{'weft.pad' op expected a whole number as the value of 'tensor<5xi64>', got 5.000000e-01 (pad_c4)}}
  %y = weft.pad %x low = [0] high = [1] value = 0.5 : tensor<4xi64> -> tensor<5xi64>
  return
}

// -----

func.func @broadcast_elements(%x: tensor<4xf32>) {
  // expected-error @+1 {{'weft.broadcast' op expected a result of element type 'f32', got 'f64' (broadcast_c1)}}
  %y = weft.broadcast %x dims = [1] : tensor<4xf32> -> tensor<2x4xf64>
  return
}

// -----

func.func @broadcast_count(%x: tensor<4xf32>) {
  // expected-error @+1 {{'weft.broadcast' op 'dims': expected one number per dimension of 'tensor<4xf32>', got 0 (broadcast_c2)}}
  %y = weft.broadcast %x dims = [] : tensor<4xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @broadcast_falling(%x: tensor<4x2xf32>) {
  // expected-error @+1 {{'weft.broadcast' op 'dims': expected rising dimensions of 'tensor<2x4xf32>', got [1, 0] (broadcast_c3)}}
  %y = weft.broadcast %x dims = [1, 0] : tensor<4x2xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @broadcast_size(%x: tensor<4xf32>) {
  // expected-error @+1 {{'weft.broadcast' op expected dimension 0 of the operand to be 1 or that of dimension 0 of the result, got 'tensor<4xf32>' and 'tensor<2x4xf32>' (broadcast_c4)}}
  %y = weft.broadcast %x dims = [0] : tensor<4xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @like_too_much(%x: tensor<4xf32>, %l: tensor<?xf32>) {
  // expected-error @+1 {{'weft.broadcast' op expected no operand 'like', since the size of the result 'tensor<2x4xf32>' is known without it, got one of type 'tensor<?xf32>' (like_c1)}}
  %y = weft.broadcast %x like %l dims = [1] : tensor<4xf32>, tensor<?xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @like_missing(%x: tensor<4xf32>) {
  // expected-error @+1 {{'weft.broadcast' op expected an operand 'like' that gives the size of dimension 0 of the result 'tensor<?x4xf32>', got none (like_c2)}}
  %y = weft.broadcast %x dims = [1] : tensor<4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @like_static(%x: tensor<4xf32>, %l: tensor<2xf32>) {
  // expected-error @+1 {{'weft.broadcast' op expected an operand 'like' whose dimension 0 is dynamic, got 'tensor<2xf32>' (like_c3)}}
  %y = weft.broadcast %x like %l dims = [1] : tensor<4xf32>, tensor<2xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @constant_resource() {
  // expected-error @+1 {{'weft.constant' op expected a dense<...> literal, got dense_resource<blob> : tensor<4xf32> (constant_c1)}}
  %y = weft.constant dense_resource<blob> : tensor<4xf32>
  return
}

// -----

func.func @iota_dim() {
  // expected-error @+1 {{'weft.iota' op 'dim': expected a dimension of 'tensor<4xi64>', got 1 (iota_c1)}}
  %y = weft.iota dim = 1 : tensor<4xi64>
  return
}

// -----

func.func @iota_like() {
  // expected-error @+1 {{'weft.iota' op expected an operand 'like' that gives the size of dimension 0 of the result 'tensor<?x4xi64>', got none (like_c2)}}
  %y = weft.iota dim = 1 : tensor<?x4xi64>
  return
}

// -----

func.func @no_classes(%l: tensor<?xi64>) {
  // expected-error @+1 {{'weft.one_hot' op 'num_classes': expected at least 1, got 0 (one_hot_c1)}}
  %y = weft.one_hot %l num_classes = 0 : tensor<?xi64> -> tensor<?x1xf32>
  return
}

// -----

func.func @one_hot_result(%l: tensor<?xi64>) {
  // expected-error @+1 {{'weft.one_hot' op expected a result of type 'tensor<?x10xf32>', got 'tensor<?x9xf32>' (one_hot_c2)}}
  %y = weft.one_hot %l num_classes = 10 : tensor<?xi64> -> tensor<?x9xf32>
  return
}

// -----

func.func @prefix_dim(%t: tensor<?x4xf32>, %x: tensor<?x?xi32>) {
  // expected-error @+2 {{'weft.prefix' op 'dim': expected a static dimension of 'tensor<?x4xf32>', got 0 (prefix_c1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.prefix %t dim = 0 like %x dim = 1 : tensor<?x4xf32>, tensor<?x?xi32> -> tensor<?x4xf32>
  return
}

// -----

func.func @prefix_like(%t: tensor<8x4xf32>, %x: tensor<?x?xi32>) {
  // expected-error @+2 {{'weft.prefix' op expected a dimension of 'like' 'tensor<?x?xi32>' other than the batch, got 0 (prefix_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.prefix %t dim = 0 like %x dim = 0 : tensor<8x4xf32>, tensor<?x?xi32> -> tensor<?x4xf32>
  return
}

// -----

func.func @prefix_size(%t: tensor<8x4xf32>, %x: tensor<?x9xi32>) {
  // expected-error @+2 {{'weft.prefix' op expected at most the 8 elements of dimension 0 of 'tensor<8x4xf32>', got 9 (prefix_c3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.prefix %t dim = 0 like %x dim = 1 : tensor<8x4xf32>, tensor<?x9xi32> -> tensor<9x4xf32>
  return
}

// -----

func.func @slice_dynamic(%x: tensor<?x?x4xf32>) {
  // expected-error @+2 {{'weft.slice' op expected start 0, limit -1 and stride 1 in the dynamic dimension 1, got 1, -1, 1 (slice_c2)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.slice %x starts = [0, 1, 0] limits = [-1, -1, 4] strides = [1, 1, 1] : tensor<?x?x4xf32> -> tensor<?x?x4xf32>
  return
}

// -----

func.func @broadcast_inner(%b: tensor<4xf32>, %x: tensor<?x3x4xf32>) {
  // expected-error @+1 {{'weft.broadcast' op expected an operand 'like' whose dimension 1 is dynamic, got 'tensor<?x3x4xf32>' (like_c3)}}
  %y = weft.broadcast %b like %x dims = [2] : tensor<4xf32>, tensor<?x3x4xf32> -> tensor<?x?x4xf32>
  return
}

// -----

// Sums of sizes beyond 64 bits.
func.func @pad_overflow(%x: tensor<?x4xf32>) {
  // expected-error @+2 {{'weft.pad' op expected at most 1099511627776 elements, got a sum of sizes beyond 64 bits in dimension 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = weft.pad %x low = [0, 9223372036854775807] high = [0, 1] value = 0.0 : tensor<?x4xf32> -> tensor<?x4xf32>
  return
}
