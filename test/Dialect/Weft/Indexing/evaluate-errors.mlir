// RUN: not weft-opt %s --split-input-file --weft-check-op-cases 2>&1 | FileCheck %s

// CHECK: 'weft.embedding' op expected index 1 in [0, 2), got 2 (embedding_c3)
func.func @embedding(%i: tensor<2xi32> {case.value = dense<[0, 2]> : tensor<2xi32>},
                     %t: tensor<2x1xf32> {case.value = dense<0.0> : tensor<2x1xf32>})
    -> (tensor<2x1xf32> {case.expect = dense<0.0> : tensor<2x1xf32>}) {
  %y = weft.embedding %i, %t : (tensor<2xi32>, tensor<2x1xf32>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// -----

// CHECK: 'weft.gather' op expected index 0 in [0, 2), got -1 (gather_c3)
func.func @gather(%x: tensor<2xf32> {case.value = dense<0.0> : tensor<2xf32>},
                  %i: tensor<1xi64> {case.value = dense<-1> : tensor<1xi64>})
    -> (tensor<1xf32> {case.expect = dense<0.0> : tensor<1xf32>}) {
  %y = weft.gather %x, %i dim = 0 : (tensor<2xf32>, tensor<1xi64>) -> tensor<1xf32>
  return %y : tensor<1xf32>
}

// -----

// CHECK: 'weft.scatter_sum' op expected index 0 in [0, 2), got 5 (scatter_c4)
func.func @scatter(%x: tensor<1xf32> {case.value = dense<0.0> : tensor<1xf32>},
                   %i: tensor<1xi64> {case.value = dense<5> : tensor<1xi64>})
    -> (tensor<2xf32> {case.expect = dense<0.0> : tensor<2xf32>}) {
  %y = weft.scatter_sum %x, %i dim = 0 size = 2 : (tensor<1xf32>, tensor<1xi64>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// CHECK: 'weft.prefix' op expected at most the 2 elements of dimension 0, got 3 (prefix_c3)
func.func @prefix(%t: tensor<2x1xf32> {case.value = dense<0.0> : tensor<2x1xf32>},
                  %x: tensor<?x?xi32> {case.value = dense<0> : tensor<1x3xi32>})
    -> (tensor<?x1xf32> {case.expect = dense<0.0> : tensor<3x1xf32>}) {
  %y = weft.prefix %t dim = 0 like %x dim = 1 : tensor<2x1xf32>, tensor<?x?xi32> -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}

// -----

// CHECK: 'weft.check_index' op expected index 1 of weft.gather in [0, 3), got -1 (check_index_c2)
func.func @check_index(%i: tensor<2xi64> {case.value = dense<[2, -1]> : tensor<2xi64>})
    -> (tensor<2xi64> {case.expect = dense<0> : tensor<2xi64>}) {
  %y = weft.check_index %i low = 0 high = 3 user = "weft.gather" : tensor<2xi64>
  return %y : tensor<2xi64>
}
