// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops that bring a dimension to a common scale: softmax and its logarithm, and what divides by a standard
// deviation.
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

def Weft_LayerNormOp : Weft_CompositeOp<"layer_norm", [Weft_Differentiable, AllTypesMatch<["x", "result"]>]> {
  let summary = "layer normalization, as torch.nn.functional.layer_norm";
  let description = [{
    `y = (x - mean) / sqrt(var + eps) * weight + bias`, where mean and var (of n elements, not n - 1) are taken
    over the last dimensions, those that `weight` has.

    Gradient, with `z = (x - mean) * r`, `r = 1 / sqrt(var + eps)` and `h = dy * weight`:
    `dx = r * (h - mean of h - z * mean of (h * z))`, `dweight = sum over rows of dy * z`,
    `dbias = sum over rows of dy`. Of the forward pass it needs mean and r, one number each per row.

    Constraints:
      * (layer_norm_c1) `weight` has the last dimensions of `x`, at least one, all static.
      * (layer_norm_c2) `bias` has the type of `weight`.
      * (layer_norm_c3) `eps` is at least 0.

    ```mlir
    func.func @example(%x: tensor<?x16x384xf32>, %w: tensor<384xf32>, %b: tensor<384xf32>)
        -> tensor<?x16x384xf32> {
      %y = weft.layer_norm %x, %w, %b eps = 1.0e-12
          : (tensor<?x16x384xf32>, tensor<384xf32>, tensor<384xf32>) -> tensor<?x16x384xf32>
      return %y : tensor<?x16x384xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$x, Weft_FloatTensor:$weight, Optional<Weft_FloatTensor>:$bias,
                       DefaultValuedAttr<F64Attr, "1.0e-5">:$eps);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = [{
    $x `,` $weight (`,` $bias^)? (`eps` `=` $eps^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Weft_RmsNormOp : Weft_CompositeOp<"rms_norm", [Weft_Differentiable, AllTypesMatch<["x", "result"]>]> {
  let summary = "normalization by the root of the mean square, as torch.nn.functional.rms_norm";
  let description = [{
    `y = x / sqrt(mean of x^2 + eps) * weight`, the mean over the last dimensions, those that `weight` has.

    Gradient, with `r = 1 / sqrt(mean of x^2 + eps)`, `z = x * r` and `h = dy * weight`:
    `dx = r * (h - z * mean of (h * z))`, `dweight = sum over rows of dy * z`.

    Constraints:
      * (rms_norm_c1) `weight` has the last dimensions of `x`, at least one, all static.
      * (rms_norm_c2) `eps` is at least 0.

    ```mlir
    func.func @example(%x: tensor<?x384xf32>, %w: tensor<384xf32>) -> tensor<?x384xf32> {
      %y = weft.rms_norm %x, %w eps = 1.0e-6 : (tensor<?x384xf32>, tensor<384xf32>) -> tensor<?x384xf32>
      return %y : tensor<?x384xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$x, Weft_FloatTensor:$weight,
                       DefaultValuedAttr<F64Attr, "1.0e-5">:$eps);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = [{
    $x `,` $weight (`eps` `=` $eps^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif
