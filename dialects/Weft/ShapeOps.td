// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops that move or repeat elements, and those that make tensors from nothing. In formulas, g is the
// cotangent of the result.
#ifndef WEFT_DIALECT_SHAPEOPS_TD
#define WEFT_DIALECT_SHAPEOPS_TD

include "dialects/Weft/WeftAttrs.td"

class Weft_ShapeOp<string mnemonic, list<Trait> traits = []> : Weft_PrimitiveOp<mnemonic, traits> {
  let results = (outs Weft_Tensor:$result);
  let extraClassDeclaration = [{
    double getFlopsPerElement() { return 0.0; }
    bool isShapeOperand(unsigned operand);
  }];
  let hasVerifier = 1;
}

// An op that moves the elements of one operand.
class Weft_MoveOp<string mnemonic, list<Trait> traits = []>
    : Weft_ShapeOp<mnemonic, !listconcat([Weft_Differentiable], traits)> {
  let extraClassDefinition = [{
    ::weft::FusionKind $cppClass::getFusionKind() { return ::weft::FusionKind::Shape; }
  }];
  let hasFolder = 1;
}

// An op whose result depends on a position only, or repeats an operand. If a dimension of the result is
// dynamic and no data gives its size, the same dimension of the operand `like` does.
class Weft_FillOp<string mnemonic, list<Trait> traits = []> : Weft_ShapeOp<mnemonic, traits> {
  let extraClassDefinition = [{
    ::weft::FusionKind $cppClass::getFusionKind() { return ::weft::FusionKind::Broadcast; }
  }];
}

//===----------------------------------------------------------------------===//
// Elements moved
//===----------------------------------------------------------------------===//

