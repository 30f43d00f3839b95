// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops that draw random numbers. They are functions of a seed, the number of the step, the op's id and
// the place of an element (see Philox.h), so that they give the same everywhere and every time.
#ifndef WEFT_DIALECT_RANDOMOPS_TD
#define WEFT_DIALECT_RANDOMOPS_TD

include "dialects/Weft/WeftAttrs.td"

def Weft_DropoutOp : Weft_CompositeOp<"dropout", [
    Weft_Differentiable, AttrSizedOperandSegments, AllTypesMatch<["input", "result"]>,
    DeclareOpInterfaceMethods<RandomOpInterface>,
    DeclareOpInterfaceMethods<TrainingModeOpInterface>]> {
  let summary = "elements zeroed at random, the rest scaled up";
  let description = [{
    y = keep ? x / (1 - p) : 0, where keep is `weft.dropout_mask`; 0 <= p < 1. A model says `p` only.
    The phase `flat` numbers the op: it gives it an `id` of its own and the operands of the mask. Before that
    it has no value; an evaluation function has it replaced by x. Gradient: dx = the same dropout,
    with the same id, of g.

    Constraints:
      * (dropout_c1) 0 <= p < 1.
      * (dropout_c2) from rank 3 on, the last dimension is at most 65536.
      * (dropout_c3) seed, step, sample offset and id are all there or none of them.

    ```mlir
    func.func @example(%x: tensor<?x128xf32>, %seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>)
        -> (tensor<?x128xf32>, tensor<?x128xf32>) {
      %y = weft.dropout %x p = 0.1 : tensor<?x128xf32>
      %z = weft.dropout %x, %seed, %step, %offset p = 0.1 id = 3 : tensor<?x128xf32>
      return %y, %z : tensor<?x128xf32>, tensor<?x128xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$input, Optional<Weft_I64Scalar>:$seed,
                       Optional<Weft_I64Scalar>:$step, Optional<Weft_I64Scalar>:$sample_offset,
                       F64Attr:$p, OptionalAttr<I64Attr>:$id);
  let results = (outs Weft_FloatTensor:$result);
  let builders = [
    // Not numbered yet.
    OpBuilder<(ins "::mlir::Value":$input, "double":$p)>
  ];
  let assemblyFormat = [{
    $input (`,` $seed^ `,` $step `,` $sample_offset)? `p` `=` $p (`id` `=` $id^)? attr-dict `:` type($result)
  }];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Weft_DropoutMaskOp : Weft_PrimitiveOp<"dropout_mask", [NoGradient, AttrSizedOperandSegments]> {
  let summary = "which elements a dropout keeps";
  let description = [{
    y = (u >= floor(2^32 p)), where u is an element's random word of 32 bits:
    word (column mod 4) of Philox4x32-10 with the key `seed` and the counter
    (id, step, row, floor(column / 4)), each taken modulo 2^32.

    The outermost coordinate counts from `sample_offset`: let s = offset + i0. A tensor of rank 0 has
    row = offset, column = 0; of rank 1 (i0): row = s, column = 0; of rank 2 (i0, i1): row = s, column = i1. Of
    rank r >= 3 in a shape (d0, d1, ...), the row is (s, i1, ..., i[r-3]) in row-major order, and
    column = 65536 i[r-2] + i[r-1]; the last dimension is at most 65536. So a mask does not
    depend on the sizes of the last two dimensions of a tensor of rank 3 or more (of a longest sequence,
    say), nor on how the samples of a step are split in batches: a slice of it that begins at i0 = b is the mask with
    offset + b.

    With `rows_per_sample` = n, a matrix is the mask of a tensor (d0, n, d1) whose first two dimensions are
    flattened: element (r, j) has row = offset + floor(r / n), column = 65536 (r mod n) + j.

    `numbers` are given in dispatches, so that regions which differ only in them share a kernel: the id, which
    the attribute then does not say, and, for a matrix with `rows_per_sample`, n, likewise.

    `like`, as in `weft.broadcast`, is there exactly if the result is dynamic. No gradient.

    Constraints:
      * (dropout_c1) 0 <= p < 1.
      * (dropout_c2) from rank 3 on, the last dimension is at most 65536.
      * (dropout_mask_c1) `rows_per_sample` is positive, and the result then a matrix.
      * (dropout_mask_c2) `numbers` are none, or one for the id, which is 0, and one for `rows_per_sample`, if
        that is there, which is 1.
      * (like_c1) no `like` where the size of the result is known without it.
      * (like_c2) `like` where it is not.
      * (like_c3) the dimensions of `like` that are taken are dynamic.

    ```mlir
    func.func @example(%seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>, %x: tensor<?x128xf32>)
        -> (tensor<8x128xi1>, tensor<?x128xi1>) {
      %y = weft.dropout_mask %seed, %step, %offset p = 0.1 id = 3 : tensor<8x128xi1>
      %z = weft.dropout_mask %seed, %step, %offset like %x p = 0.1 id = 3
          : tensor<?x128xf32> -> tensor<?x128xi1>
      return %y, %z : tensor<8x128xi1>, tensor<?x128xi1>
    }
    ```
  }];
  let arguments = (ins Weft_I64Scalar:$seed, Weft_I64Scalar:$step, Weft_I64Scalar:$sample_offset,
                       Optional<Weft_Tensor>:$like, Variadic<Weft_I64Scalar>:$numbers, F64Attr:$p,
                       I64Attr:$id, OptionalAttr<I64Attr>:$rows_per_sample);
  let results = (outs Weft_BoolTensor:$result);
  let builders = [
    // `like` may be null.
    OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$seed, "::mlir::Value":$step,
                   "::mlir::Value":$sample_offset, "::mlir::Value":$like, "::mlir::FloatAttr":$p,
                   "::mlir::IntegerAttr":$id)>
  ];
  let assemblyFormat = [{
    $seed `,` $step `,` $sample_offset (`like` $like^)? (`numbers` `(` $numbers^ `)`)? `p` `=` $p `id` `=` $id
    (`rows_per_sample` `=` $rows_per_sample^)? attr-dict `:`
    custom<LikeAndResultTypes>(type($like), type($result))
  }];
  // Ten rounds of two wide multiplications, shared by four elements.
  let extraClassDeclaration = [{
    double getFlopsPerElement() { return 25.0; }
    bool isShapeOperand(unsigned operand);
  }];
  let hasVerifier = 1;
}

def Weft_RandomWordOp : Weft_Op<"random_word", [Pure]> {
  let summary = "a random word of 32 bits";
  let description = [{
    Word (column mod 4) of Philox4x32-10 with the key `seed` and the counter (id, step, row, floor(column / 4)), each
    taken modulo 2^32. It stands in the bodies that `weft.dropout_mask` is lowered to, where code
    generation draws words of neighbouring columns together.

    ```mlir
    func.func @example(%seed: i64, %id: i64, %step: i64, %row: i64, %column: i64) -> i32 {
      %y = weft.random_word %seed, %id, %step, %row, %column
      return %y : i32
    }
    ```
  }];
  let arguments = (ins I64:$seed, I64:$id, I64:$step, I64:$row, I64:$column);
  let results = (outs I32:$result);
  let assemblyFormat = "$seed `,` $id `,` $step `,` $row `,` $column attr-dict";
}

#endif
