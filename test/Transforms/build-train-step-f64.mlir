// RUN: weft-opt %s --weft-flatten-model --weft-build-train-step="clip-gradients accumulate-gradients" | FileCheck %s --implicit-check-not="xf32" --implicit-check-not="tensor<f32>"

// A model in f64 is trained in f64: sums, weights, the norm and what gradients are multiplied by.
// CHECK-LABEL: weft.model @double
// CHECK: func.func @train_step(
// CHECK-SAME: tensor<f64> {weft.output = "loss_sum"}, tensor<f64> {weft.output = "loss_weight"}, tensor<f64> {weft.output = "grad_norm"}
// CHECK: %[[SUM:.*]] = weft.cross_entropy %{{.*}} reduction ={{.*}}sum {{.*}} -> tensor<f64>
// CHECK: weft.cast %{{.*}} : tensor<?xi1> -> tensor<?xf64>
// CHECK: func.func @accumulate_step(
// CHECK-SAME: tensor<f64> {weft.state = #weft.loss_accumulator<sum>}
// CHECK-SAME: tensor<f64> {weft.state = #weft.loss_accumulator<weight>}
// CHECK: func.func @apply_step(
// CHECK: func.func @eval_step(
weft.model @double attributes {optimizer = #weft.adamw<>} {
  weft.parameter @w : tensor<5x2xf64> = #weft.constant<1.0>
  func.func @loss(%x: tensor<?x2xf64>, %labels: tensor<?xi64>) -> tensor<f64> {
    %w = weft.read @w : tensor<5x2xf64>
    %y = weft.linear %x, %w : (tensor<?x2xf64>, tensor<5x2xf64>) -> tensor<?x5xf64>
    %l = weft.cross_entropy %y, %labels : (tensor<?x5xf64>, tensor<?xi64>) -> tensor<f64>
    return %l : tensor<f64>
  }
}
