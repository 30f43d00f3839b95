// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt --allow-bytecode | FileCheck %s

// CHECK-LABEL: func.func @exp
func.func @exp(%x: tensor<?x4xf32>, %h: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  // CHECK: weft.exp %{{.*}} : tensor<?x4xf32>
  %y0 = weft.exp %x : tensor<?x4xf32>
  // CHECK: weft.exp %{{.*}} : tensor<bf16>
  %y1 = weft.exp %h : tensor<bf16>
  return %y0, %y1 : tensor<?x4xf32>, tensor<bf16>
}

// CHECK-LABEL: func.func @log
func.func @log(%x: tensor<?x4xf32>, %h: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  // CHECK: weft.log %{{.*}} : tensor<?x4xf32>
  %y0 = weft.log %x : tensor<?x4xf32>
  // CHECK: weft.log %{{.*}} : tensor<bf16>
  %y1 = weft.log %h : tensor<bf16>
  return %y0, %y1 : tensor<?x4xf32>, tensor<bf16>
}

// CHECK-LABEL: func.func @sqrt
func.func @sqrt(%x: tensor<?x4xf32>, %h: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  // CHECK: weft.sqrt %{{.*}} : tensor<?x4xf32>
  %y0 = weft.sqrt %x : tensor<?x4xf32>
  // CHECK: weft.sqrt %{{.*}} : tensor<bf16>
  %y1 = weft.sqrt %h : tensor<bf16>
  return %y0, %y1 : tensor<?x4xf32>, tensor<bf16>
}

// CHECK-LABEL: func.func @rsqrt
func.func @rsqrt(%x: tensor<?x4xf32>, %h: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  // CHECK: weft.rsqrt %{{.*}} : tensor<?x4xf32>
  %y0 = weft.rsqrt %x : tensor<?x4xf32>
  // CHECK: weft.rsqrt %{{.*}} : tensor<bf16>
  %y1 = weft.rsqrt %h : tensor<bf16>
  return %y0, %y1 : tensor<?x4xf32>, tensor<bf16>
}

// CHECK-LABEL: func.func @tanh
func.func @tanh(%x: tensor<?x4xf32>, %h: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  // CHECK: weft.tanh %{{.*}} : tensor<?x4xf32>
  %y0 = weft.tanh %x : tensor<?x4xf32>
  // CHECK: weft.tanh %{{.*}} : tensor<bf16>
  %y1 = weft.tanh %h : tensor<bf16>
  return %y0, %y1 : tensor<?x4xf32>, tensor<bf16>
}

// CHECK-LABEL: func.func @sigmoid
func.func @sigmoid(%x: tensor<?x4xf32>, %h: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  // CHECK: weft.sigmoid %{{.*}} : tensor<?x4xf32>
  %y0 = weft.sigmoid %x : tensor<?x4xf32>
  // CHECK: weft.sigmoid %{{.*}} : tensor<bf16>
  %y1 = weft.sigmoid %h : tensor<bf16>
  return %y0, %y1 : tensor<?x4xf32>, tensor<bf16>
}

// CHECK-LABEL: func.func @relu
func.func @relu(%x: tensor<?x4xf32>, %h: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  // CHECK: weft.relu %{{.*}} : tensor<?x4xf32>
  %y0 = weft.relu %x : tensor<?x4xf32>
  // CHECK: weft.relu %{{.*}} : tensor<bf16>
  %y1 = weft.relu %h : tensor<bf16>
  return %y0, %y1 : tensor<?x4xf32>, tensor<bf16>
}

// CHECK-LABEL: func.func @erf
func.func @erf(%x: tensor<?x4xf32>, %h: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  // CHECK: weft.erf %{{.*}} : tensor<?x4xf32>
  %y0 = weft.erf %x : tensor<?x4xf32>
  // CHECK: weft.erf %{{.*}} : tensor<bf16>
  %y1 = weft.erf %h : tensor<bf16>
  return %y0, %y1 : tensor<?x4xf32>, tensor<bf16>
}

// CHECK-LABEL: func.func @sin
func.func @sin(%x: tensor<?x4xf32>, %h: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  // CHECK: weft.sin %{{.*}} : tensor<?x4xf32>
  %y0 = weft.sin %x : tensor<?x4xf32>
  // CHECK: weft.sin %{{.*}} : tensor<bf16>
  %y1 = weft.sin %h : tensor<bf16>
  return %y0, %y1 : tensor<?x4xf32>, tensor<bf16>
}

// CHECK-LABEL: func.func @cos
func.func @cos(%x: tensor<?x4xf32>, %h: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  // CHECK: weft.cos %{{.*}} : tensor<?x4xf32>
  %y0 = weft.cos %x : tensor<?x4xf32>
  // CHECK: weft.cos %{{.*}} : tensor<bf16>
  %y1 = weft.cos %h : tensor<bf16>
  return %y0, %y1 : tensor<?x4xf32>, tensor<bf16>
}

