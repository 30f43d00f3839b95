// RUN: weft-opt %s --weft-form-dispatches=mcpu=x86-64-v3 --weft-build-kernels=mcpu=x86-64-v3 --weft-build-schedule --split-input-file | FileCheck %s
// RUN: weft-opt %examples/mlp/mlp.mlir --weft-pipeline='to=schedule optimizer=sgd mcpu=x86-64-v3' | FileCheck %s --check-prefix=MLP

// The perceptron's step: 407,080 bytes of parameters, each updated in its place; 1,152 bytes per sample (hidden layer and
// its gradient, the logits' gradient, the loss) and two numbers are all else.
// MLP: exec.program @train_step fixed(128) rows(1152)
// MLP: %[[W1:.*]] = exec.slot persistent at 0 fixed(401408)
// MLP-COUNT-3: exec.barrier
// MLP-NOT: exec.copy
// MLP: exec.interface

// CHECK-LABEL: weft.model @update
weft.model @update {
  weft.parameter @w : tensor<4xf32> = #weft.constant<1.0>
  // The signature stays.
  // CHECK: func.func private @step(tensor<4xf32> {weft.parameter = @w}, tensor<4xf32> {weft.input = "x"}) -> (tensor<4xf32> {weft.parameter = @w})
  func.func @step(%w: tensor<4xf32> {weft.parameter = @w}, %x: tensor<4xf32> {weft.input = "x"})
      -> (tensor<4xf32> {weft.parameter = @w}) {
    %0 = weft.add %w, %x : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}
// In place: the same slot is read and written.
// CHECK: exec.program @step fixed(0) rows(0)
// CHECK: %[[W:.*]] = exec.slot persistent at 0 fixed(16)
// CHECK: %[[X:.*]] = exec.slot argument at 0 fixed(16)
// CHECK: exec.dispatch @update::@dispatch_0(%[[W]], %[[X]], %[[W]])
// CHECK-NEXT: exec.interface inputs(%[[X]]) outputs()

// -----

// Not in place: the old value is returned too, so it is kept first.
weft.model @old {
  weft.parameter @w : tensor<4xf32> = #weft.constant<1.0>
  func.func @step(%w: tensor<4xf32> {weft.parameter = @w}, %x: tensor<4xf32>)
      -> (tensor<4xf32> {weft.parameter = @w}, tensor<4xf32>) {
    %0 = weft.add %w, %x : tensor<4xf32>
    return %0, %w : tensor<4xf32>, tensor<4xf32>
  }
}
// CHECK: exec.program @step fixed(128) rows(0)
// CHECK: %[[W:.*]] = exec.slot persistent at 0 fixed(16)
// CHECK: %[[X:.*]] = exec.slot argument at 0 fixed(16)
// CHECK: %[[TARGET:.*]] = exec.slot persistent at 0 fixed(16)
// CHECK: %[[NEW:.*]] = exec.slot fixed at {{0|64}} fixed(16)
// CHECK: %[[OLD:.*]] = exec.slot fixed at {{0|64}} fixed(16)
// CHECK: exec.copy %[[W]], %[[OLD]]
// CHECK: exec.dispatch @old::@dispatch_0(%[[W]], %[[X]], %[[NEW]])
// CHECK: exec.barrier
// CHECK: exec.copy %[[NEW]], %[[TARGET]]
// CHECK: exec.interface inputs(%[[X]]) outputs(%[[OLD]])

// -----

// Tensors that are never there at once share memory; what an output holds stays.
weft.model @memory {
  func.func @f(%x: tensor<?x16xf32>, %w: tensor<16x16xf32>) -> tensor<?x16xf32> {
    %0 = weft.matmul %x, %w : (tensor<?x16xf32>, tensor<16x16xf32>) -> tensor<?x16xf32>
    %1 = weft.matmul %0, %w : (tensor<?x16xf32>, tensor<16x16xf32>) -> tensor<?x16xf32>
    %2 = weft.matmul %1, %w : (tensor<?x16xf32>, tensor<16x16xf32>) -> tensor<?x16xf32>
    return %2 : tensor<?x16xf32>
  }
}
// CHECK: exec.program @f fixed(0) rows(128)
// CHECK: exec.slot rows at 0 rows(64)
// CHECK: exec.slot rows at 64 rows(64)
// CHECK: exec.slot rows at 0 rows(64)

// -----

// Each of two models has its own kernels, of the same names.
weft.model @first {
  func.func @double(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
    %0 = weft.add %x, %x : tensor<?x8xf32>
    return %0 : tensor<?x8xf32>
  }
}
weft.model @second {
  func.func @product(%x: tensor<?x8xf32>, %y: tensor<?x8xf32>) -> tensor<?x8xf32> {
    %0 = weft.mul %x, %y : tensor<?x8xf32>
    return %0 : tensor<?x8xf32>
  }
}
// CHECK-DAG: exec.dispatch @first::@dispatch_0(%{{[^,]*}}, %{{[^,]*}})
// CHECK-DAG: exec.dispatch @second::@dispatch_0(%{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}})
