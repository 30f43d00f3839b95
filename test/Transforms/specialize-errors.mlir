// RUN: weft-opt %s --weft-specialize --split-input-file --verify-diagnostics
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=32:16" 2>&1 | FileCheck %s --check-prefix=RANGE
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=16" 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=16,seq=32" 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=16,batch=8,9" 2>&1 | FileCheck %s --check-prefix=BATCH
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=16,height=8" 2>&1 | FileCheck %s --check-prefix=UNUSED
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=16" 2>&1 | FileCheck %s --check-prefix=POSITIONS
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=16,32,masked@seq=4" 2>&1 | FileCheck %s --check-prefix=FEWER
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=masked@seq=4" 2>&1 | FileCheck %s --check-prefix=ALONE
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=16,masked@=4" 2>&1 | FileCheck %s --check-prefix=NOBODY
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=4611686018427387904:9223372036854775807:4611686018427387904" 2>&1 | FileCheck %s --check-prefix=LARGE
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=99999999999999999999" 2>&1 | FileCheck %s --check-prefix=LONG
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=1:1025" 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=1:1024,1" 2>&1 | FileCheck %s --check-prefix=MORE
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=1:40,width=1:40" 2>&1 | FileCheck %s --check-prefix=COPIES
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=67108864,width=67108864" 2>&1 | FileCheck %s --check-prefix=ELEMENTS
// RUN: not weft-opt %s --split-input-file --weft-specialize="bind=seq=65536,width=65536,batch=4" 2>&1 | FileCheck %s --check-prefix=RESULT

// LARGE: expected sizes from 1 to 67108864, got '4611686018427387904'
// LONG: expected sizes from 1 to 67108864, got '99999999999999999999'
// MANY: expected at most 1024 sizes of a dimension, got 'seq=1:1025'
// MORE: expected at most 1024 sizes of a dimension, got '1'
// COPIES: 'func.func' op expected at most 1024 copies for sizes of dimensions, got 1600
// ELEMENTS: 'func.func' op argument 0, after dimensions are bound: expected at most 4294967296 elements a row, got 'tensor<?x67108864x67108864xf32>'
// RESULT: 'weft.broadcast' op after dimensions are bound: expected at most 4294967296 elements a row, got 'tensor<?x65536x65536x2xf32>'
// RANGE: expected sizes of a dimension, such as seq=16:128:16, seq=16,32 or batch=64, got 'seq=32:16'
// NAME: expected sizes of a dimension, such as seq=16:128:16, seq=16,32 or batch=64, got '16'
// TWICE: expected one list of sizes per dimension, got a second one for 'seq'
// FEWER: expected as many sizes for 'masked' as for 'seq', got 1 instead of 2
// ALONE: expected as many sizes for 'masked' as for 'seq', which has none
// NOBODY: expected sizes of a dimension, such as seq=16:128:16, seq=16,32 or batch=64, got 'masked@=4'
// BATCH: expected one size of the batch to tune for, got 2
// UNUSED: expected a dynamic dimension named 'height', for which sizes are given, got none

weft.model @unbound {
  // expected-error @below {{argument 0: expected sizes for dimension 'seq', such as --bind=seq=16:128:16, got none}}
  func.func @f(%x: tensor<?x?xf32> {weft.dims = ["batch", "seq"]}) -> tensor<?x?xf32> {
    return %x : tensor<?x?xf32>
  }
}

// -----

weft.model @unnamed {
  // expected-error @below {{argument 0: expected a name for dynamic dimension 1, such as weft.dims = ["batch", "seq"]}}
  func.func @f(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
    return %x : tensor<?x?xf32>
  }
}

// -----

// A sequence longer than the table of positions.
// POSITIONS: 'weft.prefix' op expected at most the 10 elements of dimension 0 of 'tensor<10x8xf32>', got 16 (prefix_c3)
weft.model @positions {
  weft.parameter @positions : tensor<10x8xf32> = #weft.constant<1.0>
  // expected-error @+1 {{argument 0: expected sizes for dimension 'seq'}}
  func.func @logits(%ids: tensor<?x?xi32> {weft.dims = ["batch", "seq"]},
                    %p: tensor<10x8xf32> {weft.parameter = @positions}) -> tensor<?x8xf32> {
    %q = weft.prefix %p dim = 0 like %ids dim = 1 : tensor<10x8xf32>, tensor<?x?xi32> -> tensor<?x8xf32>
    return %q : tensor<?x8xf32>
  }
}

// -----

weft.model @two {
  // expected-error @+1 {{argument 0: expected sizes for dimension 'seq'}}
  func.func @f(%x: tensor<?x?x?xf32> {weft.dims = ["batch", "seq", "width"]}) -> tensor<?x?x?x2xf32> {
    %y = weft.broadcast %x dims = [0, 1, 2] : tensor<?x?x?xf32> -> tensor<?x?x?x2xf32>
    return %y : tensor<?x?x?x2xf32>
  }
}
