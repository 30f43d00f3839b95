// RUN: weft-opt %s --weft-decompose | FileCheck %s
// RUN: weft-opt %s --weft-decompose="keep=weft.attention,weft.attention_gradient,weft.softmax" | FileCheck %s --check-prefix=KEEP

// CHECK-LABEL: func.func @attention
// KEEP-LABEL: func.func @attention
// KEEP-NEXT: weft.attention
// A composite that is no primitive is taken apart all the same.
// KEEP-NOT: weft.softmax
func.func @attention(%q: tensor<?x3x2x4xf32>, %m: tensor<?x3xi32>) -> tensor<?x3x2x4xf32> {
  // CHECK-NOT: weft.attention
  // CHECK: %[[h:.*]] = weft.permute %{{.*}} dims = [0, 2, 1, 3]
  // CHECK: weft.matmul %{{.*}} {transpose_b} : {{.*}} -> tensor<?x2x3x3xf32>
  // CHECK: weft.compare ne
  // CHECK: weft.reduce_max
  // CHECK: weft.exp
  // CHECK: weft.div
  // CHECK: weft.matmul %{{.*}} : {{.*}} -> tensor<?x2x3x4xf32>
  // CHECK: weft.permute %{{.*}} dims = [0, 2, 1, 3]
  %y = weft.attention %q, %q, %q mask %m : tensor<?x3x2x4xf32>, tensor<?x3x2x4xf32> mask tensor<?x3xi32>
  %z = weft.softmax %y dim = 3 : tensor<?x3x2x4xf32>
  return %z : tensor<?x3x2x4xf32>
}

// A dropout that is not numbered cannot be.
// CHECK-LABEL: func.func @not_numbered
func.func @not_numbered(%q: tensor<?x3x2x4xf32>) -> tensor<?x3x2x4xf32> {
  // CHECK: weft.attention
  %y = weft.attention %q, %q, %q p = 0.5 : tensor<?x3x2x4xf32>, tensor<?x3x2x4xf32>
  return %y : tensor<?x3x2x4xf32>
}

// A bias's gradient may be a sum over heads that a kernel computes one after the other, in the type of the result: kept if
// that is f32, or if nothing needs it.
// KEEP-LABEL: func.func @bias
// KEEP: weft.attention_gradient
// KEEP-LABEL: func.func @narrow_bias
// KEEP-NOT: weft.attention_gradient
// KEEP-LABEL: func.func @narrow_bias_without_gradient
// KEEP: weft.attention_gradient
func.func @bias(%q: tensor<?x3x2x4xf32>, %b: tensor<1x2x3x3xf32>) -> (tensor<?x3x2x4xf32>, tensor<1x2x3x3xf32>) {
  %dq, %dk, %dv, %db = weft.attention_gradient %q, %q, %q, %q bias %b
      : tensor<?x3x2x4xf32>, tensor<?x3x2x4xf32> bias tensor<1x2x3x3xf32>
  return %dq, %db : tensor<?x3x2x4xf32>, tensor<1x2x3x3xf32>
}
func.func @narrow_bias(%q: tensor<?x3x2x4xbf16>, %b: tensor<1x2x3x3xbf16>) -> (tensor<?x3x2x4xbf16>, tensor<1x2x3x3xbf16>) {
  %dq, %dk, %dv, %db = weft.attention_gradient %q, %q, %q, %q bias %b
      : tensor<?x3x2x4xbf16>, tensor<?x3x2x4xbf16> bias tensor<1x2x3x3xbf16>
  return %dq, %db : tensor<?x3x2x4xbf16>, tensor<1x2x3x3xbf16>
}
func.func @narrow_bias_without_gradient(%q: tensor<?x3x2x4xbf16>, %b: tensor<1x2x3x3xbf16>) -> tensor<?x3x2x4xbf16> {
  %dq, %dk, %dv, %db = weft.attention_gradient %q, %q, %q, %q bias %b
      : tensor<?x3x2x4xbf16>, tensor<?x3x2x4xbf16> bias tensor<1x2x3x3xbf16>
  return %dq : tensor<?x3x2x4xbf16>
}
