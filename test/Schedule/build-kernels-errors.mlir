// RUN: weft-opt %s --weft-build-kernels=mcpu=x86-64-v3 --split-input-file --verify-diagnostics
// RUN: not weft-opt %s --split-input-file --weft-build-kernels="tuned-rows=0" 2>&1 | FileCheck %s --check-prefix=TUNED
// RUN: not weft-opt %s --split-input-file --weft-form-dispatches="tuned-rows=9223372036854775807" 2>&1 | FileCheck %s --check-prefix=LARGE

// TUNED: expected 1 to 67108864 rows to tune for, got 0
// LARGE: expected 1 to 67108864 rows to tune for, got 9223372036854775807

// What code generation takes for granted, of functions that no pass has made.
weft.model @composite {
  func.func private @f(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
    // expected-error @+1 {{'weft.softmax' op expected a primitive, composite ops are decomposed before kernels are built}}
    %y = weft.softmax %x dim = 1 : tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}

// -----

weft.model @unbound {
  // expected-error @+1 {{expected no dynamic dimension but the outermost, got 'tensor<?x?xf32>'; weft-specialize binds the others}}
  func.func private @f(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
    %y = weft.exp %x : tensor<?x?xf32>
    return %y : tensor<?x?xf32>
  }
}

// -----

weft.model @rows {
  // expected-error @+1 {{argument 0: expected a number of rows from 1 to 4294967296, got 0}}
  func.func private @f(%x: tensor<?x4xf32> {weft.rows = 0}) -> tensor<?x4xf32> {
    %y = weft.exp %x : tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}
