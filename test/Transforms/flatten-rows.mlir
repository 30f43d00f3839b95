// RUN: weft-opt %s --weft-flatten-rows | FileCheck %s

// What follows a product is done on its matrix.
// CHECK-LABEL: func.func @epilogue
// CHECK-SAME:      %[[Y:.*]]: tensor<?x32xf32>, %[[B:.*]]: tensor<32xf32>, %[[X:.*]]: tensor<?x16x32xf32>
// CHECK:         %[[BIAS:.*]] = weft.broadcast %[[B]] like %{{.*}} dims = [1]
// CHECK:         %[[SUM:.*]] = weft.add %[[Y]], %[[BIAS]] : tensor<?x32xf32>
// CHECK:         %[[FLAT:.*]] = weft.reshape %[[X]] : tensor<?x16x32xf32> -> tensor<?x32xf32>
// CHECK:         %[[RESULT:.*]] = weft.add %[[SUM]], %[[FLAT]] : tensor<?x32xf32>
// CHECK:         weft.reshape %[[RESULT]] : tensor<?x32xf32> -> tensor<?x16x32xf32>
func.func @epilogue(%y: tensor<?x32xf32>, %b: tensor<32xf32>, %x: tensor<?x16x32xf32>) -> tensor<?x16x32xf32> {
  %0 = weft.reshape %y : tensor<?x32xf32> -> tensor<?x16x32xf32>
  %1 = weft.broadcast %b like %0 dims = [2] : tensor<32xf32>, tensor<?x16x32xf32> -> tensor<?x16x32xf32>
  %2 = weft.add %0, %1 : tensor<?x16x32xf32>
  %3 = weft.add %2, %x : tensor<?x16x32xf32>
  return %3 : tensor<?x16x32xf32>
}

// A mask keeps its random words: it knows how many rows a sample has.
// CHECK-LABEL: func.func @mask
// CHECK:         weft.dropout_mask {{.*}} p = 1.000000e-01 id = 3 rows_per_sample = 16 : tensor<?x32xf32> -> tensor<?x32xi1>
func.func @mask(%seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>, %c: tensor<f32>, %x: tensor<?x16x32xf32>) -> tensor<?x16x32xf32> {
  %0 = weft.dropout_mask %seed, %step, %offset like %x p = 0.1 id = 3 : tensor<?x16x32xf32> -> tensor<?x16x32xi1>
  %z = weft.broadcast %c like %x dims = [] : tensor<f32>, tensor<?x16x32xf32> -> tensor<?x16x32xf32>
  %1 = weft.select %0, %x, %z : tensor<?x16x32xf32>
  return %1 : tensor<?x16x32xf32>
}

// Numbers of a token become a vector, and what meets it too.
// CHECK-LABEL: func.func @token_loss
// CHECK:         weft.reduce_max %{{.*}} dims = [1] : tensor<?x3xf32> -> tensor<?xf32>
// CHECK:         weft.sub %{{.*}}, %{{.*}} : tensor<?x3xf32>
// CHECK:         weft.mul %{{.*}}, %{{.*}} : tensor<?xf32>
// CHECK:         weft.reduce_sum %{{.*}} dims = [0] : tensor<?xf32> -> tensor<f32>
func.func @token_loss(%z: tensor<?x16x3xf32>, %w: tensor<?x16xf32>) -> tensor<f32> {
  %0 = weft.reduce_max %z dims = [2] : tensor<?x16x3xf32> -> tensor<?x16xf32>
  %1 = weft.broadcast %0 dims = [0, 1] : tensor<?x16xf32> -> tensor<?x16x3xf32>
  %2 = weft.sub %z, %1 : tensor<?x16x3xf32>
  %3 = weft.reduce_sum %2 dims = [2] : tensor<?x16x3xf32> -> tensor<?x16xf32>
  %4 = weft.mul %3, %w : tensor<?x16xf32>
  %5 = weft.reduce_sum %4 dims = [0, 1] : tensor<?x16xf32> -> tensor<f32>
  return %5 : tensor<f32>
}

