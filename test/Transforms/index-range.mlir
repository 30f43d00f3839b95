// RUN: weft-opt %s --weft-pipeline="from=input to=training bind=seq=8 optimizer=sgd" | FileCheck %s

// What the runtime checks of inputs before a step: ids are rows of their table, positions places of the bound
// sequence, labels classes or ignored.
// CHECK: func.func @train_step__seq8
// CHECK-SAME: weft.index_range = array<i64: 0, 50>, weft.input = "input_ids"
// CHECK-SAME: weft.index_range = array<i64: 0, 8>, weft.input = "masked_positions"
// CHECK-SAME: weft.index_range = array<i64: 0, 2, -100>, weft.input = "labels"
weft.model @model {
  weft.parameter @words : tensor<50x4xf32> = #weft.normal<std = 0.02>
  weft.parameter @head : tensor<2x4xf32> = #weft.normal<std = 0.02>
  func.func @loss(%ids: tensor<?x?xi32> {weft.input = "input_ids", weft.dims = ["batch", "seq"]},
                  %positions: tensor<?x3xi32> {weft.input = "masked_positions", weft.dims = ["batch", ""]},
                  %labels: tensor<?x3xi32> {weft.input = "labels", weft.dims = ["batch", ""]}) -> tensor<f32> {
    %words = weft.read @words : tensor<50x4xf32>
    %w = weft.embedding %ids, %words : (tensor<?x?xi32>, tensor<50x4xf32>) -> tensor<?x?x4xf32>
    %p = weft.gather %w, %positions dim = 1 : (tensor<?x?x4xf32>, tensor<?x3xi32>) -> tensor<?x3x4xf32>
    %head = weft.read @head : tensor<2x4xf32>
    %l = weft.linear %p, %head : (tensor<?x3x4xf32>, tensor<2x4xf32>) -> tensor<?x3x2xf32>
    %loss = weft.cross_entropy %l, %labels : (tensor<?x3x2xf32>, tensor<?x3xi32>) -> tensor<f32>
    return %loss : tensor<f32>
  }
}
