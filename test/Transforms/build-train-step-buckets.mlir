// RUN: weft-opt %s --weft-pipeline="to=training bind=seq=4,8 accumulate-gradients" | FileCheck %s

// Steps are built per bucket; random ops have the same ids in all of them, and one @apply_step, which sees
// no batch, serves all.
weft.model @buckets attributes {optimizer = #weft.sgd<lr = 0.1>} {
  weft.parameter @w : tensor<2x3xf32> = #weft.constant<1.0>
  func.func @logits(%x: tensor<?x?x3xf32> {weft.dims = ["batch", "seq"]}) -> tensor<?x?x2xf32> {
    %w = weft.read @w : tensor<2x3xf32>
    %d = weft.dropout %x p = 0.1 : tensor<?x?x3xf32>
    %y = weft.linear %d, %w : (tensor<?x?x3xf32>, tensor<2x3xf32>) -> tensor<?x?x2xf32>
    return %y : tensor<?x?x2xf32>
  }
  func.func @loss(%x: tensor<?x?x3xf32> {weft.dims = ["batch", "seq"]},
                  %labels: tensor<?x?xi64> {weft.dims = ["batch", "seq"]}) -> tensor<f32> {
    %y = call @logits(%x) : (tensor<?x?x3xf32>) -> tensor<?x?x2xf32>
    %l = weft.cross_entropy %y, %labels : (tensor<?x?x2xf32>, tensor<?x?xi64>) -> tensor<f32>
    return %l : tensor<f32>
  }
}

// CHECK-DAG: func.func @predict__seq4({{.*}} attributes {weft.bucket = {seq = 4 : i64}, weft.entry = "predict"}
// CHECK-DAG: func.func @predict__seq8({{.*}} attributes {weft.bucket = {seq = 8 : i64}, weft.entry = "predict"}
// CHECK-DAG: func.func @train_step__seq4({{.*}} attributes {weft.bucket = {seq = 4 : i64}, weft.entry = "train_step"}
// CHECK-DAG: func.func @train_step__seq8({{.*}}tensor<?x8xi64> {{{.*}}weft.index_range = array<i64: 0, 2, -100>
// CHECK-DAG: func.func @accumulate_step__seq4(
// CHECK-DAG: func.func @accumulate_step__seq8(
// CHECK-DAG: func.func @eval_step__seq4(
// CHECK-DAG: func.func @eval_step__seq8(
// CHECK-DAG: func.func @apply_step({{.*}}) {