// What else tells positions apart stays.
// CHECK-LABEL: func.func @columns_by_position
// CHECK:         weft.add %{{.*}}, %{{.*}} : tensor<?x16x32xf32>
func.func @columns_by_position(%x: tensor<?x16x32xf32>, %p: tensor<16xf32>) -> tensor<?x16x32xf32> {
  %0 = weft.broadcast %p like %x dims = [1] : tensor<16xf32>, tensor<?x16x32xf32> -> tensor<?x16x32xf32>
  %1 = weft.add %x, %0 : tensor<?x16x32xf32>
  return %1 : tensor<?x16x32xf32>
}

// Rows of a table are picked by a vector of indices, and their gradient comes from rows.
// CHECK-LABEL: func.func @embedding
// CHECK-SAME:      %[[I:.*]]: tensor<?x16xi32>, %[[T:.*]]: tensor<100x32xf32>
// CHECK:         %[[FLAT:.*]] = weft.reshape %[[I]] : tensor<?x16xi32> -> tensor<?xi32>
// CHECK:         %[[E:.*]] = weft.embedding %[[FLAT]], %[[T]] : (tensor<?xi32>, tensor<100x32xf32>) -> tensor<?x32xf32>
// CHECK:         %[[G:.*]] = weft.exp %[[E]] : tensor<?x32xf32>
// CHECK:         weft.embedding_gradient %[[G]], %{{.*}} num_embeddings = 100 : (tensor<?x32xf32>, tensor<?xi32>)
func.func @embedding(%i: tensor<?x16xi32>, %t: tensor<100x32xf32>) -> tensor<100x32xf32> {
  %0 = weft.embedding %i, %t : (tensor<?x16xi32>, tensor<100x32xf32>) -> tensor<?x16x32xf32>
  %1 = weft.exp %0 : tensor<?x16x32xf32>
  %2 = weft.embedding_gradient %1, %i num_embeddings = 100 : (tensor<?x16x32xf32>, tensor<?x16xi32>) -> tensor<100x32xf32>
  return %2 : tensor<100x32xf32>
}

// Rows that each sample has are picked by their number, from the table that they are the first of.
// CHECK-LABEL: func.func @positions
// CHECK-SAME:      %[[X:.*]]: tensor<?x16x32xf32>, %[[T:.*]]: tensor<100x32xf32>
// CHECK:         %[[ROW:.*]] = weft.iota like %{{.*}} dim = 0 : tensor<?x32xf32> -> tensor<?xi32>
// CHECK:         %[[SAMPLE:.*]] = weft.div %[[ROW]], %{{.*}} : tensor<?xi32>
// CHECK:         %[[FIRST:.*]] = weft.mul %[[SAMPLE]], %{{.*}} : tensor<?xi32>
// CHECK:         %[[POSITION:.*]] = weft.sub %[[ROW]], %[[FIRST]] : tensor<?xi32>
// CHECK:         %[[E:.*]] = weft.embedding %[[POSITION]], %[[T]] : (tensor<?xi32>, tensor<100x32xf32>) -> tensor<?x32xf32>
// CHECK:         weft.add %{{.*}}, %[[E]] : tensor<?x32xf32>
func.func @positions(%x: tensor<?x16x32xf32>, %t: tensor<100x32xf32>) -> tensor<?x16x32xf32> {
  %0 = weft.slice %t starts = [0, 0] limits = [16, 32] strides = [1, 1] : tensor<100x32xf32> -> tensor<16x32xf32>
  %1 = weft.broadcast %0 like %x dims = [1, 2] : tensor<16x32xf32>, tensor<?x16x32xf32> -> tensor<?x16x32xf32>
  %2 = weft.add %x, %1 : tensor<?x16x32xf32>
  return %2 : tensor<?x16x32xf32>
}
