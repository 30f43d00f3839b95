// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops that bring a dimension to a common scale: softmax and its logarithm.
#ifndef WEFT_DIALECT_NORMALIZATIONOPS_TD
#define WEFT_DIALECT_NORMALIZATIONOPS_TD

include "dialects/Weft/WeftAttrs.td"

class Weft_SoftmaxLikeOp<string mnemonic>
    : Weft_CompositeOp<mnemonic, [Weft_Differentiable, SameOperandsAndResultType]> {
  let arguments = (ins Weft_FloatTensor:$x, I64Attr:$dim);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = "$x `dim` `=` $dim attr-dict `:` type($x)";
  let hasVerifier = 1;
}

def Weft_SoftmaxOp : Weft_SoftmaxLikeOp<"softmax"> {
  let summary = "exponentials that sum to one along a dimension";
  let description = [{
    `y = exp(x - m) / sum over dim of exp(x - m)`, `m` the maximum over `dim`.

    Gradient: `dx = y * (dy - sum over dim of y * dy)`.

    Constraints:
      * (softmax_c1) `dim` is a dimension of the operand.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = weft.softmax %x dim = 1 : tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
}

def Weft_LogSoftmaxOp : Weft_SoftmaxLikeOp<"log_softmax"> {
  let summary = "logarithm of the softmax along a dimension";
  let description = [{
    `y = x - m - log(sum over dim of exp(x - m))`, `m` the maximum over `dim`.

    Gradient: `dx = dy - exp(y) * sum over dim of dy`.

    Constraints:
      * (log_softmax_c1) `dim` is a dimension of the operand.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = weft.log_softmax %x dim = 1 : tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
}

#endif
