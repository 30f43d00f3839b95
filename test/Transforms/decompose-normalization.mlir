// RUN: weft-opt %s --weft-decompose | FileCheck %s
// RUN: weft-opt %s --weft-decompose --cse | FileCheck %s --check-prefix=SHARED

// CHECK-LABEL: func.func @softmax
// CHECK-SAME: (%[[X:.*]]: tensor<?x3x10xf32>)
func.func @softmax(%x: tensor<?x3x10xf32>) -> tensor<?x3x10xf32> {
  // CHECK-NEXT: %[[MAX:.*]] = weft.reduce_max %[[X]] dims = [1] : tensor<?x3x10xf32> -> tensor<?x10xf32>
  // CHECK-NEXT: %[[MAXES:.*]] = weft.broadcast %[[MAX]] dims = [0, 2] : tensor<?x10xf32> -> tensor<?x3x10xf32>
  // CHECK-NEXT: %[[SHIFTED:.*]] = weft.sub %[[X]], %[[MAXES]]
  // CHECK-NEXT: %[[EXP:.*]] = weft.exp %[[SHIFTED]]
  // CHECK-NEXT: %[[SUM:.*]] = weft.reduce_sum %[[EXP]] dims = [1]
  // CHECK-NEXT: %[[SUMS:.*]] = weft.broadcast %[[SUM]] dims = [0, 2]
  // CHECK-NEXT: %[[Y:.*]] = weft.div %[[EXP]], %[[SUMS]]
  // CHECK-NEXT: return %[[Y]]
  %y = weft.softmax %x dim = 1 : tensor<?x3x10xf32>
  return %y : tensor<?x3x10xf32>
}

// Over the batch, what is repeated does not know how often.
// CHECK-LABEL: func.func @log_softmax
// CHECK-SAME: (%[[X:.*]]: tensor<?x10xf32>)
func.func @log_softmax(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
  // CHECK-NEXT: %[[MAX:.*]] = weft.reduce_max %[[X]] dims = [0]
  // CHECK-NEXT: %[[MAXES:.*]] = weft.broadcast %[[MAX]] like %[[X]] dims = [1]
  // CHECK-NEXT: %[[SHIFTED:.*]] = weft.sub %[[X]], %[[MAXES]]
  // CHECK-NEXT: %[[EXP:.*]] = weft.exp %[[SHIFTED]]
  // CHECK-NEXT: %[[SUM:.*]] = weft.reduce_sum %[[EXP]] dims = [0]
  // CHECK-NEXT: %[[LOG:.*]] = weft.log %[[SUM]]
  // CHECK-NEXT: %[[LOGS:.*]] = weft.broadcast %[[LOG]] like %[[X]] dims = [1]
  // CHECK-NEXT: %[[Y:.*]] = weft.sub %[[SHIFTED]], %[[LOGS]]
  // CHECK-NEXT: return %[[Y]]
  %y = weft.log_softmax %x dim = 0 : tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// Narrow types are computed with in f32.
// CHECK-LABEL: func.func @softmax_bf16
func.func @softmax_bf16(%x: tensor<?x10xbf16>) -> tensor<?x10xbf16> {
  // CHECK-NEXT: weft.cast %{{.*}} : tensor<?x10xbf16> -> tensor<?x10xf32>
  // CHECK: weft.div %{{.*}} : tensor<?x10xf32>
  // CHECK-NEXT: weft.cast %{{.*}} : tensor<?x10xf32> -> tensor<?x10xbf16>
  %y = weft.softmax %x dim = 1 : tensor<?x10xbf16>
  return %y : tensor<?x10xbf16>
}

// SHARED-LABEL: func.func @shared
func.func @shared(%x: tensor<?x10xf32>, %labels: tensor<?xi64>) -> (tensor<?x10xf32>, tensor<?x10xf32>, tensor<?xf32>) {
  // SHARED: weft.reduce_max
  // SHARED: weft.exp
  // SHARED-NOT: weft.reduce_max
  // SHARED-NOT: weft.exp
  // SHARED: return
  %0 = weft.softmax %x dim = 1 : tensor<?x10xf32>
  %1 = weft.log_softmax %x dim = 1 : tensor<?x10xf32>
  %2 = weft.cross_entropy %x, %labels reduction = none : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<?xf32>
  return %0, %1, %2 : tensor<?x10xf32>, tensor<?x10xf32>, tensor<?xf32>
}
