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

// -----

// What BERT's embeddings and attention are made of. The rows of the position table that are read are a
// slice once their number is known, and what took sizes from another tensor needs it for the batch only.
// CHECK: weft.model @bert
weft.model @bert {
  weft.parameter @words : tensor<64x8xf32> = #weft.constant<1.0>
  // CHECK: func.func @logits__seq16(
  func.func @logits(%ids: tensor<?x?xi32> {weft.dims = ["batch", "seq"]}, %mask: tensor<?x?xi32> {weft.dims = ["batch", "seq"]},
                    %words: tensor<64x8xf32> {weft.parameter = @words}) -> (tensor<?x8xf32>, tensor<?x?xf32>) {
    // CHECK: weft.embedding %{{.*}} : (tensor<?x16xi32>, tensor<64x8xf32>) -> tensor<?x16x8xf32>
    %w = weft.embedding %ids, %words : (tensor<?x?xi32>, tensor<64x8xf32>) -> tensor<?x?x8xf32>
    // CHECK: %[[p:.*]] = weft.slice %{{.*}} starts = [0, 0] limits = [16, 8] strides = [1, 1] : tensor<64x8xf32> -> tensor<16x8xf32>
    %p = weft.prefix %words dim = 0 like %ids dim = 1 : tensor<64x8xf32>, tensor<?x?xi32> -> tensor<?x8xf32>
    // CHECK: weft.broadcast %[[p]] like %{{.*}} dims = [1, 2] : tensor<16x8xf32>, tensor<?x16x8xf32> -> tensor<?x16x8xf32>
    %q = weft.broadcast %p like %w dims = [1, 2] : tensor<?x8xf32>, tensor<?x?x8xf32> -> tensor<?x?x8xf32>
    %x = weft.add %w, %q : tensor<?x?x8xf32>
    // CHECK: weft.reshape %{{.*}} : tensor<?x16x8xf32> -> tensor<?x16x2x4xf32>
    %h = weft.reshape %x : tensor<?x?x8xf32> -> tensor<?x?x2x4xf32>
    // CHECK: weft.attention {{.*}} : tensor<?x16x2x4xf32>, tensor<?x16x2x4xf32> mask tensor<?x16xi32>
    %a = weft.attention %h, %h, %h mask %mask : tensor<?x?x2x4xf32>, tensor<?x?x2x4xf32> mask tensor<?x?xi32>
    %y = weft.reshape %a : tensor<?x?x2x4xf32> -> tensor<?x?x8xf32>
    // CHECK: weft.slice %{{.*}} starts = [0, 0, 0] limits = [-1, 1, 8] strides = [1, 1, 1] : tensor<?x16x8xf32> -> tensor<?x1x8xf32>
    %f = weft.slice %y starts = [0, 0, 0] limits = [-1, 1, 8] strides = [1, 1, 1] : tensor<?x?x8xf32> -> tensor<?x1x8xf32>
    %t = weft.reshape %f : tensor<?x1x8xf32> -> tensor<?x8xf32>
    // CHECK: weft.slice %{{.*}} starts = [0, 0, 1] limits = [-1, 16, 2] strides = [1, 1, 1] : tensor<?x16x8xf32> -> tensor<?x16x1xf32>
    %c = weft.slice %y starts = [0, 0, 1] limits = [-1, -1, 2] strides = [1, 1, 1] : tensor<?x?x8xf32> -> tensor<?x?x1xf32>
    // CHECK: weft.reduce_sum %{{.*}} dims = [2] : tensor<?x16x1xf32> -> tensor<?x16xf32>
    %s = weft.reduce_sum %c dims = [2] : tensor<?x?x1xf32> -> tensor<?x?xf32>
    // What is repeated along the sequence takes its size from its operand where that has it.
    // CHECK: weft.broadcast %{{.*}} dims = [0] : tensor<?xf32> -> tensor<?x16xf32>
    %m = weft.reduce_sum %s dims = [1] : tensor<?x?xf32> -> tensor<?xf32>
    %r = weft.broadcast %m like %ids dims = [0] : tensor<?xf32>, tensor<?x?xi32> -> tensor<?x?xf32>
    %o = weft.add %s, %r : tensor<?x?xf32>
    return %t, %o : tensor<?x8xf32>, tensor<?x?xf32>
  }
}

// -----

// A broadcast whose sizes are all its operand's takes them from there.
weft.model @mask {
  // CHECK-LABEL: func.func @f__seq16(
  // CHECK: weft.broadcast %{{.*}} dims = [0, 1] : tensor<?x16xf32> -> tensor<?x16x4xf32>
  func.func @f(%m: tensor<?x?xf32> {weft.dims = ["batch", "seq"]}) -> tensor<?x?x4xf32> {
    %y = weft.broadcast %m dims = [0, 1] : tensor<?x?xf32> -> tensor<?x?x4xf32>
    return %y : tensor<?x?x4xf32>
  }
}
