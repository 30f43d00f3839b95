// RUN: weft-opt %s --weft-simplify-graph --cse | FileCheck %s

// Nothing is computed, and nothing waited for, for its shape only; equal ops become one.
// CHECK-LABEL: func.func @shape_operands
// CHECK-SAME: %[[LABELS:.*]]: tensor<?xi64>
func.func @shape_operands(%labels: tensor<?xi64>) -> (tensor<?xf32>, tensor<?xf32>) {
  // CHECK-NOT: weft.cast
  // CHECK: %[[ONE:.*]] = weft.constant
  // CHECK-NEXT: %[[ONES:.*]] = weft.broadcast %[[ONE]] like %[[LABELS]]
  // CHECK-NEXT: return %[[ONES]], %[[ONES]]
  %one = weft.constant dense<1.0> : tensor<f32>
  %cast = weft.cast %labels : tensor<?xi64> -> tensor<?xf32>
  %a = weft.broadcast %one like %cast dims = [] : tensor<f32>, tensor<?xf32> -> tensor<?xf32>
  %b = weft.broadcast %one like %a dims = [] : tensor<f32>, tensor<?xf32> -> tensor<?xf32>
  return %a, %b : tensor<?xf32>, tensor<?xf32>
}

// A reshape has other rows than its operand, and a value that is read anyhow may give the shape.
// CHECK-LABEL: func.func @kept
func.func @kept(%x: tensor<?x4xf32>) -> (tensor<?xf32>, tensor<?x4xf32>, tensor<?xf32>) {
  // CHECK: %[[RESHAPED:.*]] = weft.reshape
  // CHECK: weft.broadcast %{{.*}} like %[[RESHAPED]]
  // CHECK: %[[EXP:.*]] = weft.exp
  // CHECK: weft.broadcast %{{.*}} like %[[EXP]]
  %one = weft.constant dense<1.0> : tensor<f32>
  %r = weft.reshape %x : tensor<?x4xf32> -> tensor<?x2xf32>
  %a = weft.broadcast %one like %r dims = [] : tensor<f32>, tensor<?x2xf32> -> tensor<?xf32>
  %e = weft.exp %x : tensor<?x4xf32>
  %b = weft.broadcast %one like %e dims = [] : tensor<f32>, tensor<?x4xf32> -> tensor<?xf32>
  return %a, %e, %b : tensor<?xf32>, tensor<?x4xf32>, tensor<?xf32>
}

// CHECK-LABEL: func.func @select_to_cast
// CHECK-SAME: %[[C:.*]]: tensor<4xi1>
func.func @select_to_cast(%c: tensor<4xi1>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: %[[CAST:.*]] = weft.cast %[[C]] : tensor<4xi1> -> tensor<4xf32>
  // CHECK: %[[OTHER:.*]] = weft.select
  // CHECK: return %[[CAST]], %[[OTHER]]
  %one = weft.constant dense<1.0> : tensor<4xf32>
  %zero = weft.constant dense<0.0> : tensor<4xf32>
  %a = weft.select %c, %one, %zero : tensor<4xf32>
  %b = weft.select %c, %zero, %one : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}
