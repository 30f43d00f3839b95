// RUN: weft-opt %s --weft-decompose --cse | FileCheck %s

// CHECK-LABEL: func.func @sgd
// CHECK-SAME: (%[[W:.*]]: tensor<8xf32>, %[[G:.*]]: tensor<8xf32>, %[[LR:.*]]: tensor<f64>)
func.func @sgd(%w: tensor<8xf32>, %g: tensor<8xf32>, %lr: tensor<f64>) -> tensor<8xf32> {
  // CHECK-NEXT: %[[LR32:.*]] = weft.cast %[[LR]] : tensor<f64> -> tensor<f32>
  // CHECK-NEXT: %[[LRS:.*]] = weft.broadcast %[[LR32]] dims = [] : tensor<f32> -> tensor<8xf32>
  // CHECK-NEXT: %[[STEP:.*]] = weft.mul %[[G]], %[[LRS]]
  // CHECK-NEXT: %[[NEW:.*]] = weft.sub %[[W]], %[[STEP]]
  // CHECK-NEXT: return %[[NEW]]
  %w1 = weft.sgd_update %w, %g lr(%lr) : tensor<8xf32>
  return %w1 : tensor<8xf32>
}

// CHECK-LABEL: func.func @sgd_nesterov
// CHECK-SAME: (%[[W:.*]]: tensor<8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>,
func.func @sgd_nesterov(%w: tensor<8xf32>, %g: tensor<8xf32>, %b: tensor<8xf32>, %lr: tensor<f64>, %wd: tensor<f64>,
                        %mu: tensor<f64>) -> (tensor<8xf32>, tensor<8xf32>) {
  // CHECK: %[[DECAY:.*]] = weft.mul %[[W]], %{{.*}}
  // CHECK-NEXT: %[[GD:.*]] = weft.add %[[G]], %[[DECAY]]
  // CHECK: %[[MU:.*]] = weft.broadcast
  // CHECK-NEXT: %[[OLD:.*]] = weft.mul %[[B]], %[[MU]]
  // CHECK-NEXT: %[[NEWB:.*]] = weft.add %[[OLD]], %[[GD]]
  // CHECK-NEXT: %[[AHEAD:.*]] = weft.mul %[[NEWB]], %[[MU]]
  // CHECK-NEXT: %[[DIRECTION:.*]] = weft.add %[[GD]], %[[AHEAD]]
  // CHECK: %[[STEP:.*]] = weft.mul %[[DIRECTION]]
  // CHECK-NEXT: %[[NEW:.*]] = weft.sub %[[W]], %[[STEP]]
  // CHECK-NEXT: return %[[NEW]], %[[NEWB]]
  %w1, %b1 = weft.sgd_update %w, %g lr(%lr) weight_decay(%wd) momentum(%b, %mu) nesterov : tensor<8xf32>
  return %w1, %b1 : tensor<8xf32>, tensor<8xf32>
}

// The first step takes the whole gradient.
// CHECK-LABEL: func.func @sgd_dampened
// CHECK-SAME: %[[D:[a-z0-9]*]]: tensor<f64>, %[[STEP:[a-z0-9]*]]: tensor<i64>)
func.func @sgd_dampened(%w: tensor<8xf32>, %g: tensor<8xf32>, %b: tensor<8xf32>, %lr: tensor<f64>, %mu: tensor<f64>,
                        %d: tensor<f64>, %step: tensor<i64>) -> (tensor<8xf32>, tensor<8xf32>) {
  // CHECK: %[[FIRST:.*]] = weft.constant dense<1> : tensor<i64>
  // CHECK: %[[ISFIRST:.*]] = weft.compare eq, %[[STEP]], %[[FIRST]]
  // CHECK: %[[ONE:.*]] = weft.constant dense<1.000000e+00> : tensor<f64>
  // CHECK: %[[REST:.*]] = weft.sub %[[ONE]], %[[D]]
  // CHECK: %[[SHARE:.*]] = weft.select %[[ISFIRST]], %[[ONE]], %[[REST]] : tensor<f64>
  // CHECK: %[[SHARE32:.*]] = weft.cast %[[SHARE]] : tensor<f64> -> tensor<f32>
  // CHECK: %[[SHARES:.*]] = weft.broadcast %[[SHARE32]]
  // CHECK: weft.mul %{{.*}}, %[[SHARES]]
  %w1, %b1 = weft.sgd_update %w, %g lr(%lr) momentum(%b, %mu) dampening(%d, %step) : tensor<8xf32>
  return %w1, %b1 : tensor<8xf32>, tensor<8xf32>
}

