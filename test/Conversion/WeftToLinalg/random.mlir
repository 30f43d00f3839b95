// RUN: weft-opt %s --convert-weft-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @mask
func.func @mask(%seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>) -> tensor<8x12xi1> {
  // CHECK: linalg.generic
  // CHECK: linalg.index 0
  // CHECK: linalg.index 1
  // CHECK: weft.random_word
  // floor(2^32 / 4)
  // CHECK: %[[P:.*]] = arith.constant 1073741824 : i32
  // CHECK: arith.cmpi uge, %{{.*}}, %[[P]] : i32
  %y = weft.dropout_mask %seed, %step, %offset p = 0.25 id = 3 : tensor<8x12xi1>
  return %y : tensor<8x12xi1>
}
