// RUN: weft-opt %s --weft-flatten-model --weft-build-train-step | FileCheck %s
// RUN: weft-opt %s --weft-flatten-model --weft-build-train-step="optimizer=adamw" | FileCheck %s --check-prefix=ADAMW
// RUN: weft-opt %s --weft-flatten-model --weft-build-train-step="clip-gradients" | FileCheck %s --check-prefix=CLIP
// RUN: weft-opt %s --weft-flatten-model --weft-build-train-step="accumulate-gradients" | FileCheck %s --check-prefix=ACCUMULATE

weft.model @regression attributes {optimizer = #weft.sgd<lr = 0.1, momentum = 0.9>} {
  weft.parameter @w : tensor<2x4xf32> = #weft.constant<1.0>
  weft.parameter @b {decay = false} : tensor<2xf32> = #weft.constant<0.0>
  weft.parameter @frozen {trainable = false} : tensor<4xf32> = #weft.constant<1.0>
  weft.buffer @steps : tensor<f32> = #weft.constant<0.0>

  func.func @logits(%x: tensor<?x4xf32> {weft.dims = ["batch"]}) -> tensor<?x2xf32> {
    %w = weft.read @w : tensor<2x4xf32>
    %b = weft.read @b : tensor<2xf32>
    %scale = weft.read @frozen : tensor<4xf32>
    %scales = weft.broadcast %scale like %x dims = [1] : tensor<4xf32>, tensor<?x4xf32> -> tensor<?x4xf32>
    %scaled = weft.mul %x, %scales : tensor<?x4xf32>
    %dropped = weft.dropout %scaled p = 0.1 : tensor<?x4xf32>
    %y = weft.linear %dropped, %w, %b : (tensor<?x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    return %y : tensor<?x2xf32>
  }
  func.func @loss(%x: tensor<?x4xf32>, %t: tensor<?x2xf32>) -> tensor<f32> {
    %y = call @logits(%x) : (tensor<?x4xf32>) -> tensor<?x2xf32>
    %l = weft.mse_loss %y, %t : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<f32>
    %n = weft.read @steps : tensor<f32>
    %one = weft.constant dense<1.0> : tensor<f32>
    %next = weft.add %n, %one : tensor<f32>
    weft.write @steps, %next : tensor<f32>
    return %l : tensor<f32>
  }
}

// @predict comes in evaluation mode: no dropout, so no seed.
// CHECK-LABEL: weft.model @regression
// CHECK: func.func @predict(
// CHECK-SAME: {weft.parameter = @w}
// CHECK-SAME: {weft.parameter = @b}
// CHECK-SAME: {weft.parameter = @frozen}
// CHECK-SAME: %{{[^:]*}}: tensor<?x4xf32> {weft.dims = ["batch"], weft.input = "x"})
// CHECK-SAME: -> (tensor<?x2xf32> {weft.output = "logits"})
// CHECK-NOT: weft.dropout
// CHECK: return

// CHECK: func.func @train_step(
// CHECK-SAME: %[[W:[^:]*]]: tensor<2x4xf32> {weft.parameter = @w},
// CHECK-SAME: %[[B:[^:]*]]: tensor<2xf32> {weft.parameter = @b},
// CHECK-SAME: %[[FROZEN:[^:]*]]: tensor<4xf32> {weft.parameter = @frozen},
// CHECK-SAME: %[[STEPS:[^:]*]]: tensor<f32> {weft.parameter = @steps},
// CHECK-SAME: %[[MW:[^:]*]]: tensor<2x4xf32> {weft.state = #weft.state<@w, momentum_buffer>},
// CHECK-SAME: %[[MB:[^:]*]]: tensor<2xf32> {weft.state = #weft.state<@b, momentum_buffer>},
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32> {weft.input = "x"},
// CHECK-SAME: %[[T:[^:]*]]: tensor<?x2xf32> {weft.input = "labels"},
// CHECK-SAME: %[[SEED:[^:]*]]: tensor<i64> {weft.scalar = #weft.scalar_role<seed>},
// CHECK-SAME: tensor<i64> {weft.scalar = #weft.scalar_role<step>},
// CHECK-SAME: tensor<i64> {weft.scalar = #weft.scalar_role<sample_offset>},
// CHECK-SAME: %[[LR:[^:]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<learning_rate>},
// CHECK-SAME: %[[WD:[^:]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<weight_decay>},
// CHECK-SAME: %[[MU:[^:]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<momentum>})
// CHECK-SAME: -> (tensor<2x4xf32> {weft.parameter = @w}, tensor<2xf32> {weft.parameter = @b},
// CHECK-SAME: tensor<2x4xf32> {weft.state = #weft.state<@w, momentum_buffer>}, tensor<2xf32> {weft.state = #weft.state<@b, momentum_buffer>},
// CHECK-SAME: tensor<f32> {weft.parameter = @steps},
// CHECK-SAME: tensor<f32> {weft.output = "loss_sum"}, tensor<f32> {weft.output = "loss_weight"})
// CHECK: weft.dropout %{{.*}}, %[[SEED]]
// The gradient is that of the sum, and divided by the weight before the update.
// CHECK: %[[SUM:.*]] = weft.mse_loss %{{.*}}, %[[T]] reduction ={{.*}}sum
// CHECK: %[[WEIGHT:.*]] = weft.size
// CHECK: %[[DW:.*]] = weft.matmul
// A batch without weight is divided by 1.
// CHECK: %[[DIVISOR:.*]] = weft.maximum %[[WEIGHT]],
// CHECK: %[[SCALE:.*]] = weft.div %{{.*}}, %[[DIVISOR]]
// CHECK: %[[SCALES:.*]] = weft.broadcast %[[SCALE]]
// CHECK: %[[MEAN:.*]] = weft.mul %[[DW]], %[[SCALES]]
// CHECK: %[[NEW_W:.*]], %[[NEW_MW:.*]] = weft.sgd_update %[[W]], %[[MEAN]] lr(%[[LR]]) weight_decay(%[[WD]]) momentum(%[[MW]], %[[MU]])
// A parameter with `decay = false` does not decay.
// CHECK: %[[NEW_B:.*]], %[[NEW_MB:.*]] = weft.sgd_update %[[B]], %{{.*}} lr(%[[LR]]) momentum(%[[MB]], %[[MU]])
// CHECK: return %[[NEW_W]], %[[NEW_B]], %[[NEW_MW]], %[[NEW_MB]], %{{.*}}, %[[SUM]], %[[WEIGHT]]

// Evaluation changes no buffer.
// CHECK: func.func @eval_step(
// CHECK-NOT: @steps
// CHECK-SAME: -> (tensor<f32> {weft.output = "loss_sum"}, tensor<f32> {weft.output = "loss_weight"}, tensor<?x2xf32> {weft.output = "logits"})
// CHECK-NOT: weft.dropout
// CHECK: }
// CHECK-NOT: func.func @loss
// CHECK-NOT: func.func @logits

// ADAMW: weft.model @regression attributes {optimizer = #weft.adamw
// ADAMW: func.func @train_step(
// ADAMW-SAME: {weft.state = #weft.state<@w, exp_avg>}, %{{[^:]*}}: tensor<2x4xf32> {weft.state = #weft.state<@w, exp_avg_sq>}
// ADAMW-SAME: #weft.scalar_role<bias_correction2>
// ADAMW: weft.adamw_update

// CLIP: func.func @train_step(
// CLIP-SAME: %[[BOUND:[^:]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<max_grad_norm>}
// CLIP-SAME: tensor<f32> {weft.output = "grad_norm"})
// CLIP: %[[SCALE:.*]] = weft.div %{{.*}}, %{{.*}} : tensor<f32>
// CLIP: weft.reduce_sum %{{.*}} dims = [0, 1] : tensor<2x4xf32> -> tensor<f32>
// CLIP: weft.reduce_sum %{{.*}} dims = [0] : tensor<2xf32> -> tensor<f32>
// CLIP: %[[SQUARES:.*]] = weft.add
// CLIP: %[[ROOT:.*]] = weft.sqrt %[[SQUARES]]
// CLIP: %[[NORM:.*]] = weft.mul %[[ROOT]], %[[SCALE]]
// CLIP: %[[MAX:.*]] = weft.cast %[[BOUND]]
// CLIP: %[[SUM:.*]] = weft.add %[[NORM]],
// CLIP: %[[RATIO:.*]] = weft.div %[[MAX]], %[[SUM]]
// CLIP: %[[COEFFICIENT:.*]] = weft.minimum %[[RATIO]],
// CLIP: %[[FACTOR:.*]] = weft.mul %[[SCALE]], %[[COEFFICIENT]]
// CLIP: weft.broadcast %[[FACTOR]] dims = [] : tensor<f32> -> tensor<2x4xf32>
// CLIP: return %{{.*}}, %[[NORM]] :

// ACCUMULATE: func.func @train_step(
// ACCUMULATE: func.func @accumulate_step(
// ACCUMULATE-NOT: momentum_buffer
// ACCUMULATE-SAME: %[[GW:[^:]*]]: tensor<2x4xf32> {weft.state = #weft.accumulator<@w>}
// ACCUMULATE-SAME: %[[GB:[^:]*]]: tensor<2xf32> {weft.state = #weft.accumulator<@b>}
// ACCUMULATE-SAME: %[[AS:[^:]*]]: tensor<f32> {weft.state = #weft.loss_accumulator<sum>}
// ACCUMULATE-SAME: %[[AW:[^:]*]]: tensor<f32> {weft.state = #weft.loss_accumulator<weight>}
// ACCUMULATE: %[[SUM:.*]] = weft.mse_loss
// ACCUMULATE: %[[NGW:.*]] = weft.add %[[GW]], %{{.*}} : tensor<2x4xf32>
// ACCUMULATE: %[[NGB:.*]] = weft.add %[[GB]], %{{.*}} : tensor<2xf32>
// ACCUMULATE: %[[NAS:.*]] = weft.add %[[AS]], %[[SUM]]
// ACCUMULATE: %[[NAW:.*]] = weft.add %[[AW]],
// ACCUMULATE: return %[[NGW]], %[[NGB]], %[[NAS]], %[[NAW]], %{{.*}}, %[[SUM]],
// ACCUMULATE: func.func @apply_step(
// ACCUMULATE-SAME: %[[MW:[^:]*]]: tensor<2x4xf32> {weft.state = #weft.state<@w, momentum_buffer>}
// ACCUMULATE-SAME: %[[GW:[^:]*]]: tensor<2x4xf32> {weft.state = #weft.accumulator<@w>}
// ACCUMULATE-NOT: weft.input
// ACCUMULATE: %[[SCALE:.*]] = weft.div %{{.*}}, %{{.*}} : tensor<f32>
// ACCUMULATE: %[[SCALES:.*]] = weft.broadcast %[[SCALE]]
// ACCUMULATE: weft.mul %[[GW]], %[[SCALES]]
// The accumulators are cleared.
// ACCUMULATE: %[[ZERO:.*]] = weft.constant dense<0.000000e+00> : tensor<2x4xf32>
// ACCUMULATE: return %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %[[ZERO]],
