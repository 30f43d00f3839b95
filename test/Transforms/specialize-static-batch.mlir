// RUN: weft-opt %s --weft-specialize="bind=batch=8 static-batch" | FileCheck %s
// RUN: weft-opt %s --weft-specialize | FileCheck %s --check-prefix=NONE

// With static-batch the batch is compiled in; nothing takes its shape from another tensor any more.
// CHECK: weft.model @static attributes {weft.tuned_batch = 8 : i64}
// NONE: weft.model @static {
weft.model @static {
  // CHECK: func.func @logits(%[[X:.*]]: tensor<8x4xf32> {weft.dims = ["batch"]}) -> tensor<8x4xf32> {
  // NONE: func.func @logits(%{{.*}}: tensor<?x4xf32>
  func.func @logits(%x: tensor<?x4xf32> {weft.dims = ["batch"]}) -> tensor<?x4xf32> {
    // CHECK: %[[ONE:.*]] = weft.constant
    // CHECK: %[[ONES:.*]] = weft.broadcast %[[ONE]] dims = [] : tensor<f32> -> tensor<8x4xf32>
    // CHECK: weft.add %[[X]], %[[ONES]] : tensor<8x4xf32>
    %one = weft.constant dense<1.0> : tensor<f32>
    %ones = weft.broadcast %one like %x dims = [] : tensor<f32>, tensor<?x4xf32> -> tensor<?x4xf32>
    %y = weft.add %x, %ones : tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}
