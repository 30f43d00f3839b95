// RUN: weft-opt %s --split-input-file --weft-specialize="bind=seq=16:48:16,batch=64" | FileCheck %s
// RUN: weft-opt %s --split-input-file --weft-specialize="bind=seq=16,32,48,batch=64" | FileCheck %s

// One copy per size; types follow from the arguments'.
// CHECK: weft.model @buckets attributes {weft.tuned_batch = 64 : i64}
weft.model @buckets {
  weft.parameter @w : tensor<4x4xf32> = #weft.constant<1.0>
  // CHECK-NOT: func.func @logits(
  // CHECK: func.func @logits__seq16(%{{.*}}: tensor<?x16x4xf32>
  // CHECK-SAME: -> tensor<?x16x4xf32> attributes {weft.bucket = {seq = 16 : i64}, weft.entry = "logits"}
  // CHECK: weft.linear %{{.*}} : (tensor<?x16x4xf32>, tensor<4x4xf32>) -> tensor<?x16x4xf32>
  // CHECK: weft.relu %{{.*}} : tensor<?x16x4xf32>
  // CHECK: func.func @logits__seq32(
  // CHECK: weft.relu %{{.*}} : tensor<?x32x4xf32>
  // CHECK: func.func @logits__seq48(
  // CHECK: weft.relu %{{.*}} : tensor<?x48x4xf32>
  func.func @logits(%x: tensor<?x?x4xf32> {weft.dims = ["batch", "seq"]},
                    %w: tensor<4x4xf32> {weft.parameter = @w}) -> tensor<?x?x4xf32> {
    %h = weft.linear %x, %w : (tensor<?x?x4xf32>, tensor<4x4xf32>) -> tensor<?x?x4xf32>
    %y = weft.relu %h : tensor<?x?x4xf32>
    return %y : tensor<?x?x4xf32>
  }
  // A function without the dimension stays one.
  // CHECK: func.func @other(%{{.*}}: tensor<?x4xf32>) -> tensor<?x4xf32> {
  func.func @other(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
    return %x : tensor<?x4xf32>
  }
}

// -----

// The callee of a gradient is copied too; a reshape takes its size from its operand.
// CHECK: weft.model @gradients
weft.model @gradients {
  // CHECK: func.func private @f__seq16(%{{.*}}: tensor<?x16x4xf32>
  // CHECK: weft.reshape %{{.*}} : tensor<?x16x4xf32> -> tensor<?x16x2x2xf32>
  func.func private @f(%x: tensor<?x?x4xf32> {weft.dims = ["batch", "seq"]}) -> tensor<f32> {
    %r = weft.reshape %x : tensor<?x?x4xf32> -> tensor<?x?x2x2xf32>
    %s = weft.reduce_sum %r dims = [0, 1, 2, 3] : tensor<?x?x2x2xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: func.func @saliency__seq16(
  // CHECK: weft.value_and_grad @f__seq16(%{{.*}}) wrt [0] : (tensor<?x16x4xf32>) -> (tensor<f32>, tensor<?x16x4xf32>)
  func.func @saliency(%x: tensor<?x?x4xf32> {weft.dims = ["batch", "seq"]}) -> tensor<?x?x4xf32> {
    %v, %dx = weft.value_and_grad @f(%x) wrt [0] : (tensor<?x?x4xf32>) -> (tensor<f32>, tensor<?x?x4xf32>)
    return %dx : tensor<?x?x4xf32>
  }
}
