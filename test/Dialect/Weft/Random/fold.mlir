// RUN: weft-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @nothing_dropped
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>)
func.func @nothing_dropped(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK-NEXT: return %[[X]]
  %y = weft.dropout %x p = 0.0 : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @something_dropped
func.func @something_dropped(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK: weft.dropout
  %y = weft.dropout %x p = 0.5 : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
