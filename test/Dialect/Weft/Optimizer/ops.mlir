// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt --allow-bytecode | FileCheck %s

// CHECK-LABEL: func.func @sgd
func.func @sgd(%w: tensor<128xf32>, %g: tensor<128xf32>, %b: tensor<128xf32>, %lr: tensor<f64>, %wd: tensor<f64>,
               %mu: tensor<f64>, %d: tensor<f64>, %step: tensor<i64>) -> tensor<128xf32> {
  // CHECK: %[[W0:.*]] = weft.sgd_update %{{.*}}, %{{.*}} lr(%{{[^)]*}}) : tensor<128xf32>
  %w0 = weft.sgd_update %w, %g lr(%lr) : tensor<128xf32>
  // CHECK: %[[W1:.*]] = weft.sgd_update %[[W0]], %{{.*}} lr(%{{.*}}) weight_decay(%{{[^)]*}}) : tensor<128xf32>
  %w1 = weft.sgd_update %w0, %g lr(%lr) weight_decay(%wd) : tensor<128xf32>
  // CHECK: %[[W2:.*]], %[[B2:.*]] = weft.sgd_update %[[W1]], %{{.*}} lr(%{{.*}}) momentum(%{{.*}}, %{{.*}}) nesterov : tensor<128xf32>
  %w2, %b2 = weft.sgd_update %w1, %g lr(%lr) momentum(%b, %mu) nesterov : tensor<128xf32>
  // CHECK: %{{.*}}, %{{.*}} = weft.sgd_update %[[W2]], %{{.*}} lr(%{{.*}}) weight_decay(%{{.*}}) momentum(%[[B2]], %{{.*}}) dampening(%{{.*}}, %{{.*}}) : tensor<128xf32>
  %w3, %b3 = weft.sgd_update %w2, %g lr(%lr) weight_decay(%wd) momentum(%b2, %mu) dampening(%d, %step) : tensor<128xf32>
  return %w3 : tensor<128xf32>
}

// CHECK-LABEL: func.func @adam
func.func @adam(%w: tensor<8xbf16>, %g: tensor<8xbf16>, %m: tensor<8xbf16>, %v: tensor<8xbf16>, %lr: tensor<f64>,
                %beta1: tensor<f64>, %beta2: tensor<f64>, %eps: tensor<f64>, %c1: tensor<f64>, %c2: tensor<f64>,
                %wd: tensor<f64>) -> (tensor<8xbf16>, tensor<8xbf16>) {
  // CHECK: %{{.*}}, %{{.*}}, %{{.*}} = weft.adam_update %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} lr(%{{.*}}) betas(%{{.*}}, %{{.*}}) eps(%{{.*}}) bias_corrections(%{{.*}}, %{{.*}}) : tensor<8xbf16>
  %w0, %m0, %v0 = weft.adam_update %w, %g, %m, %v lr(%lr) betas(%beta1, %beta2) eps(%eps)
      bias_corrections(%c1, %c2) : tensor<8xbf16>
  // CHECK: weft.adamw_update %{{.*}} bias_corrections(%{{.*}}, %{{.*}}) weight_decay(%{{.*}}) : tensor<8xbf16>
  %w1, %m1, %v1 = weft.adamw_update %w, %g, %m, %v lr(%lr) betas(%beta1, %beta2) eps(%eps)
      bias_corrections(%c1, %c2) weight_decay(%wd) : tensor<8xbf16>
  return %w0, %w1 : tensor<8xbf16>, tensor<8xbf16>
}
