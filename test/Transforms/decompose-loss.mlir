// RUN: weft-opt %s --weft-decompose --cse | FileCheck %s

// CHECK-LABEL: func.func @cross_entropy
// CHECK-SAME: (%[[X:.*]]: tensor<?x10xf32>, %[[LABELS:.*]]: tensor<?xi64>)
func.func @cross_entropy(%x: tensor<?x10xf32>, %labels: tensor<?xi64>) -> tensor<f32> {
  // CHECK-NEXT: %[[MAX:.*]] = weft.reduce_max %[[X]] dims = [1]
  // CHECK-NEXT: %[[MAXES:.*]] = weft.broadcast %[[MAX]] dims = [0]
  // CHECK-NEXT: %[[SHIFTED:.*]] = weft.sub %[[X]], %[[MAXES]]
  // CHECK-NEXT: %[[EXP:.*]] = weft.exp %[[SHIFTED]]
  // CHECK-NEXT: %[[SUM:.*]] = weft.reduce_sum %[[EXP]] dims = [1]
  // CHECK-NEXT: %[[LOG:.*]] = weft.log %[[SUM]]
  // CHECK-NEXT: %[[NARROW:.*]] = weft.cast %[[LABELS]] : tensor<?xi64> -> tensor<?xi32>
  // CHECK-NEXT: %[[LABEL:.*]] = weft.broadcast %[[NARROW]] dims = [0] : tensor<?xi32> -> tensor<?x10xi32>
  // CHECK-NEXT: %[[CLASS:.*]] = weft.iota like %[[X]] dim = 1 : tensor<?x10xf32> -> tensor<?x10xi32>
  // CHECK-NEXT: %[[HIT:.*]] = weft.compare eq, %[[LABEL]], %[[CLASS]]
  // CHECK-NEXT: %[[ZERO:.*]] = weft.constant dense<0.000000e+00> : tensor<f32>
  // CHECK-NEXT: %[[ZEROS:.*]] = weft.broadcast %[[ZERO]] like %[[X]] dims = []
  // CHECK-NEXT: %[[PICKED:.*]] = weft.select %[[HIT]], %[[SHIFTED]], %[[ZEROS]]
  // CHECK-NEXT: %[[ROWPICKED:.*]] = weft.reduce_sum %[[PICKED]] dims = [1]
  // CHECK-NEXT: %[[LOSS:.*]] = weft.sub %[[LOG]], %[[ROWPICKED]]
  // CHECK-NEXT: %[[IGNORED:.*]] = weft.constant dense<-100> : tensor<i64>
  // CHECK-NEXT: %[[IGNOREDS:.*]] = weft.broadcast %[[IGNORED]] like %[[LABELS]] dims = []
  // CHECK-NEXT: %[[COUNTED:.*]] = weft.compare ne, %[[LABELS]], %[[IGNOREDS]]
  // CHECK-NEXT: %[[NOLOSS:.*]] = weft.broadcast %[[ZERO]] like %[[LABELS]] dims = []
  // CHECK-NEXT: %[[MASKED:.*]] = weft.select %[[COUNTED]], %[[LOSS]], %[[NOLOSS]]
  // CHECK-NEXT: %[[TOTAL:.*]] = weft.reduce_sum %[[MASKED]] dims = [0]
  // CHECK-NEXT: %[[ONES:.*]] = weft.cast %[[COUNTED]] : tensor<?xi1> -> tensor<?xf32>
  // CHECK-NEXT: %[[WEIGHT:.*]] = weft.reduce_sum %[[ONES]] dims = [0]
  // CHECK-NEXT: %[[ONE:.*]] = weft.constant dense<1.000000e+00> : tensor<f32>
  // CHECK-NEXT: %[[DIVISOR:.*]] = weft.maximum %[[WEIGHT]], %[[ONE]]
  // CHECK-NEXT: %[[MEAN:.*]] = weft.div %[[TOTAL]], %[[DIVISOR]]
  // CHECK-NEXT: return %[[MEAN]]
  %loss = weft.cross_entropy %x, %labels : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<f32>
  return %loss : tensor<f32>
}

