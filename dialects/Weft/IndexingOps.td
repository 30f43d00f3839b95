// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops whose operands say which elements: rows of a table, elements along a dimension, and their
// gradients, which add up what comes to the same place. In formulas, g is the cotangent of the result.
// An index out of range is an error, also a negative one. Where an index is an input of the model,
// the runtime finds it before a step; where it is computed, `weft.check_index` does, which
// `weft-check-indices` puts in front of those that are not known to be in range.
#ifndef WEFT_DIALECT_INDEXINGOPS_TD
#define WEFT_DIALECT_INDEXINGOPS_TD

include "dialects/Weft/WeftAttrs.td"

def Weft_IndexTensor : RankedTensorOf<[I64, I32]>;

class Weft_IndexingOp<string mnemonic, list<Trait> traits = []>
    : Weft_PrimitiveOp<mnemonic, !listconcat([Weft_Differentiable, InferTypeOpAdaptor,
        DeclareOpInterfaceMethods<IndexOperandOpInterface>], traits)>;

def Weft_EmbeddingOp : Weft_IndexingOp<"embedding"> {
  let summary = "rows of a table, as torch.nn.functional.embedding";
  let description = [{
    `y[..., d] = weight[indices[...], d]`. `padding_idx` names a row that gets no gradient.

    Gradient: `dweight = weft.embedding_gradient(dy, indices)`.

    Constraints:
      * (embedding_c1) `weight` is a matrix, of static shape.
      * (embedding_c2) `padding_idx` is a row of it.
      * (embedding_c3) an index is a row of it; checked when the op runs.

    ```mlir
    func.func @example(%ids: tensor<?x?xi32>, %table: tensor<30522x384xf32>) -> tensor<?x?x384xf32> {
      %y = weft.embedding %ids, %table padding_idx = 0
          : (tensor<?x?xi32>, tensor<30522x384xf32>) -> tensor<?x?x384xf32>
      return %y : tensor<?x?x384xf32>
    }
    ```
  }];
  let arguments = (ins Weft_IndexTensor:$indices, Weft_FloatTensor:$weight,
                       OptionalAttr<I64Attr>:$padding_idx);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = [{
    $indices `,` $weight (`padding_idx` `=` $padding_idx^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Weft_EmbeddingGradientOp : Weft_IndexingOp<"embedding_gradient"> {
  let summary = "sums of rows by index: the gradient of weft.embedding";
  let description = [{
    `y[v, d] = sum over positions p with indices[p] == v of dy[p, d]`, positions in row-major order; 0 in row
    `padding_idx`. `num_embeddings` is the number of rows of the result.

    Gradient: `ddy[p, d] = g[indices[p], d]`, 0 where the index is `padding_idx`.

    Constraints:
      * (embedding_gradient_c1) `dy` has the shape of `indices`, then one static dimension.
      * (embedding_gradient_c2) `num_embeddings` is at least 1.
      * (embedding_c2) `padding_idx` is a row of the result.
      * (embedding_c3) an index is a row of it; checked when the op runs.

    ```mlir
    func.func @example(%dy: tensor<?x16x384xf32>, %ids: tensor<?x16xi32>) -> tensor<512x384xf32> {
      %y = weft.embedding_gradient %dy, %ids num_embeddings = 512
          : (tensor<?x16x384xf32>, tensor<?x16xi32>) -> tensor<512x384xf32>
      return %y : tensor<512x384xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$dy, Weft_IndexTensor:$indices, I64Attr:$num_embeddings,
                       OptionalAttr<I64Attr>:$padding_idx);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = [{
    $dy `,` $indices `num_embeddings` `=` $num_embeddings (`padding_idx` `=` $padding_idx^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Weft_GatherOp : Weft_IndexingOp<"gather"> {
  let summary = "elements picked along a dimension, as torch.gather";
  let description = [{
    `y[..., p, ...] = input[..., index[..., p, ...], ...]`, with the index in dimension `dim`. Dimensions behind
    `dim` that `index` lacks are taken whole: of [batch, seq, width] and [batch, n] along dimension 1,
    the result is [batch, n, width]. Indices that are the same for all samples, as those of torch.index_select, are
    repeated along the dimensions before `dim`, which moves no data.

    Gradient: `dinput = weft.scatter_sum(g, index)`.

    Constraints:
      * (gather_c1) `dim` is a dimension of `index` and of `input`, and no dynamic dimension 0.
      * (gather_c2) `index` has at most the rank of `input`, and its size in each dimension but `dim`.
      * (gather_c3) an index is a position in `dim`; checked when the op runs.

    ```mlir
    func.func @example(%x: tensor<?x128x384xf32>, %i: tensor<?x20xi32>) -> tensor<?x20x384xf32> {
      %y = weft.gather %x, %i dim = 1 : (tensor<?x128x384xf32>, tensor<?x20xi32>) -> tensor<?x20x384xf32>
      return %y : tensor<?x20x384xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$input, Weft_IndexTensor:$index, I64Attr:$dim);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = "$input `,` $index `dim` `=` $dim attr-dict `:` functional-type(operands, results)";
}

def Weft_ScatterSumOp : Weft_IndexingOp<"scatter_sum"> {
  let summary = "sums by index along a dimension: the gradient of weft.gather";
  let description = [{
    `y[..., v, ...] = sum over p with index[..., p, ...] == v of src[..., p, ...]`, p rising; dimension `dim` of the
    result has size `size`. Dimensions behind `dim` that `index` lacks are taken whole.

    Gradient: `dsrc = weft.gather(g, index)`.

    Constraints:
      * (scatter_c1) `dim` is a dimension of `index` and of `src`, and no dynamic dimension 0.
      * (scatter_c2) `index` has at most the rank of `src`, and its size in each of its dimensions.
      * (scatter_c3) `size` is at least 1.
      * (scatter_c4) an index is less than `size`; checked when the op runs.

    ```mlir
    func.func @example(%g: tensor<?x20x384xf32>, %i: tensor<?x20xi32>) -> tensor<?x128x384xf32> {
      %y = weft.scatter_sum %g, %i dim = 1 size = 128
          : (tensor<?x20x384xf32>, tensor<?x20xi32>) -> tensor<?x128x384xf32>
      return %y : tensor<?x128x384xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$src, Weft_IndexTensor:$index, I64Attr:$dim, I64Attr:$size);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = [{
    $src `,` $index `dim` `=` $dim `size` `=` $size attr-dict `:` functional-type(operands, results)
  }];
}

def Weft_ScatterAddOp : Weft_CompositeOp<"scatter_add", [
    Weft_Differentiable, InferTypeOpAdaptor, DeclareOpInterfaceMethods<IndexOperandOpInterface>]> {
  let summary = "elements added at indices, as torch.scatter_add";
  let description = [{
    `y = input + weft.scatter_sum(src, index)`: each element of `src` is added at its index along `dim`.

    Gradient: `dinput = g`, `dsrc = weft.gather(g, index)`.

    Constraints:
      * (scatter_c1) `dim` is a dimension of `index` and of `src`, and no dynamic dimension 0.
      * (scatter_c2) `index` has at most the rank of `src`, and its size in each of its dimensions.
      * (scatter_add_c1) `input` has the type of `src` but for its size in `dim`, which is static.
      * (scatter_c4) an index is a position in `dim`; checked when the op runs.

    ```mlir
    func.func @example(%x: tensor<?x8xf32>, %i: tensor<?x3xi64>, %s: tensor<?x3xf32>) -> tensor<?x8xf32> {
      %y = weft.scatter_add %x, %i, %s dim = 1
          : (tensor<?x8xf32>, tensor<?x3xi64>, tensor<?x3xf32>) -> tensor<?x8xf32>
      return %y : tensor<?x8xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$input, Weft_IndexTensor:$index, Weft_FloatTensor:$src, I64Attr:$dim);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $index `,` $src `dim` `=` $dim attr-dict `:` functional-type(operands, results)
  }];
}

def Weft_CheckIndexOp : Weft_PrimitiveOp<"check_index", [NoGradient, AllTypesMatch<["input", "result"]>]> {
  let summary = "indices that are found to be in range";
  let description = [{
    `y = x`, where `low <= x < high`, or x is `ignore`, if that is given. Any other element is an error, which names `user`, the
    op that reads the indices: of the reference interpreter; compiled, of the step, which ends before the next
    barrier of its program. `weft-check-indices` puts it where indices are computed. No gradient.

    Constraints:
      * (check_index_c1) `low` is less than `high`.
      * (check_index_c2) an element is in range; checked when the op runs.

    ```mlir
    func.func @example(%i: tensor<?x20xi32>) -> tensor<?x20xi32> {
      %y = weft.check_index %i low = 0 high = 128 user = "weft.gather" : tensor<?x20xi32>
      return %y : tensor<?x20xi32>
    }
    ```
  }];
  let arguments = (ins Weft_IndexTensor:$input, I64Attr:$low, I64Attr:$high, OptionalAttr<I64Attr>:$ignore, StrAttr:$user);
  let results = (outs Weft_IndexTensor:$result);
  let assemblyFormat = [{
    $input `low` `=` $low `high` `=` $high (`ignore` `=` $ignore^)? `user` `=` $user attr-dict `:` type($result)
  }];
  let hasVerifier = 1;
}

def Weft_GuardedIndexOp : Weft_Op<"guarded_index", [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = "an index that is found to be in range";
  let description = [{
    It stands in the bodies that `weft.check_index` is lowered to: the index itself; code generation writes the error word of
    the kernel where it is out of range. `site` is its number among those of a kernel.

    ```mlir
    func.func @example(%i: i32) -> i32 {
      %y = weft.guarded_index %i low = 0 high = 128 user = "weft.gather" : i32
      return %y : i32
    }
    ```
  }];
  let arguments = (ins AnyTypeOf<[I64, I32]>:$input, I64Attr:$low, I64Attr:$high, OptionalAttr<I64Attr>:$ignore,
                       StrAttr:$user, OptionalAttr<I64Attr>:$site);
  let results = (outs AnyTypeOf<[I64, I32]>:$result);
  let assemblyFormat = [{
    $input `low` `=` $low `high` `=` $high (`ignore` `=` $ignore^)? `user` `=` $user (`site` `=` $site^)? attr-dict
    `:` type($result)
  }];
}

def Weft_CumsumOp : Weft_PrimitiveOp<"cumsum", [Weft_Differentiable, SameOperandsAndResultType]> {
  let summary = "running sums along a dimension, as torch.cumsum";
  let description = [{
    `y[i] = sum of x[j] over j <= i`, or over `j >= i` if `reverse`, along `dim`. Sums are of f32 or wider;
    neighbours may be added up before what comes before them.

    Gradient: `dx = weft.cumsum(g)` in the other direction.

    Constraints:
      * (cumsum_c1) `dim` is a dimension of the operand, and no dynamic dimension 0.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = weft.cumsum %x dim = 1 reverse : tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$x, I64Attr:$dim, UnitAttr:$reverse);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = "$x `dim` `=` $dim (`reverse` $reverse^)? attr-dict `:` type($x)";
  let hasVerifier = 1;
}

def Weft_SortOp : Weft_PrimitiveOp<"sort", [Weft_Differentiable, InferTypeOpAdaptor]> {
  let summary = "elements in order along a dimension, as torch.sort(stable=True)";
  let description = [{
    The elements along `dim` in rising order, or falling if `descending`, and where they were. Equal elements keep
    their order; NaN is larger than any number. Computed in time that is linear in the size of `dim`. Other tensors
    follow by `weft.gather` at the indices.

    Gradient, of the values only: `dx = weft.scatter_sum(dvalues, indices)`.

    Constraints:
      * (sort_c1) `dim` is a dimension of the operand, and no dynamic dimension 0.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> (tensor<?x10xf32>, tensor<?x10xi64>) {
      %v, %i = weft.sort %x dim = 1 descending : tensor<?x10xf32> -> tensor<?x10xf32>, tensor<?x10xi64>
      return %v, %i : tensor<?x10xf32>, tensor<?x10xi64>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$x, I64Attr:$dim, UnitAttr:$descending);
  let results = (outs Weft_FloatTensor:$values, RankedTensorOf<[I64]>:$indices);
  let assemblyFormat = [{
    $x `dim` `=` $dim (`descending` $descending^)? attr-dict `:` type($x) `->` type($values) `,` type($indices)
  }];
}

def Weft_TopKOp : Weft_PrimitiveOp<"top_k", [Weft_Differentiable, InferTypeOpAdaptor]> {
  let summary = "the k largest elements along a dimension, as torch.topk";
  let description = [{
    The `k` largest elements along `dim` in falling order, and where they are. Of equal elements the first
    comes first; NaN is larger than any number. Computed in time that is linear in the size of `dim`.

    Gradient, of the values only: `dx = weft.scatter_sum(dvalues, indices)`.

    Constraints:
      * (top_k_c1) `dim` is a dimension of the operand, and no dynamic dimension 0.
      * (top_k_c2) `k` is at least 1 and at most the size of `dim`.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> (tensor<?x3xf32>, tensor<?x3xi64>) {
      %v, %i = weft.top_k %x k = 3 dim = 1 : tensor<?x10xf32> -> tensor<?x3xf32>, tensor<?x3xi64>
      return %v, %i : tensor<?x3xf32>, tensor<?x3xi64>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$x, I64Attr:$k, I64Attr:$dim);
  let results = (outs Weft_FloatTensor:$values, RankedTensorOf<[I64]>:$indices);
  let assemblyFormat = [{
    $x `k` `=` $k `dim` `=` $dim attr-dict `:` type($x) `->` type($values) `,` type($indices)
  }];
}

#endif
