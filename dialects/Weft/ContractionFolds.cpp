// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonicalization of the Contraction family: transpositions move into matmul's flags.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace weft;

// Whether the op swaps the last two dimensions and leaves the others.
static bool isMatrixTranspose(PermuteOp permute) {
  ArrayRef<int64_t> dims = permute.getDims();
  int64_t rank = static_cast<int64_t>(dims.size());
  if (rank < 2 || dims[rank - 2] != rank - 1 || dims[rank - 1] != rank - 2)
    return false;
  for (int64_t i = 0; i < rank - 2; ++i)
    if (dims[i] != i)
      return false;
  return true;
}

// The operand of a transposition, or null.
static Value getTransposed(Value value) {
  auto permute = value.getDefiningOp<PermuteOp>();
  return permute && isMatrixTranspose(permute) ? permute.getInput() : Value();
}

// matmul(permute(a), b) -> matmul(a, b) {transpose_a}, and so for b.
static LogicalResult absorbTransposedOperands(MatmulOp op, PatternRewriter &rewriter) {
  Value a = getTransposed(op.getA()), b = getTransposed(op.getB());
  if (!a && !b)
    return rewriter.notifyMatchFailure(op, "no operand is a transposition");
  rewriter.replaceOpWithNewOp<MatmulOp>(op, a ? a : op.getA(), b ? b : op.getB(),
                                        op.getTransposeA() != (a != nullptr),
                                        op.getTransposeB() != (b != nullptr));
  return success();
}

// permute(matmul(a, b)) -> matmul(b, a) with both transposed: (A B)^T = B^T A^T.
static LogicalResult absorbTransposedResult(PermuteOp op, PatternRewriter &rewriter) {
  auto matmul = op.getInput().getDefiningOp<MatmulOp>();
  if (!matmul || !matmul->hasOneUse() || !isMatrixTranspose(op))
    return rewriter.notifyMatchFailure(op,
                                       "not the transposition of a matmul that has no other use");
  rewriter.replaceOpWithNewOp<MatmulOp>(op, matmul.getB(), matmul.getA(), !matmul.getTransposeB(),
                                        !matmul.getTransposeA());
  return success();
}

void MatmulOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(absorbTransposedOperands);
  patterns.add(absorbTransposedResult);
}
