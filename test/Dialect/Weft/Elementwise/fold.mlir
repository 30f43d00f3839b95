// RUN: weft-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @neutral
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
func.func @neutral(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %zero = weft.constant dense<0.0> : tensor<4xf32>
  %one = weft.constant dense<1.0> : tensor<4xf32>
  %a = weft.add %x, %zero : tensor<4xf32>
  %b = weft.add %zero, %a : tensor<4xf32>
  %c = weft.sub %b, %zero : tensor<4xf32>
  %d = weft.mul %c, %one : tensor<4xf32>
  %e = weft.mul %one, %d : tensor<4xf32>
  %f = weft.div %e, %one : tensor<4xf32>
  %g = weft.pow %f, %one : tensor<4xf32>
  return %g : tensor<4xf32>
}

// A dynamic splat is seen through its broadcast.
// CHECK-LABEL: func.func @neutral_dynamic
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>)
func.func @neutral_dynamic(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK-NEXT: return %[[X]]
  %c = weft.constant dense<1.0> : tensor<f32>
  %one = weft.broadcast %c like %x dims = [] : tensor<f32>, tensor<?x4xf32> -> tensor<?x4xf32>
  %y = weft.mul %x, %one : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @not_neutral
func.func @not_neutral(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: weft.sub
  // CHECK: weft.div
  %zero = weft.constant dense<0.0> : tensor<4xf32>
  %one = weft.constant dense<1.0> : tensor<4xf32>
  %y = weft.sub %zero, %x : tensor<4xf32>
  %z = weft.div %one, %x : tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @involution
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[C:.*]]: tensor<4xi1>)
func.func @involution(%x: tensor<4xf32>, %c: tensor<4xi1>) -> (tensor<4xf32>, tensor<4xi1>) {
  // CHECK-NEXT: return %[[X]], %[[C]]
  %a = weft.neg %x : tensor<4xf32>
  %b = weft.neg %a : tensor<4xf32>
  %d = weft.not %c : tensor<4xi1>
  %e = weft.not %d : tensor<4xi1>
  return %b, %e : tensor<4xf32>, tensor<4xi1>
}

