// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scaled dot-product attention and its gradient. Both are primitives, which a target may compute as a
// whole without ever holding the scores of a batch in memory, and both say what they are made of:
// `weft-decompose` leaves those alone that its option `keep` names (CompileOptions::keptOps in the
// phases) and takes the others apart.
#ifndef WEFT_DIALECT_ATTENTIONOPS_TD
#define WEFT_DIALECT_ATTENTIONOPS_TD

include "dialects/Weft/WeftAttrs.td"

defvar Weft_AttentionConstraints = [{
    Constraints:
      * (attention_c1) `query` is [batch, positions, heads, width], `key` and `value` have a common type that
        differs from it in the positions at most; heads and width are static.
      * (attention_c2) `mask` is [batch, key positions].
      * (attention_c3) `bias` has rank 4 and in each dimension the size of the scores, or 1.
      * (attention_c4) 0 <= p < 1.
      * (attention_c5) seed, step, sample offset and id are all there or none of them.
      * (attention_c6) at most 65536 key positions.
      * (attention_c7) a number in place of the id, as dispatches give it so that layers share a kernel, comes with id = 0.
}];

class Weft_AttentionLikeOp<string mnemonic, list<Trait> traits>
    : Weft_PureOp<mnemonic, !listconcat([
        Weft_Differentiable, AttrSizedOperandSegments, DeclareOpInterfaceMethods<FusableOpInterface>,
        DeclareOpInterfaceMethods<DecomposableOpInterface>], traits)> {
  let hasVerifier = 1;
}

