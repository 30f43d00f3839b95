// RUN: weft-opt %s --split-input-file --weft-pipeline="from=input to=training optimizer=sgd" | FileCheck %s
// RUN: weft-opt %s --split-input-file --weft-pipeline="from=input to=dispatch optimizer=sgd" | FileCheck %s --check-prefix=DISPATCH

// Columns of an input that are rows of a table each, or labels of a task each, have ranges of their own; a column that
// nothing reads has none. The elements of a sample are described in runs, which begin again behind the last.
// CHECK: func.func @train_step(
// CHECK-SAME: weft.index_range = [array<i64: 1, 0, 50>, array<i64: 1, 0, 7>, array<i64: 1, 0, 0>], weft.input = "ids"
// CHECK-SAME: weft.index_range = [array<i64: 8, 0, 3, -100>, array<i64: 8, 0, 2, 0>], weft.input = "labels"
// What the runtime checks before a step needs no other check.
// DISPATCH-NOT: weft.check_index
weft.model @model {
  weft.parameter @a : tensor<50x4xf32> = #weft.normal<std = 0.02>
  weft.parameter @b : tensor<7x4xf32> = #weft.normal<std = 0.02>
  weft.parameter @head3 : tensor<3x4xf32> = #weft.normal<std = 0.02>
  weft.parameter @head2 : tensor<2x4xf32> = #weft.normal<std = 0.02>
  func.func @loss(%ids: tensor<?x8x3xi32> {weft.input = "ids"}, %labels: tensor<?x2x8xi64> {weft.input = "labels"}) -> tensor<f32> {
    %a = weft.read @a : tensor<50x4xf32>
    %b = weft.read @b : tensor<7x4xf32>
    %columns = weft.permute %ids dims = [0, 2, 1] : tensor<?x8x3xi32> -> tensor<?x3x8xi32>
    %c0 = weft.slice %columns starts = [0, 0, 0] limits = [-1, 1, 8] strides = [1, 1, 1] : tensor<?x3x8xi32> -> tensor<?x1x8xi32>
    %i0 = weft.reshape %c0 : tensor<?x1x8xi32> -> tensor<?x8xi32>
    %c1 = weft.slice %ids starts = [0, 0, 1] limits = [-1, 8, 2] strides = [1, 1, 1] : tensor<?x8x3xi32> -> tensor<?x8x1xi32>
    %i1 = weft.reshape %c1 : tensor<?x8x1xi32> -> tensor<?x8xi32>
    %e0 = weft.embedding %i0, %a : (tensor<?x8xi32>, tensor<50x4xf32>) -> tensor<?x8x4xf32>
    %e1 = weft.embedding %i1, %b : (tensor<?x8xi32>, tensor<7x4xf32>) -> tensor<?x8x4xf32>
    %h = weft.add %e0, %e1 : tensor<?x8x4xf32>
    %w3 = weft.read @head3 : tensor<3x4xf32>
    %w2 = weft.read @head2 : tensor<2x4xf32>
    %y3 = weft.linear %h, %w3 : (tensor<?x8x4xf32>, tensor<3x4xf32>) -> tensor<?x8x3xf32>
    %y2 = weft.linear %h, %w2 : (tensor<?x8x4xf32>, tensor<2x4xf32>) -> tensor<?x8x2xf32>
    %t0 = weft.slice %labels starts = [0, 0, 0] limits = [-1, 1, 8] strides = [1, 1, 1] : tensor<?x2x8xi64> -> tensor<?x1x8xi64>
    %t1 = weft.slice %labels starts = [0, 1, 0] limits = [-1, 2, 8] strides = [1, 1, 1] : tensor<?x2x8xi64> -> tensor<?x1x8xi64>
    %l0 = weft.reshape %t0 : tensor<?x1x8xi64> -> tensor<?x8xi64>
    %l1 = weft.reshape %t1 : tensor<?x1x8xi64> -> tensor<?x8xi64>
    %loss3 = weft.cross_entropy %y3, %l0 : (tensor<?x8x3xf32>, tensor<?x8xi64>) -> tensor<f32>
    %loss2 = weft.cross_entropy %y2, %l1 ignore_index = 0 : (tensor<?x8x2xf32>, tensor<?x8xi64>) -> tensor<f32>
    %loss = weft.add %loss3, %loss2 : tensor<f32>
    return %loss : tensor<f32>
  }
}

// -----

// A column that two ops read must suit both; a static batch is described by its rows.
// CHECK: func.func @train_step(
// CHECK-SAME: tensor<6x2xi64> {weft.index_range = [array<i64: 1, 0, 7>, array<i64: 1, 0, 50>], weft.input = "ids"}
weft.model @fixed {
  weft.parameter @a : tensor<50x4xf32> = #weft.normal<std = 0.02>
  weft.parameter @b : tensor<7x4xf32> = #weft.normal<std = 0.02>
  func.func @loss(%ids: tensor<6x2xi64> {weft.input = "ids"}) -> tensor<f32> {
    %a = weft.read @a : tensor<50x4xf32>
    %b = weft.read @b : tensor<7x4xf32>
    %c0 = weft.slice %ids starts = [0, 0] limits = [6, 1] strides = [1, 1] : tensor<6x2xi64> -> tensor<6x1xi64>
    %e0 = weft.embedding %c0, %b : (tensor<6x1xi64>, tensor<7x4xf32>) -> tensor<6x1x4xf32>
    %e1 = weft.embedding %ids, %a : (tensor<6x2xi64>, tensor<50x4xf32>) -> tensor<6x2x4xf32>
    %s0 = weft.reduce_mean %e0 dims = [0, 1, 2] : tensor<6x1x4xf32> -> tensor<f32>
    %s1 = weft.reduce_mean %e1 dims = [0, 1, 2] : tensor<6x2x4xf32> -> tensor<f32>
    %loss = weft.add %s0, %s1 : tensor<f32>
    return %loss : tensor<f32>
  }
}
