// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt --allow-bytecode | FileCheck %s

// CHECK-LABEL: func.func @embedding
func.func @embedding(%i: tensor<?x?xi32>, %t: tensor<30522x384xf32>) -> tensor<?x?x384xf32> {
  // CHECK: weft.embedding %{{.*}}, %{{.*}} : (tensor<?x?xi32>, tensor<30522x384xf32>) -> tensor<?x?x384xf32>
  %x = weft.embedding %i, %t : (tensor<?x?xi32>, tensor<30522x384xf32>) -> tensor<?x?x384xf32>
  // CHECK: weft.embedding %{{.*}}, %{{.*}} padding_idx = 0 : (tensor<?x?xi32>, tensor<30522x384xf32>) -> tensor<?x?x384xf32>
  %y = weft.embedding %i, %t padding_idx = 0 : (tensor<?x?xi32>, tensor<30522x384xf32>) -> tensor<?x?x384xf32>
  return %y : tensor<?x?x384xf32>
}

// CHECK-LABEL: func.func @embedding_gradient
func.func @embedding_gradient(%dy: tensor<?x16x384xf32>, %i: tensor<?x16xi64>) -> tensor<512x384xf32> {
  // CHECK: weft.embedding_gradient %{{.*}}, %{{.*}} num_embeddings = 512 padding_idx = 1 : (tensor<?x16x384xf32>, tensor<?x16xi64>) -> tensor<512x384xf32>
  %y = weft.embedding_gradient %dy, %i num_embeddings = 512 padding_idx = 1
      : (tensor<?x16x384xf32>, tensor<?x16xi64>) -> tensor<512x384xf32>
  return %y : tensor<512x384xf32>
}

// CHECK-LABEL: func.func @gather
func.func @gather(%x: tensor<?x?x384xf32>, %i: tensor<?x20xi32>) -> tensor<?x20x384xf32> {
  // CHECK: weft.gather %{{.*}}, %{{.*}} dim = 1 : (tensor<?x?x384xf32>, tensor<?x20xi32>) -> tensor<?x20x384xf32>
  %y = weft.gather %x, %i dim = 1 : (tensor<?x?x384xf32>, tensor<?x20xi32>) -> tensor<?x20x384xf32>
  return %y : tensor<?x20x384xf32>
}

// CHECK-LABEL: func.func @scatter
func.func @scatter(%x: tensor<?x8xf32>, %i: tensor<?x3xi64>, %s: tensor<?x3xf32>) -> tensor<?x8xf32> {
  // CHECK: weft.scatter_sum %{{.*}}, %{{.*}} dim = 1 size = 8 : (tensor<?x3xf32>, tensor<?x3xi64>) -> tensor<?x8xf32>
  %y = weft.scatter_sum %s, %i dim = 1 size = 8 : (tensor<?x3xf32>, tensor<?x3xi64>) -> tensor<?x8xf32>
  // CHECK: weft.scatter_add %{{.*}}, %{{.*}}, %{{.*}} dim = 1 : (tensor<?x8xf32>, tensor<?x3xi64>, tensor<?x3xf32>) -> tensor<?x8xf32>
  %z = weft.scatter_add %y, %i, %s dim = 1 : (tensor<?x8xf32>, tensor<?x3xi64>, tensor<?x3xf32>) -> tensor<?x8xf32>
  return %z : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @searches
func.func @searches(%x: tensor<?x?x10xbf16>) -> (tensor<?x?x10xbf16>, tensor<?x?x3xi64>) {
  // CHECK: weft.cumsum %{{.*}} dim = 1 : tensor<?x?x10xbf16>
  %y = weft.cumsum %x dim = 1 : tensor<?x?x10xbf16>
  // CHECK: weft.cumsum %{{.*}} dim = 2 reverse : tensor<?x?x10xbf16>
  %z = weft.cumsum %y dim = 2 reverse : tensor<?x?x10xbf16>
  // CHECK: weft.top_k %{{.*}} k = 3 dim = 2 : tensor<?x?x10xbf16> -> tensor<?x?x3xbf16>, tensor<?x?x3xi64>
  %v, %i = weft.top_k %z k = 3 dim = 2 : tensor<?x?x10xbf16> -> tensor<?x?x3xbf16>, tensor<?x?x3xi64>
  return %z, %i : tensor<?x?x10xbf16>, tensor<?x?x3xi64>
}

// CHECK-LABEL: func.func @check_index
func.func @check_index(%i: tensor<?x3xi64>, %j: i32) -> (tensor<?x3xi64>, i32) {
  // CHECK: weft.check_index %{{.*}} low = 0 high = 10 ignore = -100 user = "weft.cross_entropy" : tensor<?x3xi64>
  %y = weft.check_index %i low = 0 high = 10 ignore = -100 user = "weft.cross_entropy" : tensor<?x3xi64>
  // CHECK: weft.guarded_index %{{.*}} low = 0 high = 8 user = "weft.gather" site = 1 : i32
  %z = weft.guarded_index %j low = 0 high = 8 user = "weft.gather" site = 1 : i32
  return %y, %z : tensor<?x3xi64>, i32
}

// CHECK-LABEL: func.func @sort
func.func @sort(%x: tensor<?x?x10xbf16>) -> (tensor<?x?x10xbf16>, tensor<?x?x10xi64>) {
  // CHECK: weft.sort %{{.*}} dim = 2 : tensor<?x?x10xbf16> -> tensor<?x?x10xbf16>, tensor<?x?x10xi64>
  %v, %i = weft.sort %x dim = 2 : tensor<?x?x10xbf16> -> tensor<?x?x10xbf16>, tensor<?x?x10xi64>
  // CHECK: weft.sort %{{.*}} dim = 1 descending : tensor<?x?x10xbf16> -> tensor<?x?x10xbf16>, tensor<?x?x10xi64>
  %w, %j = weft.sort %v dim = 1 descending : tensor<?x?x10xbf16> -> tensor<?x?x10xbf16>, tensor<?x?x10xi64>
  return %w, %j : tensor<?x?x10xbf16>, tensor<?x?x10xi64>
}
