// What follows a product is written down for each register of a tile only if it is small; else twice, for whole
// vectors and for the last one of a row.
// RUN: weft-opt %s --weft-pipeline="to=kernels mcpu=x86-64-v3" -o %t.mlir
// RUN: FileCheck %s --check-prefix=LARGE < %t.mlir
// RUN: FileCheck %s --check-prefix=SMALL < %t.mlir

// LARGE: module @"epilogues.x86-64-v3"
// Each erf and each tanh takes its sign from its operand.
// LARGE-COUNT-6: math.copysign
// LARGE: func.func

// SMALL: module @"epilogues.x86-64-v3"
// SMALL: func.func private @dispatch_1
// SMALL-COUNT-20: math.copysign

weft.model @epilogues {
  weft.parameter @w : tensor<20x8xf32> = #weft.normal<std = 0.1>
  weft.parameter @v : tensor<20x8xf32> = #weft.normal<std = 0.1>
  func.func @logits(%x: tensor<?x8xf32> {weft.input = "x", weft.dims = ["batch"]}) -> (tensor<?x20xf32>, tensor<?x20xf32>) {
    %w = weft.read @w : tensor<20x8xf32>
    %y = weft.linear %x, %w : (tensor<?x8xf32>, tensor<20x8xf32>) -> tensor<?x20xf32>
    %y1 = weft.erf %y : tensor<?x20xf32>
    %y2 = weft.erf %y1 : tensor<?x20xf32>
    %large = weft.erf %y2 : tensor<?x20xf32>
    %v = weft.read @v : tensor<20x8xf32>
    %z = weft.linear %x, %v : (tensor<?x8xf32>, tensor<20x8xf32>) -> tensor<?x20xf32>
    %small = weft.tanh %z : tensor<?x20xf32>
    return %large, %small : tensor<?x20xf32>, tensor<?x20xf32>
  }
}
