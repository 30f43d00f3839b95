// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt --allow-bytecode | FileCheck %s

// CHECK-LABEL: func.func @dropout
func.func @dropout(%x: tensor<?x128xf32>, %seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>) -> (tensor<?x128xf32>, tensor<?x128xf32>) {
  // CHECK: weft.dropout %{{.*}} p = 1.000000e-01 : tensor<?x128xf32>
  %y0 = weft.dropout %x p = 1.000000e-01 : tensor<?x128xf32>
  // CHECK: weft.dropout %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} p = 1.000000e-01 id = 3 : tensor<?x128xf32>
  %y1 = weft.dropout %x, %seed, %step, %offset p = 1.000000e-01 id = 3 : tensor<?x128xf32>
  return %y0, %y1 : tensor<?x128xf32>, tensor<?x128xf32>
}

// CHECK-LABEL: func.func @dropout_mask
func.func @dropout_mask(%x: tensor<?x784xf32>, %seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>) -> (tensor<8x128xi1>, tensor<?x128xi1>) {
  // CHECK: weft.dropout_mask %{{.*}}, %{{.*}}, %{{.*}} p = 5.000000e-01 id = 0 : tensor<8x128xi1>
  %y0 = weft.dropout_mask %seed, %step, %offset p = 5.000000e-01 id = 0 : tensor<8x128xi1>
  // CHECK: weft.dropout_mask %{{.*}}, %{{.*}}, %{{.*}} like %{{.*}} p = 5.000000e-01 id = 1 : tensor<?x784xf32> -> tensor<?x128xi1>
  %y1 = weft.dropout_mask %seed, %step, %offset like %x p = 5.000000e-01 id = 1 : tensor<?x784xf32> -> tensor<?x128xi1>
  return %y0, %y1 : tensor<8x128xi1>, tensor<?x128xi1>
}

// CHECK-LABEL: func.func @word
func.func @word(%seed: i64, %id: i64, %step: i64, %row: i64, %column: i64) -> i32 {
  // CHECK: weft.random_word %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}
  %y = weft.random_word %seed, %id, %step, %row, %column
  return %y : i32
}

// CHECK-LABEL: func.func @numbers
func.func @numbers(%seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>, %id: tensor<i64>, %rows: tensor<i64>) -> tensor<8x4xi1> {
  // CHECK: weft.dropout_mask {{.*}} numbers(%{{.*}}, %{{.*}}) p = 5.000000e-01 id = 0 rows_per_sample = 1 : tensor<8x4xi1>
  %y = weft.dropout_mask %seed, %step, %offset numbers(%id, %rows) p = 0.5 id = 0 rows_per_sample = 1 : tensor<8x4xi1>
  return %y : tensor<8x4xi1>
}
