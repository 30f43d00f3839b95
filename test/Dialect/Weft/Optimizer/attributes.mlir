// RUN: weft-opt %s --split-input-file --weft-flatten-model --weft-differentiate --weft-build-train-step | FileCheck %s

// Which state each optimizer keeps, which numbers of the step it reads, and the update that it builds. A parameter
// without decay leaves the weight decay out.

// CHECK-LABEL: weft.model @plain
// CHECK: func.func @train_step
// CHECK-SAME: %[[LR:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<learning_rate>}
// CHECK-SAME: %[[WD:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<weight_decay>})
// CHECK: weft.sgd_update %{{.*}}, %{{.*}} lr(%[[LR]]) weight_decay(%[[WD]]) : tensor<4xf32>
// CHECK: weft.sgd_update %{{.*}}, %{{.*}} lr(%[[LR]]) : tensor<4xf32>
weft.model @plain attributes {optimizer = #weft.sgd<lr = 0.1>} {
  weft.parameter @w : tensor<4xf32> = #weft.constant<0>
  weft.parameter @b {decay = false} : tensor<4xf32> = #weft.constant<0>
  func.func @loss(%t: tensor<4xf32> {weft.input = "t"}) -> tensor<f32> {
    %w = weft.read @w : tensor<4xf32>
    %b = weft.read @b : tensor<4xf32>
    %y = weft.add %w, %b : tensor<4xf32>
    %loss = weft.mse_loss %y, %t : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
    return %loss : tensor<f32>
  }
}

// -----

// CHECK-LABEL: weft.model @momentum
// CHECK: func.func @train_step
// CHECK-SAME: %[[BUFFER:[a-z0-9]*]]: tensor<4xf32> {weft.state = #weft.state<@w, momentum_buffer>}
// CHECK-SAME: %[[LR:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<learning_rate>}
// CHECK-SAME: %[[WD:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<weight_decay>}
// CHECK-SAME: %[[MU:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<momentum>})
// CHECK: weft.sgd_update %{{.*}} lr(%[[LR]]) weight_decay(%[[WD]]) momentum(%[[BUFFER]], %[[MU]]) nesterov : tensor<4xf32>
weft.model @momentum attributes {optimizer = #weft.sgd<momentum = 0.9, nesterov = true>} {
  weft.parameter @w : tensor<4xf32> = #weft.constant<0>
  func.func @loss(%t: tensor<4xf32> {weft.input = "t"}) -> tensor<f32> {
    %w = weft.read @w : tensor<4xf32>
    %loss = weft.mse_loss %w, %t : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
    return %loss : tensor<f32>
  }
}

// -----

// CHECK-LABEL: weft.model @dampened
// CHECK: func.func @train_step
// CHECK-SAME: %[[D:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<dampening>}
// CHECK-SAME: %[[STEP:[a-z0-9]*]]: tensor<i64> {weft.scalar = #weft.scalar_role<step>})
// CHECK: weft.sgd_update %{{.*}} dampening(%[[D]], %[[STEP]]) : tensor<4xf32>
weft.model @dampened attributes {optimizer = #weft.sgd<momentum = 0.9, dampening = 0.1>} {
  weft.parameter @w : tensor<4xf32> = #weft.constant<0>
  func.func @loss(%t: tensor<4xf32> {weft.input = "t"}) -> tensor<f32> {
    %w = weft.read @w : tensor<4xf32>
    %loss = weft.mse_loss %w, %t : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
    return %loss : tensor<f32>
  }
}

// -----

// CHECK-LABEL: weft.model @adam
// CHECK: func.func @train_step
// CHECK-SAME: %[[M:[a-z0-9]*]]: tensor<4xf32> {weft.state = #weft.state<@w, exp_avg>}
// CHECK-SAME: %[[V:[a-z0-9]*]]: tensor<4xf32> {weft.state = #weft.state<@w, exp_avg_sq>}
// CHECK-SAME: %[[LR:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<learning_rate>}
// CHECK-SAME: %[[B1:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<beta1>}
// CHECK-SAME: %[[B2:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<beta2>}
// CHECK-SAME: %[[EPS:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<epsilon>}
// CHECK-SAME: %[[C1:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<bias_correction1>}
// CHECK-SAME: %[[C2:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<bias_correction2>}
// CHECK-SAME: %[[WD:[a-z0-9]*]]: tensor<f64> {weft.scalar = #weft.scalar_role<weight_decay>}
// CHECK: weft.adam_update %{{.*}}, %{{.*}}, %[[M]], %[[V]] lr(%[[LR]]) betas(%[[B1]], %[[B2]]) eps(%[[EPS]])
// CHECK-SAME: bias_corrections(%[[C1]], %[[C2]]) weight_decay(%[[WD]]) : tensor<4xf32>
weft.model @adam attributes {optimizer = #weft.adam} {
  weft.parameter @w : tensor<4xf32> = #weft.constant<0>
  func.func @loss(%t: tensor<4xf32> {weft.input = "t"}) -> tensor<f32> {
    %w = weft.read @w : tensor<4xf32>
    %loss = weft.mse_loss %w, %t : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
    return %loss : tensor<f32>
  }
}

// -----

// CHECK-LABEL: weft.model @adamw
// CHECK: weft.adamw_update %{{.*}} weight_decay(%{{.*}}) : tensor<4xf32>
// CHECK: weft.adamw_update %{{.*}} bias_corrections(%{{.*}}, %{{.*}}) : tensor<2xf32>
weft.model @adamw attributes {optimizer = #weft.adamw<lr = 5.0e-5>} {
  weft.parameter @w : tensor<4xf32> = #weft.constant<0>
  weft.parameter @b {decay = false} : tensor<2xf32> = #weft.constant<0>
  func.func @loss(%t: tensor<4xf32> {weft.input = "t"}, %s: tensor<2xf32> {weft.input = "s"}) -> tensor<f32> {
    %w = weft.read @w : tensor<4xf32>
    %b = weft.read @b : tensor<2xf32>
    %0 = weft.mse_loss %w, %t reduction = sum : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
    %1 = weft.mse_loss %b, %s reduction = sum : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
    %loss = weft.add %0, %1 : tensor<f32>
    return %loss : tensor<f32>
  }
}
