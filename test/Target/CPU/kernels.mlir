// RUN: weft-opt %s --weft-build-kernels=mcpu=x86-64-v3 | FileCheck %s

weft.model @m {
  func.func @predict(%x: tensor<?x20xf32>, %p: tensor<9xf32>) -> (tensor<?x20xf32>, tensor<9xf32>, tensor<20xf32>) {
    %y = weft.dispatch @elementwise(%x) : (tensor<?x20xf32>) -> tensor<?x20xf32>
    %z = weft.dispatch @softmax(%y) : (tensor<?x20xf32>) -> tensor<?x20xf32>
    %n:2 = weft.dispatch @parts(%z, %p) : (tensor<?x20xf32>, tensor<9xf32>) -> (tensor<9xf32>, tensor<20xf32>)
    return %z, %n#0, %n#1 : tensor<?x20xf32>, tensor<9xf32>, tensor<20xf32>
  }

  // All elements are one loop; the result may take over the operand's memory.
  // CHECK-LABEL: func.func private @elementwise(%arg0: memref<?x20xf32>, %arg1: memref<?x20xf32>, %arg2: index, %arg3: index, %arg4: index, %arg5: memref<?xi8>)
  // CHECK-SAME: weft.bindings = [{bytes = array<i64: 0, 80>, operand = 0 : i64}, {bytes = array<i64: 0, 80>, may_overwrite = array<i64: 0>, result = 0 : i64}]
  // CHECK-SAME: weft.scratch_bytes = 0
  // CHECK: scf.for
  // CHECK: scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step %c8
  // CHECK: %[[FLAT:.*]] = memref.collapse_shape %arg0 {{\[\[}}0, 1]]
  // CHECK: vector.load %[[FLAT]][%[[I]]] : memref<?xf32>, vector<8xf32>
  // CHECK: vector.create_mask
  // CHECK: vector.maskedload
  // CHECK: vector.maskedstore
  func.func private @elementwise(%x: tensor<?x20xf32> {weft.rows = 1 : i64}) -> tensor<?x20xf32> {
    %y = weft.relu %x : tensor<?x20xf32>
    return %y : tensor<?x20xf32>
  }

  // The exponentials of a block of rows wait in scratch memory: they are needed by two loops, and expensive.
  // CHECK-LABEL: func.func private @softmax(%arg0: memref
  // CHECK-SAME: {bytes = array<i64: 0, 80>, result = 0 : i64}
  // CHECK: memref.view %arg5[{{.*}}][] : memref<?xi8> to memref<[[ROWS:[0-9]+]]x20xf32>
  // CHECK: arith.maximumf
  // CHECK: vector.reduction <maximumf>
  // CHECK: math.exp
  // CHECK: vector.store %{{.*}}, %{{.*}} : memref<[[ROWS]]x20xf32>
  // CHECK: vector.reduction <add>
  // CHECK-NOT: math.exp
  // CHECK: arith.divf
  func.func private @softmax(%x: tensor<?x20xf32> {weft.rows = 1 : i64}) -> tensor<?x20xf32> {
    %m = weft.reduce_max %x dims = [1] keepdim : tensor<?x20xf32> -> tensor<?x1xf32>
    %mb = weft.broadcast %m dims = [0, 1] : tensor<?x1xf32> -> tensor<?x20xf32>
    %d = weft.sub %x, %mb : tensor<?x20xf32>
    %e = weft.exp %d : tensor<?x20xf32>
    %s = weft.reduce_sum %e dims = [1] keepdim : tensor<?x20xf32> -> tensor<?x1xf32>
    %sb = weft.broadcast %s dims = [0, 1] : tensor<?x1xf32> -> tensor<?x20xf32>
    %y = weft.div %e, %sb : tensor<?x20xf32>
    return %y : tensor<?x20xf32>
  }

  // Independent parts: tiles of the second follow those of the first. Sums over rows are cut in columns.
  // CHECK-LABEL: func.func private @parts(%arg0: memref
  // CHECK-SAME: weft.tiles = [array<i64: 9, 0, {{[0-9]+}}, 1>, array<i64: 20, 0, {{[0-9]+}}, 1>]
  func.func private @parts(%x: tensor<?x20xf32> {weft.rows = 1 : i64}, %p: tensor<9xf32>) -> (tensor<9xf32>, tensor<20xf32>) {
    %n = weft.neg %p : tensor<9xf32>
    %s = weft.reduce_sum %x dims = [0] : tensor<?x20xf32> -> tensor<20xf32>
    return %n, %s : tensor<9xf32>, tensor<20xf32>
  }
}
