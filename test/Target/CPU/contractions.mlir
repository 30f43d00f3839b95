// RUN: weft-opt %s --weft-build-kernels=mcpu=x86-64-v3 | FileCheck %s

weft.model @m {
  func.func @step(%x: tensor<?x40xf32>, %w: tensor<40x24xf32>, %g: tensor<?x24xf32>, %lr: tensor<f64>) -> (tensor<?x24xf32>, tensor<40x24xf32>) {
    %y = weft.dispatch @rows(%x, %w) : (tensor<?x40xf32>, tensor<40x24xf32>) -> tensor<?x24xf32>
    %v = weft.dispatch @update(%x, %g, %w, %lr) : (tensor<?x40xf32>, tensor<?x24xf32>, tensor<40x24xf32>, tensor<f64>) -> tensor<40x24xf32>
    return %y, %v : tensor<?x24xf32>, tensor<40x24xf32>
  }

  // What needs whole rows follows on a block of them; the product is in scratch memory only.
  // CHECK-LABEL: func.func private @rows(%arg0: memref
  // CHECK-SAME: weft.bindings = [{{.*}}operand = 0{{.*}}operand = 1{{.*}}result = 0 : i64}]
  // CHECK: %[[PRODUCT:.*]] = memref.view %arg6[{{.*}}][] : memref<?xi8> to memref<[[ROWS:[0-9]+]]x24xf32>
  // CHECK: vector.fma
  // CHECK: vector.store %{{.*}}, %[[PRODUCT]]
  // CHECK: vector.load %[[PRODUCT]]
  // CHECK: vector.reduction <maximumf>
  func.func private @rows(%x: tensor<?x40xf32> {weft.rows = 1 : i64}, %w: tensor<40x24xf32>) -> tensor<?x24xf32> {
    %h = weft.matmul %x, %w : (tensor<?x40xf32>, tensor<40x24xf32>) -> tensor<?x24xf32>
    %m = weft.reduce_max %h dims = [1] keepdim : tensor<?x24xf32> -> tensor<?x1xf32>
    %b = weft.broadcast %m dims = [0, 1] : tensor<?x1xf32> -> tensor<?x24xf32>
    %y = weft.sub %h, %b : tensor<?x24xf32>
    return %y : tensor<?x24xf32>
  }

  // The gradient stays in registers. The parameter's new value may take the old one's place, but not an operand's of
  // the contraction.
  // CHECK-LABEL: func.func private @update(%arg0: memref
  // CHECK-SAME: may_overwrite = array<i64: 2>, result = 0
  // The number of the step is read once, before the loops.
  // CHECK: %[[LR:.*]] = memref.load %arg3[] : memref<f64>
  // CHECK: arith.truncf %[[LR]]
  // CHECK: scf.for
  // CHECK: vector.fma
  // CHECK: vector.load %arg2
  // CHECK: vector.store %{{.*}}, %arg4
  func.func private @update(%x: tensor<?x40xf32> {weft.rows = 1 : i64}, %g: tensor<?x24xf32> {weft.rows = 1 : i64}, %w: tensor<40x24xf32>, %lr: tensor<f64>) -> tensor<40x24xf32> {
    %d = weft.matmul %x, %g {transpose_a} : (tensor<?x40xf32>, tensor<?x24xf32>) -> tensor<40x24xf32>
    %l = weft.cast %lr : tensor<f64> -> tensor<f32>
    %b = weft.broadcast %l dims = [] : tensor<f32> -> tensor<40x24xf32>
    %s = weft.mul %d, %b : tensor<40x24xf32>
    %y = weft.sub %w, %s : tensor<40x24xf32>
    return %y : tensor<40x24xf32>
  }
}
