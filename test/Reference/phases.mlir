// What the phases make of a small network, by evaluation: the gradient of the flat loss with respect to all
// parameters is that of central differences, to second order, and later phases keep what the steps compute.

// RUN: weft-opt %s --pass-pipeline="builtin.module(weft.model(weft-flatten-model),weft-check-gradients)" -o /dev/null
// RUN: weft-opt %s --weft-pipeline="from=input to=training" -o %t.training.mlir
// RUN: weft-opt %t.training.mlir --weft-check-equivalent="pipeline=weft-pipeline{from=training to=dispatch}" -o /dev/null
// RUN: weft-opt %s --weft-pipeline="from=input to=training clip-gradients accumulate-gradients optimizer=sgd" -o %t.clipped.mlir
// RUN: weft-opt %t.clipped.mlir --weft-check-equivalent="pipeline=weft-pipeline{from=training to=dispatch}" -o /dev/null

weft.model @small attributes {optimizer = #weft.adamw<lr = 0.01>} {
  weft.parameter @fc1.weight : tensor<4x3xf32> = #weft.kaiming_uniform<a = 2.2360679774997898>
  weft.parameter @fc1.bias : tensor<4xf32> = #weft.uniform<-0.5, 0.5>
  weft.parameter @fc2.weight : tensor<2x4xf32> = #weft.kaiming_uniform<a = 2.2360679774997898>
  weft.parameter @fc2.bias : tensor<2xf32> = #weft.uniform<-0.5, 0.5>
  func.func @logits(%x: tensor<?x3xf32> {weft.input = "x", weft.dims = ["batch"]}) -> tensor<?x2xf32> {
    %w1 = weft.read @fc1.weight : tensor<4x3xf32>
    %b1 = weft.read @fc1.bias : tensor<4xf32>
    %h = weft.linear %x, %w1, %b1 : (tensor<?x3xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %r = weft.tanh %h : tensor<?x4xf32>
    %d = weft.dropout %r p = 0.25 : tensor<?x4xf32>
    %w2 = weft.read @fc2.weight : tensor<2x4xf32>
    %b2 = weft.read @fc2.bias : tensor<2xf32>
    %y = weft.linear %d, %w2, %b2 : (tensor<?x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    return %y : tensor<?x2xf32>
  }
  func.func @loss(%x: tensor<?x3xf32> {weft.input = "x", weft.dims = ["batch"]},
                  %labels: tensor<?xi64> {weft.input = "labels", weft.dims = ["batch"]}) -> tensor<f32> attributes {case.gradient = 2} {
    %y = call @logits(%x) : (tensor<?x3xf32>) -> tensor<?x2xf32>
    %loss = weft.cross_entropy %y, %labels : (tensor<?x2xf32>, tensor<?xi64>) -> tensor<f32>
    return %loss : tensor<f32>
  }
}
