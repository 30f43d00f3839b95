// RUN: weft-opt %s --split-input-file --verify-diagnostics --weft-flatten-model --weft-build-train-step | FileCheck %s

// @loss centres by the mean of the batch, which it keeps, @logits by the one that was kept. Evaluation takes what
// @logits computes; the weight of the loss stays what it was.
// CHECK-LABEL: weft.model @centred
// CHECK: func.func @train_step(
// CHECK: weft.reduce_mean
// CHECK: func.func @eval_step(
// CHECK-SAME: %[[MEAN:[^:]*]]: tensor<2xf32> {weft.parameter = @mean}
// CHECK-NOT: weft.reduce_mean
// CHECK: %[[MEANS:.*]] = weft.broadcast %[[MEAN]]
// CHECK: %[[CENTRED:.*]] = weft.sub %{{.*}}, %[[MEANS]]
// CHECK: %[[Y:.*]] = weft.mul %[[CENTRED]],
// CHECK: weft.mse_loss %[[Y]],
// CHECK: return %{{.*}}, %{{.*}}, %[[Y]]
weft.model @centred attributes {optimizer = #weft.sgd<>} {
  weft.parameter @w : tensor<2xf32> = #weft.constant<1.0>
  weft.buffer @mean : tensor<2xf32> = #weft.constant<0.0>
  func.func private @head(%x: tensor<?x2xf32>, %m: tensor<2xf32>) -> tensor<?x2xf32> {
    %ms = weft.broadcast %m like %x dims = [1] : tensor<2xf32>, tensor<?x2xf32> -> tensor<?x2xf32>
    %c = weft.sub %x, %ms : tensor<?x2xf32>
    %d = weft.dropout %c p = 0.5 : tensor<?x2xf32>
    %w = weft.read @w : tensor<2xf32>
    %ws = weft.broadcast %w like %x dims = [1] : tensor<2xf32>, tensor<?x2xf32> -> tensor<?x2xf32>
    %y = weft.mul %d, %ws : tensor<?x2xf32>
    return %y : tensor<?x2xf32>
  }
  func.func @logits(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
    %m = weft.read @mean : tensor<2xf32>
    %y = call @head(%x, %m) : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    return %y : tensor<?x2xf32>
  }
  func.func @loss(%x: tensor<?x2xf32>, %t: tensor<?x2xf32>) -> tensor<f32> {
    %m = weft.reduce_mean %x dims = [0] : tensor<?x2xf32> -> tensor<2xf32>
    weft.write @mean, %m : tensor<2xf32>
    %y = call @head(%x, %m) : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    %half = weft.constant dense<0.5> : tensor<f32>
    %l = weft.mse_loss %y, %t : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<f32>
    %s = weft.mul %l, %half : tensor<f32>
    return %s : tensor<f32>
  }
}

// -----

// Where nothing says what stands for the batch's statistics, evaluation is as training, which is said.
// CHECK-LABEL: weft.model @unknown
// CHECK: func.func @eval_step(
// CHECK: weft.reduce_mean
weft.model @unknown attributes {optimizer = #weft.sgd<>} {
  weft.parameter @w : tensor<2xf32> = #weft.constant<1.0>
  weft.buffer @mean : tensor<2xf32> = #weft.constant<0.0>
  // expected-remark @+1 {{evaluation computes @loss with statistics of each batch, as training does, so that its result depends on the batch size; a function @eval_loss says what it is to compute instead}}
  func.func @loss(%x: tensor<?x2xf32>) -> tensor<f32> {
    %m = weft.reduce_mean %x dims = [0] : tensor<?x2xf32> -> tensor<2xf32>
    weft.write @mean, %m : tensor<2xf32>
    %w = weft.read @w : tensor<2xf32>
    %ws = weft.broadcast %w like %x dims = [1] : tensor<2xf32>, tensor<?x2xf32> -> tensor<?x2xf32>
    %ms = weft.broadcast %m like %x dims = [1] : tensor<2xf32>, tensor<?x2xf32> -> tensor<?x2xf32>
    %c = weft.sub %x, %ms : tensor<?x2xf32>
    %l = weft.mse_loss %c, %ws : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<f32>
    return %l : tensor<f32>
  }
}

// -----

// A buffer that counts steps says nothing of a batch.
// CHECK-LABEL: weft.model @counts
weft.model @counts attributes {optimizer = #weft.sgd<>} {
  weft.parameter @w : tensor<2xf32> = #weft.constant<1.0>
  weft.buffer @steps : tensor<f32> = #weft.constant<0.0>
  func.func @loss(%x: tensor<?x2xf32>) -> tensor<f32> {
    %n = weft.read @steps : tensor<f32>
    %one = weft.constant dense<1.0> : tensor<f32>
    %next = weft.add %n, %one : tensor<f32>
    weft.write @steps, %next : tensor<f32>
    %w = weft.read @w : tensor<2xf32>
    %ws = weft.broadcast %w like %x dims = [1] : tensor<2xf32>, tensor<?x2xf32> -> tensor<?x2xf32>
    %l = weft.mse_loss %x, %ws : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<f32>
    return %l : tensor<f32>
  }
}
