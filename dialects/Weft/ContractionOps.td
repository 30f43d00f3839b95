// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matrix products: the primitive that carries nearly all of a network's arithmetic, and the affine map
// that frameworks build layers from.
#ifndef WEFT_DIALECT_CONTRACTIONOPS_TD
#define WEFT_DIALECT_CONTRACTIONOPS_TD

include "dialects/Weft/WeftAttrs.td"

def Weft_MatmulOp : Weft_PrimitiveOp<"matmul", [Weft_Differentiable, InferTypeOpAdaptor]> {
  let summary = "product of matrices, over leading batch dimensions";
  let description = [{
    `y[..., m, n] = sum over k of a[..., m, k] * b[..., k, n]`, accumulated in f32 or wider.

    `transpose_a` says that `a` is stored `[..., k, m]`, `transpose_b` that `b` is stored
    `[..., n, k]`. Leading dimensions are equal; a dynamic dimension 0 is the outermost batch
    dimension, or, of matrices, the rows `m` or the contracted `k`.

    Gradient: `da = dy * b^T`, `db = a^T * dy`, each in the layout of its operand.

    Constraints:
      * (matmul_c1) `a` and `b` have the same rank, at least 2, and the same element type.
      * (matmul_c2) their contracted dimensions are equal.
      * (matmul_c3) their leading dimensions are equal.
      * (matmul_c4) a dynamic dimension 0 of a matrix `b` does not become columns of the result.

    ```mlir
    func.func @example(%x: tensor<?x784xf32>, %w: tensor<128x784xf32>) -> tensor<?x128xf32> {
      %y = weft.matmul %x, %w {transpose_b}
          : (tensor<?x784xf32>, tensor<128x784xf32>) -> tensor<?x128xf32>
      return %y : tensor<?x128xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$a, Weft_FloatTensor:$b, UnitAttr:$transpose_a,
                       UnitAttr:$transpose_b);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = "$a `,` $b attr-dict `:` functional-type(operands, results)";
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    double getFlopsPerElement();
    // The dimension of `a` (`b`) that is contracted, and the one that the result keeps.
    int64_t getContractedDimOfA();
    int64_t getContractedDimOfB();
    int64_t getRowDimOfA();
    int64_t getColumnDimOfB();
  }];
}

def Weft_LinearOp : Weft_CompositeOp<"linear", [Weft_Differentiable, InferTypeOpAdaptor]> {
  let summary = "affine map of the last dimension, as torch.nn.functional.linear";
  let description = [{
    `y[..., o] = sum over i of x[..., i] * weight[o, i] + bias[o]`. Leading dimensions of `x` are
    flattened to rows of one matrix product.

    Gradient: `dx = dy * weight`, `dweight = dy^T * x`, `dbias = sum of dy over rows`.

    Constraints:
      * (linear_c1) `x` has rank at least 1, `weight` rank 2, `bias` rank 1, all of one element type.
      * (linear_c2) the last dimension of `x` is dimension 1 of `weight`; both are static.
      * (linear_c3) `bias` has the size of dimension 0 of `weight`, which is static.

    ```mlir
    func.func @example(%x: tensor<?x784xf32>, %w: tensor<128x784xf32>, %b: tensor<128xf32>)
        -> tensor<?x128xf32> {
      %y = weft.linear %x, %w, %b
          : (tensor<?x784xf32>, tensor<128x784xf32>, tensor<128xf32>) -> tensor<?x128xf32>
      return %y : tensor<?x128xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$x, Weft_FloatTensor:$weight,
                       Optional<Weft_FloatTensor>:$bias);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = "$x `,` $weight (`,` $bias^)? attr-dict `:` functional-type(operands, results)";
}

#endif