// CHECK-LABEL: func.func @silu
func.func @silu(%x: tensor<?x4xf32>, %h: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  // CHECK: weft.silu %{{.*}} : tensor<?x4xf32>
  %y0 = weft.silu %x : tensor<?x4xf32>
  // CHECK: weft.silu %{{.*}} : tensor<bf16>
  %y1 = weft.silu %h : tensor<bf16>
  return %y0, %y1 : tensor<?x4xf32>, tensor<bf16>
}

// CHECK-LABEL: func.func @neg
func.func @neg(%x: tensor<?x4xf32>, %n: tensor<4xi64>) -> (tensor<?x4xf32>, tensor<4xi64>) {
  // CHECK: weft.neg %{{.*}} : tensor<?x4xf32>
  %y0 = weft.neg %x : tensor<?x4xf32>
  // CHECK: weft.neg %{{.*}} : tensor<4xi64>
  %y1 = weft.neg %n : tensor<4xi64>
  return %y0, %y1 : tensor<?x4xf32>, tensor<4xi64>
}

// CHECK-LABEL: func.func @abs
func.func @abs(%x: tensor<?x4xf32>, %n: tensor<4xi64>) -> (tensor<?x4xf32>, tensor<4xi64>) {
  // CHECK: weft.abs %{{.*}} : tensor<?x4xf32>
  %y0 = weft.abs %x : tensor<?x4xf32>
  // CHECK: weft.abs %{{.*}} : tensor<4xi64>
  %y1 = weft.abs %n : tensor<4xi64>
  return %y0, %y1 : tensor<?x4xf32>, tensor<4xi64>
}

// CHECK-LABEL: func.func @sign
func.func @sign(%x: tensor<?x4xf32>, %n: tensor<4xi64>) -> (tensor<?x4xf32>, tensor<4xi64>) {
  // CHECK: weft.sign %{{.*}} : tensor<?x4xf32>
  %y0 = weft.sign %x : tensor<?x4xf32>
  // CHECK: weft.sign %{{.*}} : tensor<4xi64>
  %y1 = weft.sign %n : tensor<4xi64>
  return %y0, %y1 : tensor<?x4xf32>, tensor<4xi64>
}

// CHECK-LABEL: func.func @add
func.func @add(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>, %n: tensor<i32>) -> (tensor<?x4xf32>, tensor<i32>) {
  // CHECK: weft.add %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y0 = weft.add %a, %b : tensor<?x4xf32>
  // CHECK: weft.add %{{.*}}, %{{.*}} : tensor<i32>
  %y1 = weft.add %n, %n : tensor<i32>
  return %y0, %y1 : tensor<?x4xf32>, tensor<i32>
}

// CHECK-LABEL: func.func @sub
func.func @sub(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>, %n: tensor<i32>) -> (tensor<?x4xf32>, tensor<i32>) {
  // CHECK: weft.sub %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y0 = weft.sub %a, %b : tensor<?x4xf32>
  // CHECK: weft.sub %{{.*}}, %{{.*}} : tensor<i32>
  %y1 = weft.sub %n, %n : tensor<i32>
  return %y0, %y1 : tensor<?x4xf32>, tensor<i32>
}

// CHECK-LABEL: func.func @mul
func.func @mul(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>, %n: tensor<i32>) -> (tensor<?x4xf32>, tensor<i32>) {
  // CHECK: weft.mul %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y0 = weft.mul %a, %b : tensor<?x4xf32>
  // CHECK: weft.mul %{{.*}}, %{{.*}} : tensor<i32>
  %y1 = weft.mul %n, %n : tensor<i32>
  return %y0, %y1 : tensor<?x4xf32>, tensor<i32>
}

// CHECK-LABEL: func.func @div
func.func @div(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>, %n: tensor<i32>) -> (tensor<?x4xf32>, tensor<i32>) {
  // CHECK: weft.div %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y0 = weft.div %a, %b : tensor<?x4xf32>
  // CHECK: weft.div %{{.*}}, %{{.*}} : tensor<i32>
  %y1 = weft.div %n, %n : tensor<i32>
  return %y0, %y1 : tensor<?x4xf32>, tensor<i32>
}

// CHECK-LABEL: func.func @maximum
func.func @maximum(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>, %n: tensor<i32>) -> (tensor<?x4xf32>, tensor<i32>) {
  // CHECK: weft.maximum %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y0 = weft.maximum %a, %b : tensor<?x4xf32>
  // CHECK: weft.maximum %{{.*}}, %{{.*}} : tensor<i32>
  %y1 = weft.maximum %n, %n : tensor<i32>
  return %y0, %y1 : tensor<?x4xf32>, tensor<i32>
}

// CHECK-LABEL: func.func @minimum
func.func @minimum(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>, %n: tensor<i32>) -> (tensor<?x4xf32>, tensor<i32>) {
  // CHECK: weft.minimum %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y0 = weft.minimum %a, %b : tensor<?x4xf32>
  // CHECK: weft.minimum %{{.*}}, %{{.*}} : tensor<i32>
  %y1 = weft.minimum %n, %n : tensor<i32>
  return %y0, %y1 : tensor<?x4xf32>, tensor<i32>
}