def Weft_ReshapeOp : Weft_MoveOp<"reshape"> {
  let summary = "the same elements under another shape";
  let description = [{
    Elements keep their row-major order. If dimension 0 is dynamic, it is in both types, and the number of
    elements per row of one is a multiple of the other's; so dimension 0 stays a multiple of the batch,
    and a slice of whole samples of the result is made of the same samples of the operand. Before other
    dimensions have got their sizes, a result in which several are unknown keeps the operand's dimension
    0, and at most one more follows from the number of elements: [batch, seq, 384] becomes
    [batch, seq, 12, 32], and back. Gradient: dx = g, reshaped back.

    Constraints:
      * (reshape_c1) the element types are the same.
      * (reshape_c2) dimension 0 is dynamic in both types or in neither.
      * (reshape_c3) if it is in neither, they have as many elements.
      * (reshape_c4) if it is in both, the elements per row of one are a multiple of the other's.

    ```mlir
    func.func @example(%x: tensor<?x128x12x32xf32>) -> tensor<?x128x384xf32> {
      %y = weft.reshape %x : tensor<?x128x12x32xf32> -> tensor<?x128x384xf32>
      return %y : tensor<?x128x384xf32>
    }
    ```
  }];
  let arguments = (ins Weft_Tensor:$input);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Weft_PermuteOp : Weft_MoveOp<"permute", [InferTypeOpAdaptor]> {
  let summary = "dimensions in another order";
  let description = [{
    Dimension i of the result is dimension dims[i] of the operand. A dynamic dimension 0 stays
    outermost. Gradient: dx = g, permuted by the inverse of `dims`.

    Constraints:
      * (permute_c1) `dims` has one number per dimension.
      * (permute_c2) `dims` holds each dimension once.
      * (permute_c3) a dynamic dimension 0 stays outermost.

    ```mlir
    func.func @example(%w: tensor<128x784xf32>) -> tensor<784x128xf32> {
      %y = weft.permute %w dims = [1, 0] : tensor<128x784xf32> -> tensor<784x128xf32>
      return %y : tensor<784x128xf32>
    }
    ```
  }];
  let arguments = (ins Weft_Tensor:$input, DenseI64ArrayAttr:$dims);
  let assemblyFormat = "$input `dims` `=` $dims attr-dict `:` type($input) `->` type($result)";
  let hasCanonicalizer = 1;
}

def Weft_SliceOp : Weft_MoveOp<"slice", [InferTypeOpAdaptor]> {
  let summary = "a box of elements";
  let description = [{
    In each dimension, the elements from `starts` to before `limits`, every `strides`-th of them. A
    dynamic dimension is taken whole: its start is 0, its limit -1, its stride 1; or, if it is not the
    outermost, a part of known size: `[:, 0, :]` of [batch, seq, width] is `starts = [0, 0, 0]`,
    `limits = [-1, 1, width]`. Gradient: dx = g in the places that were read, 0 elsewhere.

    Constraints:
      * (slice_c1) `starts`, `limits` and `strides` have one number per dimension.
      * (slice_c2) a dynamic dimension is taken whole, or, if inner, from a start to a limit.
      * (slice_c3) 0 <= start <= limit <= size in all others.
      * (slice_c4) strides are at least 1.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> tensor<?x3xf32> {
      %y = weft.slice %x starts = [0, 2] limits = [-1, 8] strides = [1, 2]
          : tensor<?x10xf32> -> tensor<?x3xf32>
      return %y : tensor<?x3xf32>
    }
    ```
  }];
  let arguments = (ins Weft_Tensor:$input, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$limits,
                       DenseI64ArrayAttr:$strides);
  let builders = [
    // The part of dimension `dim` from `start` to before `limit`; all other dimensions whole.
    OpBuilder<(ins "::mlir::Value":$input, "int64_t":$dim, "int64_t":$start, "int64_t":$limit)>
  ];
  let assemblyFormat = [{
    $input `starts` `=` $starts `limits` `=` $limits `strides` `=` $strides attr-dict `:` type($input) `->` type($result)
  }];
  let hasCanonicalizer = 1;
}

def Weft_PrefixOp : Weft_CompositeOp<"prefix", [Weft_Differentiable, InferTypeOpAdaptor]> {
  let summary = "as many elements of one tensor as another has";
  let description = [{
    The first n elements along dimension `dim`, where n is the size of dimension `like_dim` of `like`,
    whose elements are not read: the rows of a position table for a sequence whose length is bound
    later. Once n is known it is a `weft.slice`. Gradient: dx = g in the places that were read, 0
    elsewhere.

    Constraints:
      * (prefix_c1) `dim` is a static dimension of the operand.
      * (prefix_c2) `like_dim` is a dimension of `like`, not the batch: a dynamic one is not the outermost.
      * (prefix_c3) n is at most the operand's size; checked when n is known.

    ```mlir
    func.func @example(%table: tensor<512x384xf32>, %ids: tensor<?x?xi32>) -> tensor<?x384xf32> {
      %p = weft.prefix %table dim = 0 like %ids dim = 1
          : tensor<512x384xf32>, tensor<?x?xi32> -> tensor<?x384xf32>
      return %p : tensor<?x384xf32>
    }
    ```
  }];
  let arguments = (ins Weft_Tensor:$input, I64Attr:$dim, Weft_Tensor:$like, I64Attr:$like_dim);
  let results = (outs Weft_Tensor:$result);
  let assemblyFormat = [{
    $input `dim` `=` $dim `like` $like `dim` `=` $like_dim attr-dict `:` type($input) `,` type($like) `->` type($result)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Weft_ConcatOp : Weft_MoveOp<"concat", [InferTypeOpAdaptor]> {
  let summary = "tensors one after the other";
  let description = [{
    The operands along dimension `dim`, which is static; in all other dimensions they agree. Gradient:
    each operand gets its slice of g.

    Constraints:
      * (concat_c1) there is an operand.
      * (concat_c2) `dim` is a dimension of the operands.
      * (concat_c3) operands agree in rank and element type.
      * (concat_c4) `dim` is static.
      * (concat_c5) operands agree in all other dimensions.

    ```mlir
    func.func @example(%a: tensor<?x3xf32>, %b: tensor<?x5xf32>) -> tensor<?x8xf32> {
      %y = weft.concat %a, %b dim = 1 : tensor<?x3xf32>, tensor<?x5xf32> -> tensor<?x8xf32>
      return %y : tensor<?x8xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Weft_Tensor>:$inputs, I64Attr:$dim);
  let assemblyFormat = "$inputs `dim` `=` $dim attr-dict `:` type($inputs) `->` type($result)";
}

def Weft_PadOp : Weft_MoveOp<"pad", [InferTypeOpAdaptor]> {
  let summary = "elements added around a tensor";
  let description = [{
    In dimension i, `low`[i] elements before and `high`[i] after, all equal to `value`. Nothing is
    added in a dynamic dimension. Gradient: dx = the slice of g where x lies.

    Constraints:
      * (pad_c1) `low` and `high` have one number per dimension.
      * (pad_c2) they are at least 0,
      * (pad_c3) and 0 in a dynamic dimension.
      * (pad_c4) `value` is a whole number if the elements are integers.

    ```mlir
    func.func @example(%x: tensor<?x5xf32>) -> tensor<?x8xf32> {
      %y = weft.pad %x low = [0, 1] high = [0, 2] value = 0.0 : tensor<?x5xf32> -> tensor<?x8xf32>
      return %y : tensor<?x8xf32>
    }
    ```
  }];
  let arguments = (ins Weft_Tensor:$input, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       F64Attr:$value);
  let assemblyFormat = [{
    $input `low` `=` $low `high` `=` $high `value` `=` $value attr-dict `:` type($input) `->` type($result)
  }];
}

//===----------------------------------------------------------------------===//
// Elements repeated or made
//===----------------------------------------------------------------------===//

def Weft_BroadcastOp : Weft_FillOp<"broadcast", [Weft_Differentiable]> {
  let summary = "elements repeated along new dimensions or those of size 1";
  let description = [{
    Dimension i of the operand becomes dimension `dims`[i] of the result, with the same size or
    stretched from 1; `dims` rises. Along the other dimensions of the result, elements repeat. `like` is
    there exactly if the result has a dynamic dimension that is none of the operand's: the result takes the
    size of the same dimension of that tensor, whose elements are not read. Gradient: dx = the sum of g
    over what was repeated.

    Constraints:
      * (broadcast_c1) the element types are the same.
      * (broadcast_c2) `dims` has one number per dimension of the operand.
      * (broadcast_c3) they are dimensions of the result, and rise.
      * (broadcast_c4) each dimension of the operand has the size of its dimension of the result, or 1.
      * (like_c1) no `like` where the size of the result is known without it.
      * (like_c2) `like` where it is not.
      * (like_c3) the dimensions of `like` that are taken are dynamic.

    ```mlir
    func.func @example(%v: tensor<?xf32>, %b: tensor<128xf32>, %x: tensor<?x784xf32>)
        -> (tensor<?x10xf32>, tensor<?x128xf32>) {
      %y = weft.broadcast %v dims = [0] : tensor<?xf32> -> tensor<?x10xf32>
      %z = weft.broadcast %b like %x dims = [1]
          : tensor<128xf32>, tensor<?x784xf32> -> tensor<?x128xf32>
      return %y, %z : tensor<?x10xf32>, tensor<?x128xf32>
    }
    ```
  }];
  let arguments = (ins Weft_Tensor:$input, Optional<Weft_Tensor>:$like,
                       DenseI64ArrayAttr:$dimensions);
  let builders = [
    // A result that is static, or whose dynamic dimension is the operand's.
    OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$input,
                   "::llvm::ArrayRef<int64_t>":$dimensions)>,
    // To `shapeOf`'s shape, taking it as `like` if that is needed.
    OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$shapeOf,
                   "::llvm::ArrayRef<int64_t>":$dimensions)>
  ];
  let assemblyFormat = [{
    $input (`like` $like^)? `dims` `=` $dimensions attr-dict `:` type($input) (`,` type($like)^)? `->` type($result)
  }];
  let extraClassDeclaration = [{
    double getFlopsPerElement() { return 0.0; }
    bool isShapeOperand(unsigned operand);
    // The dynamic dimensions of the result whose size `like` gives.
    ::llvm::SmallVector<int64_t> getUnknownDims();
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Weft_ConstantOp : Weft_FillOp<"constant", [ConstantLike, NoGradient,
                                               AllTypesMatch<["value", "result"]>]> {
  let summary = "a tensor known at compile time";
  let description = [{
    The elements of a `dense` literal. Of dynamic shape there is none: `weft.broadcast` a scalar.

    Constraints:
      * (constant_c1) the value is a `dense` literal.

    ```mlir
    func.func @example() -> tensor<2xf32> {
      %c = weft.constant dense<[0.5, -1.0]> : tensor<2xf32>
      return %c : tensor<2xf32>
    }
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let builders = [
    // All elements the same, rounded to the (static) type.
    OpBuilder<(ins "::mlir::RankedTensorType":$type, "double":$value)>
  ];
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

def Weft_IotaOp : Weft_FillOp<"iota", [NoGradient]> {
  let summary = "the index of each element along a dimension";
  let description = [{
    y[..., i, ...] = i, with i at dimension `dim`. `like`, as in `weft.broadcast`, is there exactly if
    the result is dynamic.

    Constraints:
      * (iota_c1) `dim` is a dimension of the result.
      * (like_c1) no `like` where the size of the result is known without it.
      * (like_c2) `like` where it is not.
      * (like_c3) the dimensions of `like` that are taken are dynamic.

    ```mlir
    func.func @example(%x: tensor<?x784xf32>) -> (tensor<10xi64>, tensor<?x10xi64>) {
      %i = weft.iota dim = 0 : tensor<10xi64>
      %j = weft.iota like %x dim = 1 : tensor<?x784xf32> -> tensor<?x10xi64>
      return %i, %j : tensor<10xi64>, tensor<?x10xi64>
    }
    ```
  }];
  let arguments = (ins Optional<Weft_Tensor>:$like, I64Attr:$dim);
  let results = (outs RankedTensorOf<[F32, F64, BF16, F16, I64, I32, I8]>:$result);
  let assemblyFormat = [{
    (`like` $like^)? `dim` `=` $dim attr-dict `:` custom<LikeAndResultTypes>(type($like), type($result))
  }];
}

def Weft_OneHotOp : Weft_CompositeOp<"one_hot", [
    NoGradient, DeclareOpInterfaceMethods<IndexOperandOpInterface>]> {
  let summary = "a 1 at the place of each label";
  let description = [{
    y[..., c] = 1 if c is the label, else 0, for c in [0, `num_classes`). The label -100, which losses ignore
    by default, gives a row of zeros. Any other label out of range is an error: of the reference interpreter,
    and of the runtime, before the step or, if labels are computed, in it. No gradient.

    Constraints:
      * (one_hot_c1) there is at least one class.
      * (one_hot_c2) the result has the shape of the labels, then one dimension for the classes.

    ```mlir
    func.func @example(%labels: tensor<?xi64>) -> tensor<?x10xf32> {
      %y = weft.one_hot %labels num_classes = 10 : tensor<?xi64> -> tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins RankedTensorOf<[I64, I32]>:$labels, I64Attr:$num_classes);
  let results = (outs RankedTensorOf<[F32, F64, BF16, F16, I64, I32, I8]>:$result);
  let assemblyFormat = "$labels `num_classes` `=` $num_classes attr-dict `:` type($labels) `->` type($result)";
  let hasVerifier = 1;
}

#endif