// (1 - s) * loss of the label + s * mean of the losses of all classes.
// CHECK-LABEL: func.func @cross_entropy_smoothed
func.func @cross_entropy_smoothed(%x: tensor<?x10xf32>, %labels: tensor<?xi64>) -> tensor<?xf32> {
  // CHECK: %[[SHIFTED:.*]] = weft.sub %{{.*}} : tensor<?x10xf32>
  // CHECK: %[[LOG:.*]] = weft.log
  // CHECK: %[[PICKED:.*]] = weft.select %{{.*}}, %[[SHIFTED]]
  // CHECK: %[[ROWPICKED:.*]] = weft.reduce_sum %[[PICKED]]
  // CHECK: %[[LOSS:.*]] = weft.sub %[[LOG]], %[[ROWPICKED]]
  // CHECK: %[[ALL:.*]] = weft.reduce_sum %[[SHIFTED]] dims = [1]
  // CHECK: %[[MEAN:.*]] = weft.div %[[ALL]]
  // CHECK: weft.constant dense<7.500000e-01>
  // CHECK: %[[A:.*]] = weft.mul %[[LOSS]]
  // CHECK: %[[MEANLOSS:.*]] = weft.sub %[[LOG]], %[[MEAN]]
  // CHECK: weft.constant dense<2.500000e-01>
  // CHECK: %[[B:.*]] = weft.mul %[[MEANLOSS]]
  // CHECK: weft.add %[[A]], %[[B]]
  // CHECK: weft.select %{{.*}} : tensor<?xf32>
  // CHECK-NEXT: return
  %loss = weft.cross_entropy %x, %labels reduction = none label_smoothing = 0.25
      : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<?xf32>
  return %loss : tensor<?xf32>
}

// A single sample: nothing is summed over samples.
// CHECK-LABEL: func.func @cross_entropy_of_one
func.func @cross_entropy_of_one(%x: tensor<10xf64>, %label: tensor<i32>) -> tensor<f64> {
  // CHECK: %[[LOSS:.*]] = weft.select %{{.*}} : tensor<f64>
  // CHECK-NEXT: return %[[LOSS]]
  %loss = weft.cross_entropy %x, %label reduction = sum : (tensor<10xf64>, tensor<i32>) -> tensor<f64>
  return %loss : tensor<f64>
}

// CHECK-LABEL: func.func @mse
// CHECK-SAME: (%[[X:.*]]: tensor<4x10xf32>, %[[T:.*]]: tensor<4x10xf32>)
func.func @mse(%x: tensor<4x10xf32>, %t: tensor<4x10xf32>) -> tensor<f32> {
  // CHECK-NEXT: %[[D:.*]] = weft.sub %[[X]], %[[T]]
  // CHECK-NEXT: %[[SQUARE:.*]] = weft.mul %[[D]], %[[D]]
  // CHECK-NEXT: %[[SUM:.*]] = weft.reduce_sum %[[SQUARE]] dims = [0, 1]
  // CHECK-NEXT: %[[N:.*]] = weft.constant dense<4.000000e+01> : tensor<f32>
  // CHECK-NEXT: %[[MEAN:.*]] = weft.div %[[SUM]], %[[N]]
  // CHECK-NEXT: return %[[MEAN]]
  %loss = weft.mse_loss %x, %t : (tensor<4x10xf32>, tensor<4x10xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func.func @l1
// CHECK-SAME: (%[[X:.*]]: tensor<?x10xf32>, %[[T:.*]]: tensor<?x10xf32>)
func.func @l1(%x: tensor<?x10xf32>, %t: tensor<?x10xf32>) -> tensor<f32> {
  // CHECK-NEXT: %[[D:.*]] = weft.sub %[[X]], %[[T]]
  // CHECK-NEXT: %[[ABS:.*]] = weft.abs %[[D]]
  // CHECK-NEXT: %[[SUM:.*]] = weft.reduce_sum %[[ABS]] dims = [0, 1]
  // CHECK-NEXT: return %[[SUM]]
  %loss = weft.l1_loss %x, %t reduction = sum : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func.func @binary_cross_entropy
// CHECK-SAME: (%[[X:.*]]: tensor<8xf32>, %[[T:.*]]: tensor<8xf32>)
func.func @binary_cross_entropy(%x: tensor<8xf32>, %t: tensor<8xf32>) -> tensor<8xf32> {
  // CHECK-NEXT: %[[POSITIVE:.*]] = weft.relu %[[X]]
  // CHECK-NEXT: %[[XT:.*]] = weft.mul %[[X]], %[[T]]
  // CHECK-NEXT: %[[LINEAR:.*]] = weft.sub %[[POSITIVE]], %[[XT]]
  // CHECK-NEXT: %[[ABS:.*]] = weft.abs %[[X]]
  // CHECK-NEXT: %[[NEG:.*]] = weft.neg %[[ABS]]
  // CHECK-NEXT: %[[TAIL:.*]] = weft.exp %[[NEG]]
  // CHECK-NEXT: %[[ONE:.*]] = weft.constant dense<1.000000e+00> : tensor<8xf32>
  // CHECK-NEXT: %[[PLUS:.*]] = weft.add %[[TAIL]], %[[ONE]]
  // CHECK-NEXT: %[[LOG:.*]] = weft.log %[[PLUS]]
  // CHECK-NEXT: %[[LOSS:.*]] = weft.add %[[LINEAR]], %[[LOG]]
  // CHECK-NEXT: return %[[LOSS]]
  %loss = weft.binary_cross_entropy_with_logits %x, %t reduction = none : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %loss : tensor<8xf32>
}
