// RUN: weft-opt %s --convert-weft-to-linalg | FileCheck %s
// RUN: weft-opt %s --convert-weft-to-linalg=convert-contractions=false | FileCheck %s --check-prefix=KEPT

// CHECK-DAG: #[[A:.*]] = affine_map<(d0, d1, d2) -> (d2, d0)>
// CHECK-DAG: #[[B:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG: #[[C:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-LABEL: func.func @transposed
// KEPT-LABEL: func.func @transposed
func.func @transposed(%a: tensor<7x5xf32>, %b: tensor<3x7xf32>) -> tensor<5x3xf32> {
  // CHECK: linalg.generic {indexing_maps = [#[[A]], #[[B]], #[[C]]], iterator_types = ["parallel", "parallel", "reduction"]}
  // KEPT: weft.matmul
  %y = weft.matmul %a, %b {transpose_a, transpose_b} : (tensor<7x5xf32>, tensor<3x7xf32>) -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}
