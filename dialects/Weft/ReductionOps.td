// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dimensions combined into one number: sums, means, maxima, and the count of elements.
#ifndef WEFT_DIALECT_REDUCTIONOPS_TD
#define WEFT_DIALECT_REDUCTIONOPS_TD

include "dialects/Weft/WeftAttrs.td"

// Constraints of all ops that reduce dimensions `dims`; their messages name them.
defvar Weft_ReductionConstraints = [{
    Constraints:
      * (reduce_c1) `dims` holds at least one dimension of the operand, in increasing order.
}];

def Weft_ReduceSumOp : Weft_PrimitiveOp<"reduce_sum", [Weft_Differentiable, InferTypeOpAdaptor]> {
  let summary = "sum over dimensions";
  let description = [{
    `y[kept] = sum over dims of x`, accumulated in f32 or wider. With `keepdim` the reduced dimensions
    stay, of size 1.

    Gradient: `dx = dy`, repeated along `dims`.

    }] # Weft_ReductionConstraints # [{

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> tensor<?xf32> {
      %y = weft.reduce_sum %x dims = [1] : tensor<?x10xf32> -> tensor<?xf32>
      return %y : tensor<?xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$x, DenseI64ArrayAttr:$dims, UnitAttr:$keepdim);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = [{
    $x `dims` `=` $dims (`keepdim` $keepdim^)? attr-dict `:` type($x) `->` type($result)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Weft_ReduceMaxOp : Weft_PrimitiveOp<"reduce_max", [Weft_Differentiable, InferTypeOpAdaptor]> {
  let summary = "maximum over dimensions, as torch.amax";
  let description = [{
    `y[kept] = max over dims of x`; a NaN among the elements is the maximum. With `keepdim` the reduced
    dimensions stay, of size 1.

    Gradient: evenly split among the elements that are equal to the maximum,
    `dx = dy * (x == y) / count over dims of (x == y)`.

    }] # Weft_ReductionConstraints # [{

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> tensor<?x1xf32> {
      %y = weft.reduce_max %x dims = [1] keepdim : tensor<?x10xf32> -> tensor<?x1xf32>
      return %y : tensor<?x1xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$x, DenseI64ArrayAttr:$dims, UnitAttr:$keepdim);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = [{
    $x `dims` `=` $dims (`keepdim` $keepdim^)? attr-dict `:` type($x) `->` type($result)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Weft_ArgmaxOp : Weft_PrimitiveOp<"argmax", [NoGradient, InferTypeOpAdaptor]> {
  let summary = "position of the maximum along a dimension, as torch.argmax";
  let description = [{
    `y[kept] = the least i with x[i along dim] = max over dim of x`; the first NaN, if there is one. With
    `keepdim` the dimension stays, of size 1.

    Gradient: none.

    Constraints:
      * (argmax_c1) `dim` is a dimension of the operand.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> tensor<?xi64> {
      %y = weft.argmax %x dim = 1 : tensor<?x10xf32> -> tensor<?xi64>
      return %y : tensor<?xi64>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$x, I64Attr:$dim, UnitAttr:$keepdim);
  let results = (outs RankedTensorOf<[I64]>:$result);
  let assemblyFormat = [{
    $x `dim` `=` $dim (`keepdim` $keepdim^)? attr-dict `:` type($x) `->` type($result)
  }];
}

def Weft_ReduceMeanOp : Weft_CompositeOp<"reduce_mean", [Weft_Differentiable, InferTypeOpAdaptor]> {
  let summary = "mean over dimensions";
  let description = [{
    `y[kept] = (sum over dims of x) / n`, where `n` is the product of the sizes of `dims`. With
    `keepdim` the reduced dimensions stay, of size 1.

    Gradient: `dx = dy / n`, repeated along `dims`.

    }] # Weft_ReductionConstraints # [{

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> tensor<f32> {
      %y = weft.reduce_mean %x dims = [0, 1] : tensor<?x10xf32> -> tensor<f32>
      return %y : tensor<f32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$x, DenseI64ArrayAttr:$dims, UnitAttr:$keepdim);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = [{
    $x `dims` `=` $dims (`keepdim` $keepdim^)? attr-dict `:` type($x) `->` type($result)
  }];
}

def Weft_SizeOp : Weft_CompositeOp<"size", [NoGradient, InferTypeOpAdaptor]> {
  let summary = "how many elements a tensor has along dimensions";
  let description = [{
    `y = product of the sizes of dims of x`, as a number. `x` is read for its shape only. Without a
    dynamic dimension among `dims` it folds to a constant; otherwise it is a constant times the
    number of rows.

    Gradient: none.

    Constraints:
      * (size_c1) `dims` holds dimensions of the operand, in increasing order.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> tensor<f32> {
      %n = weft.size %x dims = [0, 1] : tensor<?x10xf32> -> tensor<f32>
      return %n : tensor<f32>
    }
    ```
  }];
  let arguments = (ins Weft_Tensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs 0DTensorOf<[F32]>:$result);
  let assemblyFormat = "$x `dims` `=` $dims attr-dict `:` type($x) `->` type($result)";
  let hasFolder = 1;
}

#endif