// CHECK-LABEL: func.func @idempotent
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
func.func @idempotent(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: %[[RELU:.*]] = weft.relu %[[X]]
  // CHECK-NEXT: %[[ABS:.*]] = weft.abs %[[X]]
  // CHECK-NEXT: return %[[RELU]], %[[ABS]], %[[X]], %[[X]]
  %a = weft.relu %x : tensor<4xf32>
  %b = weft.relu %a : tensor<4xf32>
  %c = weft.abs %x : tensor<4xf32>
  %d = weft.abs %c : tensor<4xf32>
  %e = weft.maximum %x, %x : tensor<4xf32>
  %f = weft.minimum %x, %x : tensor<4xf32>
  return %b, %d, %e, %f : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @negated
// CHECK-SAME: (%[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>)
func.func @negated(%a: tensor<4xf32>, %b: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %na = weft.neg %a : tensor<4xf32>
  %nb = weft.neg %b : tensor<4xf32>
  // CHECK-NEXT: %[[V:.*]] = weft.sub %[[A]], %[[B]]
  %v = weft.add %a, %nb : tensor<4xf32>
  // CHECK-NEXT: %[[W:.*]] = weft.sub %[[B]], %[[A]]
  %w = weft.add %na, %b : tensor<4xf32>
  // CHECK-NEXT: %[[X:.*]] = weft.add %[[A]], %[[B]]
  %x = weft.sub %a, %nb : tensor<4xf32>
  // CHECK-NEXT: %[[Y:.*]] = weft.mul %[[A]], %[[B]]
  %y = weft.mul %na, %nb : tensor<4xf32>
  // CHECK-NEXT: %[[Z:.*]] = weft.neg %[[A]]
  %minus = weft.constant dense<-1.0> : tensor<4xf32>
  %z = weft.mul %minus, %a : tensor<4xf32>
  // CHECK-NEXT: return %[[V]], %[[W]], %[[X]], %[[Y]], %[[Z]]
  return %v, %w, %x, %y, %z : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @powers
// CHECK-SAME: (%[[X:.*]]: tensor<?xf32>)
func.func @powers(%x: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  // CHECK: %[[ONE:.*]] = weft.constant dense<1.000000e+00> : tensor<f32>
  // CHECK: %[[SQUARE:.*]] = weft.mul %[[X]], %[[X]]
  // CHECK: %[[ONES:.*]] = weft.broadcast %[[ONE]] like %[[X]]
  // CHECK: return %[[SQUARE]], %[[ONES]]
  %c2 = weft.constant dense<2.0> : tensor<f32>
  %two = weft.broadcast %c2 like %x dims = [] : tensor<f32>, tensor<?xf32> -> tensor<?xf32>
  %c0 = weft.constant dense<0.0> : tensor<f32>
  %zero = weft.broadcast %c0 like %x dims = [] : tensor<f32>, tensor<?xf32> -> tensor<?xf32>
  %y = weft.pow %x, %two : tensor<?xf32>
  %z = weft.pow %x, %zero : tensor<?xf32>
  return %y, %z : tensor<?xf32>, tensor<?xf32>
}

// CHECK-LABEL: func.func @truth
// CHECK-SAME: (%[[C:.*]]: tensor<4xi1>)
func.func @truth(%c: tensor<4xi1>) -> (tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>) {
  // CHECK-DAG: %[[TRUE:.*]] = weft.constant dense<true>
  // CHECK-DAG: %[[FALSE:.*]] = weft.constant dense<false>
  // CHECK: return %[[C]], %[[FALSE]], %[[TRUE]], %[[C]]
  %true = weft.constant dense<true> : tensor<4xi1>
  %false = weft.constant dense<false> : tensor<4xi1>
  %v = weft.and %c, %true : tensor<4xi1>
  %w = weft.and %false, %c : tensor<4xi1>
  %x = weft.or %c, %true : tensor<4xi1>
  %y = weft.or %false, %c : tensor<4xi1>
  return %v, %w, %x, %y : tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>
}

// CHECK-LABEL: func.func @select
// CHECK-SAME: (%[[C:.*]]: tensor<4xi1>, %[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>)
func.func @select(%c: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: %[[Z:.*]] = weft.select %[[C]], %[[B]], %[[A]]
  // CHECK-NEXT: return %[[A]], %[[A]], %[[B]], %[[Z]]
  %true = weft.constant dense<true> : tensor<4xi1>
  %false = weft.constant dense<false> : tensor<4xi1>
  %w = weft.select %c, %a, %a : tensor<4xf32>
  %x = weft.select %true, %a, %b : tensor<4xf32>
  %y = weft.select %false, %a, %b : tensor<4xf32>
  %n = weft.not %c : tensor<4xi1>
  %z = weft.select %n, %a, %b : tensor<4xf32>
  return %w, %x, %y, %z : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @casts_without_loss
// CHECK-SAME: (%[[X:.*]]: tensor<4xbf16>, %[[N:.*]]: tensor<4xi8>)
func.func @casts_without_loss(%x: tensor<4xbf16>, %n: tensor<4xi8>)
    -> (tensor<4xbf16>, tensor<4xf64>, tensor<4xi1>) {
  // CHECK-NEXT: %[[WIDE:.*]] = weft.cast %[[X]] : tensor<4xbf16> -> tensor<4xf64>
  // CHECK-NEXT: %[[BOOL:.*]] = weft.cast %[[N]] : tensor<4xi8> -> tensor<4xi1>
  // CHECK-NEXT: return %[[X]], %[[WIDE]], %[[BOOL]]
  %same = weft.cast %x : tensor<4xbf16> -> tensor<4xbf16>
  %a = weft.cast %same : tensor<4xbf16> -> tensor<4xf32>
  %b = weft.cast %a : tensor<4xf32> -> tensor<4xbf16>
  %c = weft.cast %a : tensor<4xf32> -> tensor<4xf64>
  %d = weft.cast %n : tensor<4xi8> -> tensor<4xf32>
  %e = weft.cast %d : tensor<4xf32> -> tensor<4xi1>
  return %b, %c, %e : tensor<4xbf16>, tensor<4xf64>, tensor<4xi1>
}

// CHECK-LABEL: func.func @casts_with_loss
func.func @casts_with_loss(%x: tensor<4xf32>, %n: tensor<4xi64>) -> (tensor<4xf32>, tensor<4xi64>) {
  // CHECK-COUNT-4: weft.cast
  %a = weft.cast %x : tensor<4xf32> -> tensor<4xbf16>
  %b = weft.cast %a : tensor<4xbf16> -> tensor<4xf32>
  %c = weft.cast %n : tensor<4xi64> -> tensor<4xf32>
  %d = weft.cast %c : tensor<4xf32> -> tensor<4xi64>
  return %b, %d : tensor<4xf32>, tensor<4xi64>
}

// Constants go through the reference evaluation, rounded to their type.
// CHECK-LABEL: func.func @constants
func.func @constants() -> (tensor<2xf32>, tensor<3xi8>, tensor<2xi1>, tensor<100000xf32>) {
  // CHECK-DAG: %[[THIRDS:.*]] = weft.constant dense<[0.333333343, 0.666666686]> : tensor<2xf32>
  // CHECK-DAG: %[[SUM:.*]] = weft.constant dense<[-56, 1, 2]> : tensor<3xi8>
  // CHECK-DAG: %[[GREATER:.*]] = weft.constant dense<[false, true]> : tensor<2xi1>
  // CHECK-DAG: %[[SPLAT:.*]] = weft.constant dense<3.000000e+00> : tensor<100000xf32>
  // CHECK: return %[[THIRDS]], %[[SUM]], %[[GREATER]], %[[SPLAT]]
  %a = weft.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %b = weft.constant dense<3.0> : tensor<2xf32>
  %w = weft.div %a, %b : tensor<2xf32>
  %c = weft.constant dense<[100, 1, 1]> : tensor<3xi8>
  %d = weft.constant dense<[100, 0, 1]> : tensor<3xi8>
  %x = weft.add %c, %d : tensor<3xi8>
  %e = weft.constant dense<1.5> : tensor<2xf32>
  %y = weft.compare gt, %a, %e : tensor<2xf32>
  %f = weft.constant dense<9.0> : tensor<100000xf32>
  %z = weft.sqrt %f : tensor<100000xf32>
  return %w, %x, %y, %z : tensor<2xf32>, tensor<3xi8>, tensor<2xi1>, tensor<100000xf32>
}

// CHECK-LABEL: func.func @no_value
func.func @no_value() -> tensor<2xi32> {
  // CHECK: weft.div
  %a = weft.constant dense<[1, 2]> : tensor<2xi32>
  %b = weft.constant dense<[1, 0]> : tensor<2xi32>
  %c = weft.div %a, %b : tensor<2xi32>
  return %c : tensor<2xi32>
}
