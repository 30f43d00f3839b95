// RUN: weft-opt %s --weft-evaluate -o /dev/null | FileCheck %s
// RUN: weft-opt %s --weft-evaluate="function=rows rows=3" -o /dev/null | FileCheck %s --check-prefix=ROWS
// RUN: weft-opt %s --weft-evaluate="function=third precision=12" -o /dev/null | FileCheck %s --check-prefix=EXACT
// RUN: weft-opt %s --weft-evaluate="function=third precision=12 typed" -o /dev/null | FileCheck %s --check-prefix=TYPED
// RUN: weft-opt %s --weft-evaluate="function=draw,first_label seed=1" -o /dev/null | FileCheck %s --check-prefix=SEED1
// RUN: weft-opt %s --weft-evaluate="function=draw seed=2" -o /dev/null | FileCheck %s --check-prefix=SEED2

// Functions without arguments are evaluated unless names are given; every result has a line.
// CHECK: @constants#0: tensor<2x2xf32> = {{\[}}[1, 2.5], [0, -3]]
// CHECK-NEXT: @constants#1: tensor<3xi64> = [1, -2, 3]
// CHECK-NEXT: @constants#2: tensor<2xi1> = [1, 0]
// CHECK-NEXT: @constants#3: tensor<f32> = nan
func.func @constants() -> (tensor<2x2xf32>, tensor<3xi64>, tensor<2xi1>, tensor<f32>) {
  %a = weft.constant dense<[[1.0, 2.5], [-0.0, -3.0]]> : tensor<2x2xf32>
  %b = weft.constant dense<[1, -2, 3]> : tensor<3xi64>
  %c = weft.constant dense<[true, false]> : tensor<2xi1>
  %d = weft.constant dense<0x7FC00000> : tensor<f32>
  return %a, %b, %c, %d : tensor<2x2xf32>, tensor<3xi64>, tensor<2xi1>, tensor<f32>
}

// A call; the callee is evaluated with the caller's values.
// CHECK: @calls#0: tensor<2xf32> = [2, 8]
func.func @calls() -> tensor<2xf32> {
  %a = weft.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %b = call @double(%a) : (tensor<2xf32>) -> tensor<2xf32>
  %c = weft.mul %a, %b : tensor<2xf32>
  return %c : tensor<2xf32>
}
func.func @double(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = weft.add %x, %x : tensor<2xf32>
  return %y : tensor<2xf32>
}

// Parameters have their initial values; a write is seen by later reads.
weft.model @storage {
  weft.parameter @w : tensor<2xf32> = dense<[1.0, -1.0]> : tensor<2xf32>
  weft.buffer @mean : tensor<2xf32> = #weft.constant<0.5>
  // CHECK: @update#0: tensor<2xf32> = [0.5, 0.5]
  // CHECK-NEXT: @update#1: tensor<2xf32> = [1.5, -0.5]
  func.func @update() -> (tensor<2xf32>, tensor<2xf32>) {
    %w = weft.read @w : tensor<2xf32>
    %old = weft.read @mean : tensor<2xf32>
    %sum = weft.add %w, %old : tensor<2xf32>
    weft.write @mean, %sum : tensor<2xf32>
    %new = weft.read @mean : tensor<2xf32>
    return %old, %new : tensor<2xf32>, tensor<2xf32>
  }
  // A dispatch is a call.
  // CHECK: @entry#0: tensor<2xf32> = [2, -2]
  func.func @entry() -> tensor<2xf32> {
    %w = weft.read @w : tensor<2xf32>
    %y = weft.dispatch @kernel(%w) : (tensor<2xf32>) -> tensor<2xf32>
    return %y : tensor<2xf32>
  }
  func.func private @kernel(%x: tensor<2xf32>) -> tensor<2xf32> {
    %y = weft.add %x, %x : tensor<2xf32>
    return %y : tensor<2xf32>
  }
}

// A dynamic dimension has as many elements as `rows` says.
// ROWS: @rows#0: tensor<3xi64> = [0, 1, 2]
func.func @rows(%x: tensor<?x2xf32>) -> tensor<?xi64> {
  %y = weft.iota like %x dim = 0 : tensor<?x2xf32> -> tensor<?xi64>
  return %y : tensor<?xi64>
}

// In exact mode nothing is rounded; in typed mode each result is, to its type.
// EXACT: @third#0: tensor<f32> = 0.333333333333
// TYPED: @third#0: tensor<f32> = 0.333333343267
func.func @third() -> tensor<f32> {
  %one = weft.constant dense<1.0> : tensor<f32>
  %three = weft.constant dense<3.0> : tensor<f32>
  %y = weft.div %one, %three : tensor<f32>
  return %y : tensor<f32>
}

// Arguments are drawn from the seed; labels from the range that the op they reach takes.
// SEED1: @draw#0: tensor<2x2xf32> = {{\[\[}}-0.671595, 1.32663]
// SEED1: @first_label#0: tensor<i64> = {{[0-9][0-9]}}
// SEED2-NOT: {{\[\[}}-0.671595
// SEED2: @draw#0: tensor<2x2xf32> =
func.func @draw(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  return %x : tensor<?x2xf32>
}
func.func @first_label(%labels: tensor<1xi64>) -> tensor<i64> {
  %y = weft.reshape %labels : tensor<1xi64> -> tensor<i64>
  %loss = call @hot(%labels) : (tensor<1xi64>) -> tensor<1x100xf32>
  return %y : tensor<i64>
}
func.func @hot(%labels: tensor<1xi64>) -> tensor<1x100xf32> {
  %y = weft.one_hot %labels num_classes = 100 : tensor<1xi64> -> tensor<1x100xf32>
  return %y : tensor<1x100xf32>
}
