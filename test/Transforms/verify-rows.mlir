// RUN: weft-opt %s --weft-verify-rows="show" --split-input-file --verify-diagnostics

// A reshape scales the rows; all else keeps them.
weft.model @multiples {
  func.func @f(%x: tensor<?x6x4xf32>, %labels: tensor<?xi64>) -> (tensor<?x3x8xf32>, tensor<4x4xf32>) {
    // expected-remark @below {{rows: 6 per sample}}
    %tokens = weft.reshape %x : tensor<?x6x4xf32> -> tensor<?x4xf32>
    // expected-remark @below {{rows: 6 per sample}}
    %e = weft.exp %tokens : tensor<?x4xf32>
    // A contraction over rows leaves none.
    %p = weft.matmul %e, %tokens {transpose_a} : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<4x4xf32>
    // expected-remark @below {{rows: 1 per sample}}
    %back = weft.reshape %e : tensor<?x4xf32> -> tensor<?x3x8xf32>
    %one = weft.constant dense<1.0> : tensor<f32>
    // The size comes from the operand that is there for its shape.
    // expected-remark @below {{rows: 6 per sample}}
    %ones = weft.broadcast %one like %tokens dims = [] : tensor<f32>, tensor<?x4xf32> -> tensor<?xf32>
    return %back, %p : tensor<?x3x8xf32>, tensor<4x4xf32>
  }
}

// -----

weft.model @disagreement {
  // expected-remark @below {{shapes in @f are not a multiple of the batch; bind it}}
  func.func @f(%x: tensor<?x4xf32>, %y: tensor<?x2xf32>) -> tensor<?x2xf32> {
    %halves = weft.reshape %x : tensor<?x4xf32> -> tensor<?x2xf32>
    // expected-error @below {{expected operands of equally many rows, got 2 and 1 per sample of the batch}}
    %sum = weft.add %halves, %y : tensor<?x2xf32>
    return %sum : tensor<?x2xf32>
  }
}

// -----

weft.model @fraction {
  // expected-remark @below {{shapes in @f are not a multiple of the batch; bind it}}
  func.func @f(%x: tensor<?x4xf32>) -> tensor<?x8xf32> {
    // expected-error @below {{expected a result whose rows are a multiple of the batch, got 4 elements per sample in rows of 8}}
    %pairs = weft.reshape %x : tensor<?x4xf32> -> tensor<?x8xf32>
    return %pairs : tensor<?x8xf32>
  }
}

// -----

// In dispatches, the kernel says what becomes of the rows of its operands.
weft.model @dispatches {
  func.func private @kernel(%x: tensor<?x4xf32>) -> tensor<?x2xf32> {
    %y = weft.reshape %x : tensor<?x4xf32> -> tensor<?x2xf32>
    return %y : tensor<?x2xf32>
  }
  func.func @f(%x: tensor<?x3x4xf32>) -> tensor<?x2xf32> {
    // expected-remark @below {{rows: 3 per sample}}
    %r = weft.reshape %x : tensor<?x3x4xf32> -> tensor<?x4xf32>
    // expected-remark @below {{rows: 6 per sample}}
    %y = weft.dispatch @kernel(%r) : (tensor<?x4xf32>) -> tensor<?x2xf32>
    return %y : tensor<?x2xf32>
  }
}

// -----

// Rows that a reshape makes of one count as that one.
weft.model @many {
  // expected-remark @below {{shapes in @f are not a multiple of the batch; bind it}}
  func.func @f(%x: tensor<?x1048576xf32>) -> tensor<?x8192xf32> {
    %rows = weft.reshape %x : tensor<?x1048576xf32> -> tensor<?x1xf32>
    // expected-error @below {{expected at most 4294967296 elements per sample of the batch, got 1048576 rows of 'tensor<?x8192xf32>'}}
    %wide = weft.broadcast %rows dims = [0, 1] : tensor<?x1xf32> -> tensor<?x8192xf32>
    return %wide : tensor<?x8192xf32>
  }
}

// -----

weft.model @unbound {
  // expected-error @below {{expected no dynamic dimension but the outermost, got 'tensor<?x?xf32>'; weft-specialize binds the others}}
  // expected-remark @below {{shapes in @f are not a multiple of the batch; bind it}}
  func.func @f(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
    return %x : tensor<?x?xf32>
  }
}

// -----

weft.model @declared {
  func.func private @kernel(%x: tensor<?x4xf32>) -> tensor<?x4xf32>
  // expected-remark @below {{shapes in @f are not a multiple of the batch; bind it}}
  func.func @f(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
    // expected-error @below {{expected a kernel with a body, got @kernel}}
    %y = weft.dispatch @kernel(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}
