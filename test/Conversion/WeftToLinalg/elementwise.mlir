// RUN: weft-opt %s --convert-weft-to-linalg | FileCheck %s

// CHECK: #[[ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>

// CHECK-LABEL: func.func @add
// CHECK-SAME: (%[[A:.*]]: tensor<?x4xf32>, %[[B:.*]]: tensor<?x4xf32>)
func.func @add(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK: %[[SIZE:.*]] = tensor.dim %[[A]]
  // CHECK: %[[EMPTY:.*]] = tensor.empty(%[[SIZE]]) : tensor<?x4xf32>
  // CHECK: linalg.generic {indexing_maps = [#[[ID]], #[[ID]], #[[ID]]], iterator_types = ["parallel", "parallel"]} ins(%[[A]], %[[B]] : {{.*}}) outs(%[[EMPTY]] : {{.*}})
  // CHECK: arith.addf %{{.*}}, %{{.*}} fastmath<contract> : f32
  %y = weft.add %a, %b : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// Narrow types are computed in f32.
// CHECK-LABEL: func.func @narrow
func.func @narrow(%a: tensor<4xbf16>, %b: tensor<4xbf16>) -> tensor<4xbf16> {
  // CHECK: %[[A:.*]] = arith.extf %{{.*}} : bf16 to f32
  // CHECK: %[[B:.*]] = arith.extf %{{.*}} : bf16 to f32
  // CHECK: %[[P:.*]] = arith.mulf %[[A]], %[[B]] fastmath<contract> : f32
  // CHECK: arith.truncf %[[P]] : f32 to bf16
  %y = weft.mul %a, %b : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

// CHECK-LABEL: func.func @integers
func.func @integers(%a: tensor<4xi64>, %b: tensor<4xi64>) -> tensor<4xi64> {
  // CHECK: arith.maxsi
  %m = weft.maximum %a, %b : tensor<4xi64>
  // CHECK: arith.subi
  %y = weft.neg %m : tensor<4xi64>
  return %y : tensor<4xi64>
}

// relu keeps NaN: a comparison with it is false.
// CHECK-LABEL: func.func @relu
func.func @relu(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
  // CHECK: %[[BELOW:.*]] = arith.cmpf olt, %[[X:.*]], %[[ZERO]]
  // CHECK: arith.select %[[BELOW]], %[[ZERO]], %[[X]]
  %y = weft.relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @truth
func.func @truth(%a: tensor<4xf32>, %b: tensor<4xf32>, %c: tensor<4xi1>) -> tensor<4xf32> {
  // CHECK: arith.cmpf une
  %ne = weft.compare ne, %a, %b : tensor<4xf32>
  // CHECK: arith.cmpi ult
  %lt = weft.compare lt, %c, %ne : tensor<4xi1>
  // CHECK: arith.andi
  %and = weft.and %lt, %c : tensor<4xi1>
  // CHECK: arith.select
  %y = weft.select %and, %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @cast
func.func @cast(%x: tensor<4xf64>, %t: tensor<4xi1>) -> (tensor<4xbf16>, tensor<4xi1>, tensor<4xf32>) {
  // By way of f32.
  // CHECK: arith.truncf %{{.*}} : f64 to f32
  // CHECK: arith.truncf %{{.*}} : f32 to bf16
  %b = weft.cast %x : tensor<4xf64> -> tensor<4xbf16>
  // CHECK: arith.cmpf une
  %z = weft.cast %x : tensor<4xf64> -> tensor<4xi1>
  // CHECK: arith.uitofp
  %f = weft.cast %t : tensor<4xi1> -> tensor<4xf32>
  return %b, %z, %f : tensor<4xbf16>, tensor<4xi1>, tensor<4xf32>
}

// f64 has no polynomials in MLIR: no op of math is left that would need a library.
// CHECK-LABEL: func.func @double
func.func @double(%x: tensor<4xf64>) -> tensor<4xf64> {
  // CHECK-NOT: math.exp
  %y = weft.exp %x : tensor<4xf64>
  return %y : tensor<4xf64>
}
