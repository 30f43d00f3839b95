// RUN: weft-opt %s --convert-weft-to-linalg | FileCheck %s

// Rows are extracted where they are needed; an index out of range reads the nearest row.
// CHECK-LABEL: func.func @embedding
// CHECK-SAME:      %[[I:.*]]: tensor<?x3xi32>, %[[T:.*]]: tensor<5x4xf32>
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel"]} ins(%[[I]] : tensor<?x3xi32>)
// CHECK:         ^bb0(%[[INDEX:.*]]: i32, %{{.*}}: f32):
// CHECK:           %[[LOW:.*]] = arith.minsi %[[INDEX]], %c4_i32
// CHECK:           %[[CLAMPED:.*]] = arith.maxsi %[[LOW]], %c0_i32
// CHECK:           %[[ROW:.*]] = arith.index_cast %[[CLAMPED]] : i32 to index
// CHECK:           %[[COLUMN:.*]] = linalg.index 2
// CHECK:           tensor.extract %[[T]][%[[ROW]], %[[COLUMN]]] : tensor<5x4xf32>
func.func @embedding(%i: tensor<?x3xi32>, %t: tensor<5x4xf32>) -> tensor<?x3x4xf32> {
  %y = weft.embedding %i, %t : (tensor<?x3xi32>, tensor<5x4xf32>) -> tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}

// CHECK-LABEL: func.func @gather
// CHECK:         tensor.extract %{{.*}}[%{{.*}}, %{{.*}}, %{{.*}}] : tensor<?x5x4xf32>
func.func @gather(%x: tensor<?x5x4xf32>, %i: tensor<?x2xi64>) -> tensor<?x2x4xf32> {
  %y = weft.gather %x, %i dim = 1 : (tensor<?x5x4xf32>, tensor<?x2xi64>) -> tensor<?x2x4xf32>
  return %y : tensor<?x2x4xf32>
}

// Sums by index say which loop the index means.
// CHECK-LABEL: func.func @embedding_gradient
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction", "reduction"]
// CHECK-SAME:        attrs = {weft.scatter_loop = 0 : i64}
// CHECK:           %[[PLACE:.*]] = linalg.index 0
// CHECK:           arith.cmpi eq
// CHECK:           arith.cmpi ne
// CHECK:           arith.addf
// CHECK:           arith.select
func.func @embedding_gradient(%dy: tensor<?x3x4xf32>, %i: tensor<?x3xi32>) -> tensor<5x4xf32> {
  %y = weft.embedding_gradient %dy, %i num_embeddings = 5 padding_idx = 1
      : (tensor<?x3x4xf32>, tensor<?x3xi32>) -> tensor<5x4xf32>
  return %y : tensor<5x4xf32>
}

// CHECK-LABEL: func.func @scatter_sum
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "reduction"]
// CHECK-SAME:        attrs = {weft.scatter_loop = 1 : i64}
func.func @scatter_sum(%s: tensor<?x2x4xf32>, %i: tensor<?x2xi64>) -> tensor<?x5x4xf32> {
  %y = weft.scatter_sum %s, %i dim = 1 size = 5 : (tensor<?x2x4xf32>, tensor<?x2xi64>) -> tensor<?x5x4xf32>
  return %y : tensor<?x5x4xf32>
}

// A running sum keeps the loop that it reduces.
// CHECK-LABEL: func.func @cumsum
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "reduction", "parallel"]
// CHECK-SAME:        attrs = {weft.reverse_scan, weft.scan_loop = 1 : i64}
// CHECK:           arith.extf
// CHECK:           arith.addf
func.func @cumsum(%x: tensor<?x5x4xbf16>) -> tensor<?x5x4xbf16> {
  %y = weft.cumsum %x dim = 1 reverse : tensor<?x5x4xbf16>
  return %y : tensor<?x5x4xbf16>
}
