// RUN: weft-opt %s --canonicalize | FileCheck %s

// A mask of ones masks nothing.
// CHECK-LABEL: func.func @full_mask
func.func @full_mask(%q: tensor<?x3x2x4xf32>) -> tensor<?x3x2x4xf32> {
  %one = weft.constant dense<1> : tensor<i32>
  %m = weft.broadcast %one like %q dims = [] : tensor<i32>, tensor<?x3x2x4xf32> -> tensor<?x3xi32>
  // CHECK: weft.attention %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x3x2x4xf32>, tensor<?x3x2x4xf32>{{$}}
  %y = weft.attention %q, %q, %q mask %m : tensor<?x3x2x4xf32>, tensor<?x3x2x4xf32> mask tensor<?x3xi32>
  return %y : tensor<?x3x2x4xf32>
}

// A mask of zeros is kept.
// CHECK-LABEL: func.func @empty_mask
func.func @empty_mask(%q: tensor<2x3x2x4xf32>) -> tensor<2x3x2x4xf32> {
  %m = weft.constant dense<0> : tensor<2x3xi32>
  // CHECK: weft.attention %{{.*}}, %{{.*}}, %{{.*}} mask
  %y = weft.attention %q, %q, %q mask %m : tensor<2x3x2x4xf32>, tensor<2x3x2x4xf32> mask tensor<2x3xi32>
  return %y : tensor<2x3x2x4xf32>
}

// Nothing is dropped: nothing is drawn.
// CHECK-LABEL: func.func @numbers
func.func @numbers(%q: tensor<2x3x2x4xf32>, %n: tensor<i64>) -> tensor<2x3x2x4xf32> {
  // CHECK: weft.attention %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x3x2x4xf32>, tensor<2x3x2x4xf32>{{$}}
  %y = weft.attention %q, %q, %q random %n, %n, %n id = 1 : tensor<2x3x2x4xf32>, tensor<2x3x2x4xf32>
  return %y : tensor<2x3x2x4xf32>
}