def Weft_AttentionOp : Weft_AttentionLikeOp<"attention", [
    AllTypesMatch<["query", "result"]>, AllTypesMatch<["key", "value"]>,
    DeclareOpInterfaceMethods<RandomOpInterface>,
    DeclareOpInterfaceMethods<TrainingModeOpInterface>]> {
  let summary = "scaled dot-product attention, as torch.nn.functional.scaled_dot_product_attention";
  let description = [{
    Tensors are [batch, positions, heads, width], as a projection's result is under another shape (of
    jax.nn.dot_product_attention; torch's function has heads before positions). For sample b, head h, query i, key j:

        s[b, h, i, j] = scale * sum over d of query[b, i, h, d] * key[b, j, h, d] + bias[b, h, i, j]
        w[b, h, i, :] = softmax of s[b, h, i, :] over the keys that i attends to, 0 for others
        y[b, i, h, d] = sum over j of dropout(w)[b, h, i, j] * value[b, j, h, d]

    A query attends to key j if mask[b, j] is not 0 (padding; no `mask`: to all) and, if `causal`, j <= i. If it attends to
    none, its w and y are 0. `scale` is 1 / sqrt(width) if absent. The maximum of a row is subtracted
    before exponentials are formed; sums are of f32 or wider.

    dropout(w) is `weft.dropout` with probability `p` of a tensor [batch, heads, queries, keys]: the same
    numbers, so that neither buckets nor batches change a mask. A model says `p` only; the phase `flat`
    numbers the op if p > 0, and an evaluation function has it with p = 0.

    Gradient: `weft.attention_gradient`.

    }] # Weft_AttentionConstraints # [{

    ```mlir
    func.func @example(%q: tensor<?x?x12x32xf32>, %k: tensor<?x?x12x32xf32>, %v: tensor<?x?x12x32xf32>,
                       %mask: tensor<?x?xi32>) -> (tensor<?x?x12x32xf32>, tensor<?x?x12x32xf32>) {
      %y = weft.attention %q, %k, %v mask %mask p = 0.1
          : tensor<?x?x12x32xf32>, tensor<?x?x12x32xf32> mask tensor<?x?xi32>
      %z = weft.attention %q, %k, %v causal scale = 0.25 : tensor<?x?x12x32xf32>, tensor<?x?x12x32xf32>
      return %y, %z : tensor<?x?x12x32xf32>, tensor<?x?x12x32xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$query, Weft_FloatTensor:$key, Weft_FloatTensor:$value,
                       Optional<Weft_IntTensor>:$mask, Optional<Weft_FloatTensor>:$bias,
                       Optional<Weft_I64Scalar>:$seed, Optional<Weft_I64Scalar>:$step,
                       Optional<Weft_I64Scalar>:$sample_offset, Optional<Weft_I64Scalar>:$number,
                       UnitAttr:$causal,
                       OptionalAttr<F64Attr>:$scale, DefaultValuedAttr<F64Attr, "0.0">:$p,
                       OptionalAttr<I64Attr>:$id);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = [{
    $query `,` $key `,` $value (`mask` $mask^)? (`bias` $bias^)? (`causal` $causal^)? (`scale` `=` $scale^)?
    (`p` `=` $p^)? (`random` $seed^ `,` $step `,` $sample_offset)? (`id` `=` $id^)?
    (`number` $number^)? attr-dict
    `:` type($query) `,` type($key) (`mask` type($mask)^)? (`bias` type($bias)^)?
  }];
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    double getFlopsPerElement();
    // The factor of the products: `scale`, or 1 / sqrt(width).
    double getScaleFactor();
  }];
}

def Weft_AttentionGradientOp : Weft_AttentionLikeOp<"attention_gradient", [
    AllTypesMatch<["query", "dy"]>, AllTypesMatch<["key", "value"]>, InferTypeOpAdaptor]> {
  let summary = "the gradient of weft.attention";
  let description = [{
    From what `weft.attention` reads and the cotangent `dy` of its result, the cotangents of query, key and value,
    and of bias if there is one. Weights are computed again, and dropout drops the same. With w of the op,
    m = keep / (1 - p) of dropout (1 if p = 0) and c = scale:

        e[b, h, i, j]  = m * sum over d of dy[b, i, h, d] * value[b, j, h, d]
        ds = w * (e - sum over j of w * e)
        dquery[b, i, h, d] = c * sum over j of ds[b, h, i, j] * key[b, j, h, d]
        dkey[b, j, h, d]   = c * sum over i of ds[b, h, i, j] * query[b, i, h, d]
        dvalue[b, j, h, d] = sum over i of m * w * dy[b, i, h, d]
        dbias = ds, summed over the dimensions in which bias has size 1

    Gradient: by the derivatives of these formulas.

    }] # Weft_AttentionConstraints # [{

    ```mlir
    func.func @example(%q: tensor<?x16x12x32xf32>, %k: tensor<?x16x12x32xf32>, %v: tensor<?x16x12x32xf32>,
                       %dy: tensor<?x16x12x32xf32>, %mask: tensor<?x16xi32>) -> tensor<?x16x12x32xf32> {
      %dq, %dk, %dv = weft.attention_gradient %q, %k, %v, %dy mask %mask
          : tensor<?x16x12x32xf32>, tensor<?x16x12x32xf32> mask tensor<?x16xi32>
      return %dk : tensor<?x16x12x32xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$query, Weft_FloatTensor:$key, Weft_FloatTensor:$value,
                       Weft_FloatTensor:$dy, Optional<Weft_IntTensor>:$mask,
                       Optional<Weft_FloatTensor>:$bias, Optional<Weft_I64Scalar>:$seed,
                       Optional<Weft_I64Scalar>:$step, Optional<Weft_I64Scalar>:$sample_offset, Optional<Weft_I64Scalar>:$number,
                       UnitAttr:$causal, OptionalAttr<F64Attr>:$scale,
                       DefaultValuedAttr<F64Attr, "0.0">:$p, OptionalAttr<I64Attr>:$id);
  let results = (outs Weft_FloatTensor:$dquery, Weft_FloatTensor:$dkey, Weft_FloatTensor:$dvalue,
                      Optional<Weft_FloatTensor>:$dbias);
  let assemblyFormat = [{
    $query `,` $key `,` $value `,` $dy (`mask` $mask^)? (`bias` $bias^)? (`causal` $causal^)?
    (`scale` `=` $scale^)? (`p` `=` $p^)? (`random` $seed^ `,` $step `,` $sample_offset)? (`id` `=` $id^)?
    (`number` $number^)? attr-dict
    `:` type($query) `,` type($key) (`mask` type($mask)^)? (`bias` type($bias)^)?
  }];
  let extraClassDeclaration = [{
    double getFlopsPerElement();
    double getScaleFactor();
  }];
}

#endif
