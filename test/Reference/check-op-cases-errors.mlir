// RUN: weft-opt %s --weft-check-op-cases --split-input-file --verify-diagnostics
// RUN: not weft-opt %s --weft-check-op-cases=executors=abacus 2>&1 | FileCheck %s

// CHECK: expected one of the executors reference{{.*}}, got abacus

// The checks can fail: a wrong expectation is found, with its place, and again in each form of the function.
// expected-error @below {{case (reference), result 0: element [1]: expected 3, got 4 (off by 1, tolerance 7e-06)}}
func.func @wrong(%x: tensor<2xf32> {case.value = dense<[1.0, 2.0]> : tensor<2xf32>})
    -> (tensor<2xf32> {case.expect = dense<[2.0, 3.0]> : tensor<2xf32>}) {
  %y = weft.add %x, %x : tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// Integers have no tolerance.
// expected-error @below {{case (reference), result 0: element []: expected 3, got 4}}
func.func @integer(%x: tensor<i64> {case.value = dense<2> : tensor<i64>})
    -> (tensor<i64> {case.expect = dense<3> : tensor<i64>}) {
  %y = weft.add %x, %x : tensor<i64>
  return %y : tensor<i64>
}

// -----

// expected-error @below {{result 0: expected tensor<3xf32>, got tensor<2xf32>}}
func.func @shape(%x: tensor<?xf32> {case.value = dense<[1.0, 2.0]> : tensor<2xf32>})
    -> (tensor<?xf32> {case.expect = dense<0.0> : tensor<3xf32>}) {
  return %x : tensor<?xf32>
}

// -----

// expected-error @below {{argument 0: expected data of type 'tensor<3xf32>', got 'tensor<2xf32>'}}
func.func @argument(%x: tensor<3xf32> {case.value = dense<[1.0, 2.0]> : tensor<2xf32>})
    -> (tensor<3xf32> {case.expect = dense<0.0> : tensor<3xf32>}) {
  return %x : tensor<3xf32>
}

// -----

// expected-error @below {{argument 0: 'case.value': expected dense<...>, got 1.000000e+00 : f32}}
func.func @value(%x: tensor<f32> {case.value = 1.0 : f32})
    -> (tensor<f32> {case.expect = dense<0.0> : tensor<f32>}) {
  return %x : tensor<f32>
}

// -----

// expected-error @below {{argument 0: 'case.range': expected [low, high] with low < high, got [2, 1]}}
func.func @range(%x: tensor<f32> {case.range = [2, 1]})
    -> (tensor<f32> {case.expect = dense<0.0> : tensor<f32>}) {
  return %x : tensor<f32>
}

// -----

// expected-error @below {{argument 0: 'case.times': expected a positive integer, got 0}}
func.func @times(%x: tensor<?xf32> {case.times = 0})
    -> (tensor<?xf32> {case.expect = dense<0.0> : tensor<1xf32>}) {
  return %x : tensor<?xf32>
}

// -----

// expected-error @below {{'case.rows': expected array<i64: ...> of positive numbers, got array<i64: 0>}}
func.func @rows(%x: tensor<?xf32>)
    -> (tensor<?xf32> {case.expect = dense<0.0> : tensor<1xf32>}) attributes {case.rows = array<i64: 0>} {
  return %x : tensor<?xf32>
}

// -----

// expected-error @below {{result 0: 'case.expect': expected dense<...>, got "one"}}
func.func @expect(%x: tensor<f32>) -> (tensor<f32> {case.expect = "one"}) {
  return %x : tensor<f32>
}

// -----

// expected-error @below {{weft-check-op-cases: expected a function with a result that has 'case.expect'}}
module {
}
