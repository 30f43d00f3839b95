// RUN: weft-opt %s --weft-decompose | FileCheck %s
// RUN: weft-opt %s --weft-decompose="keep=weft.attention,weft.softmax" | FileCheck %s --check-prefix=KEEP

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