// Numbers of the step meet in f64; each meets the parameter in f32.
// CHECK-LABEL: func.func @adam
// CHECK-SAME: (%[[W:.*]]: tensor<8xf32>, %[[G:.*]]: tensor<8xf32>, %[[M:.*]]: tensor<8xf32>, %[[V:.*]]: tensor<8xf32>, %[[LR:.*]]: tensor<f64>, %[[BETA1:.*]]: tensor<f64>, %[[BETA2:.*]]: tensor<f64>, %[[EPS:.*]]: tensor<f64>, %[[C1:.*]]: tensor<f64>, %[[C2:.*]]: tensor<f64>, %[[WD:.*]]: tensor<f64>)
func.func @adam(%w: tensor<8xf32>, %g: tensor<8xf32>, %m: tensor<8xf32>, %v: tensor<8xf32>, %lr: tensor<f64>,
                %beta1: tensor<f64>, %beta2: tensor<f64>, %eps: tensor<f64>, %c1: tensor<f64>, %c2: tensor<f64>,
                %wd: tensor<f64>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  // CHECK: %[[DECAY:.*]] = weft.mul %[[W]], %{{.*}}
  // CHECK-NEXT: %[[GD:.*]] = weft.add %[[G]], %[[DECAY]]
  // CHECK-NEXT: %[[TOWARDS:.*]] = weft.sub %[[GD]], %[[M]]
  // CHECK: weft.sub %{{.*}}, %[[BETA1]] : tensor<f64>
  // CHECK: %[[MOVE:.*]] = weft.mul %[[TOWARDS]]
  // CHECK-NEXT: %[[NEWM:.*]] = weft.add %[[M]], %[[MOVE]]
  // CHECK: weft.sub %{{.*}}, %[[BETA2]] : tensor<f64>
  // CHECK: %[[PART:.*]] = weft.mul %[[GD]]
  // CHECK-NEXT: %[[SQUARE:.*]] = weft.mul %[[PART]], %[[GD]]
  // CHECK: %[[OLD:.*]] = weft.mul %[[V]]
  // CHECK-NEXT: %[[NEWV:.*]] = weft.add %[[OLD]], %[[SQUARE]]
  // CHECK: weft.sqrt %[[C2]] : tensor<f64>
  // CHECK: %[[ROOT:.*]] = weft.sqrt %[[NEWV]]
  // CHECK-NEXT: %[[CORRECTED:.*]] = weft.div %[[ROOT]]
  // CHECK: %[[DENOMINATOR:.*]] = weft.add %[[CORRECTED]]
  // CHECK-NEXT: weft.div %[[LR]], %[[C1]] : tensor<f64>
  // CHECK: %[[SCALED:.*]] = weft.mul %[[NEWM]]
  // CHECK-NEXT: %[[STEP:.*]] = weft.div %[[SCALED]], %[[DENOMINATOR]]
  // CHECK-NEXT: %[[NEW:.*]] = weft.sub %[[W]], %[[STEP]]
  // CHECK-NEXT: return %[[NEW]], %[[NEWM]], %[[NEWV]]
  %w1, %m1, %v1 = weft.adam_update %w, %g, %m, %v lr(%lr) betas(%beta1, %beta2) eps(%eps)
      bias_corrections(%c1, %c2) weight_decay(%wd) : tensor<8xf32>
  return %w1, %m1, %v1 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func.func @adamw
// CHECK-SAME: (%[[W:[a-z0-9]*]]: tensor<8xf32>, %[[G:[a-z0-9]*]]: tensor<8xf32>, %[[M:[a-z0-9]*]]: tensor<8xf32>,
// CHECK-SAME: %[[LR:[a-z0-9]*]]: tensor<f64>, %{{.*}}, %[[WD:[a-z0-9]*]]: tensor<f64>)
func.func @adamw(%w: tensor<8xf32>, %g: tensor<8xf32>, %m: tensor<8xf32>, %v: tensor<8xf32>, %lr: tensor<f64>,
                 %beta1: tensor<f64>, %beta2: tensor<f64>, %eps: tensor<f64>, %c1: tensor<f64>, %c2: tensor<f64>,
                 %wd: tensor<f64>) -> tensor<8xf32> {
  // CHECK: %[[LOST:.*]] = weft.mul %[[LR]], %[[WD]] : tensor<f64>
  // CHECK: weft.sub %{{.*}}, %[[LOST]] : tensor<f64>
  // CHECK: %[[DECAYED:.*]] = weft.mul %[[W]]
  // CHECK: weft.sub %[[G]], %[[M]]
  // CHECK: %[[NEW:.*]] = weft.sub %[[DECAYED]]
  // CHECK: return %[[NEW]]
  %w1, %m1, %v1 = weft.adamw_update %w, %g, %m, %v lr(%lr) betas(%beta1, %beta2) eps(%eps)
      bias_corrections(%c1, %c2) weight_decay(%wd) : tensor<8xf32>
  return %w1 : tensor<8xf32>
}