// CHECK-LABEL: func.func @pow
func.func @pow(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK: weft.pow %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y0 = weft.pow %a, %b : tensor<?x4xf32>
  return %y0 : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @truth
func.func @truth(%a: tensor<?xi1>, %b: tensor<?xi1>) -> (tensor<?xi1>, tensor<?xi1>, tensor<?xi1>) {
  // CHECK: weft.and %{{.*}}, %{{.*}} : tensor<?xi1>
  %y0 = weft.and %a, %b : tensor<?xi1>
  // CHECK: weft.or %{{.*}}, %{{.*}} : tensor<?xi1>
  %y1 = weft.or %a, %b : tensor<?xi1>
  // CHECK: weft.not %{{.*}} : tensor<?xi1>
  %y2 = weft.not %a : tensor<?xi1>
  return %y0, %y1, %y2 : tensor<?xi1>, tensor<?xi1>, tensor<?xi1>
}

// CHECK-LABEL: func.func @compare
func.func @compare(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>, %c: tensor<?x4xi1>) -> (tensor<?x4xi1>, tensor<?x4xi1>, tensor<?x4xi1>, tensor<?x4xi1>, tensor<?x4xi1>, tensor<?x4xi1>, tensor<?x4xi1>) {
  // CHECK: weft.compare eq, %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y0 = weft.compare eq, %a, %b : tensor<?x4xf32>
  // CHECK: weft.compare ne, %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y1 = weft.compare ne, %a, %b : tensor<?x4xf32>
  // CHECK: weft.compare lt, %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y2 = weft.compare lt, %a, %b : tensor<?x4xf32>
  // CHECK: weft.compare le, %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y3 = weft.compare le, %a, %b : tensor<?x4xf32>
  // CHECK: weft.compare gt, %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y4 = weft.compare gt, %a, %b : tensor<?x4xf32>
  // CHECK: weft.compare ge, %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y5 = weft.compare ge, %a, %b : tensor<?x4xf32>
  // CHECK: weft.compare eq, %{{.*}}, %{{.*}} : tensor<?x4xi1>
  %y6 = weft.compare eq, %c, %c : tensor<?x4xi1>
  return %y0, %y1, %y2, %y3, %y4, %y5, %y6 : tensor<?x4xi1>, tensor<?x4xi1>, tensor<?x4xi1>, tensor<?x4xi1>, tensor<?x4xi1>, tensor<?x4xi1>, tensor<?x4xi1>
}

// CHECK-LABEL: func.func @select
func.func @select(%c: tensor<?x4xi1>, %a: tensor<?x4xf32>, %b: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK: weft.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x4xf32>
  %y0 = weft.select %c, %a, %b : tensor<?x4xf32>
  return %y0 : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @cast
func.func @cast(%x: tensor<?x4xf32>, %n: tensor<i64>, %c: tensor<3xi1>) -> (tensor<?x4xf16>, tensor<?x4xi8>, tensor<f64>, tensor<3xf32>) {
  // CHECK: weft.cast %{{.*}} : tensor<?x4xf32> -> tensor<?x4xf16>
  %y0 = weft.cast %x : tensor<?x4xf32> -> tensor<?x4xf16>
  // CHECK: weft.cast %{{.*}} : tensor<?x4xf32> -> tensor<?x4xi8>
  %y1 = weft.cast %x : tensor<?x4xf32> -> tensor<?x4xi8>
  // CHECK: weft.cast %{{.*}} : tensor<i64> -> tensor<f64>
  %y2 = weft.cast %n : tensor<i64> -> tensor<f64>
  // CHECK: weft.cast %{{.*}} : tensor<3xi1> -> tensor<3xf32>
  %y3 = weft.cast %c : tensor<3xi1> -> tensor<3xf32>
  return %y0, %y1, %y2, %y3 : tensor<?x4xf16>, tensor<?x4xi8>, tensor<f64>, tensor<3xf32>
}

// CHECK-LABEL: func.func @clamp
func.func @clamp(%x: tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
  // CHECK: weft.clamp %{{.*}} min = 0.000000e+00 : tensor<?x4xf32>
  %y0 = weft.clamp %x min = 0.000000e+00 : tensor<?x4xf32>
  // CHECK: weft.clamp %{{.*}} max = 6.000000e+00 : tensor<?x4xf32>
  %y1 = weft.clamp %x max = 6.000000e+00 : tensor<?x4xf32>
  // CHECK: weft.clamp %{{.*}} min = -1.500000e+00 max = 1.500000e+00 : tensor<?x4xf32>
  %y2 = weft.clamp %x min = -1.500000e+00 max = 1.500000e+00 : tensor<?x4xf32>
  return %y0, %y1, %y2 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
}

// CHECK-LABEL: func.func @gelu
func.func @gelu(%x: tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  // CHECK: weft.gelu %{{.*}} : tensor<?x4xf32>
  %y0 = weft.gelu %x : tensor<?x4xf32>
  // CHECK: weft.gelu %{{.*}} approximate = tanh : tensor<?x4xf32>
  %y1 = weft.gelu %x approximate = tanh : tensor<?x4xf32>
  return %y0, %y1 : tensor<?x4xf32>, tensor<?x4xf32>
}
