// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt | FileCheck %s

// CHECK-LABEL: func.func @softmax
func.func @softmax(%x: tensor<?x12x16xbf16>) -> tensor<?x12x16xbf16> {
  // CHECK: weft.softmax %{{.*}} dim = 1 : tensor<?x12x16xbf16>
  %y = weft.softmax %x dim = 1 : tensor<?x12x16xbf16>
  return %y : tensor<?x12x16xbf16>
}

// CHECK-LABEL: func.func @log_softmax
func.func @log_softmax(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
  // CHECK: weft.log_softmax %{{.*}} dim = 0 : tensor<?x10xf32>
  %y = weft.log_softmax %x dim = 0 : tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}
