// RUN: weft-opt %s --weft-decompose | FileCheck %s

// CHECK-LABEL: func.func @one_hot
// CHECK-SAME: (%[[L:.*]]: tensor<?xi64>)
func.func @one_hot(%labels: tensor<?xi64>) -> tensor<?x10xf32> {
  // CHECK-NEXT: %[[REPEATED:.*]] = weft.broadcast %[[L]] dims = [0] : tensor<?xi64> -> tensor<?x10xi64>
  // CHECK-NEXT: %[[CLASSES:.*]] = weft.iota like %[[L]] dim = 1 : tensor<?xi64> -> tensor<?x10xi64>
  // CHECK-NEXT: %[[IS:.*]] = weft.compare eq, %[[REPEATED]], %[[CLASSES]]
  // CHECK-NEXT: %[[Y:.*]] = weft.cast %[[IS]] : tensor<?x10xi1> -> tensor<?x10xf32>
  // CHECK-NEXT: return %[[Y]]
  %y = weft.one_hot %labels num_classes = 10 : tensor<?xi64> -> tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}
