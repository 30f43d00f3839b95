// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonicalizations of the Attention family.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace weft;

// A mask that is nowhere 0 masks nothing.
static LogicalResult dropFullMask(AttentionOp op, PatternRewriter &rewriter) {
  std::optional<double> splat = op.getMask() ? getSplatValue(op.getMask()) : std::nullopt;
  if (!splat || *splat == 0)
    return rewriter.notifyMatchFailure(op, "no mask that is the same nonzero number everywhere");
  rewriter.modifyOpInPlace(op, [&] { op.getMaskMutable().clear(); });
  return success();
}

// Numbers of a dropout that drops nothing.
static LogicalResult dropUnusedNumbers(AttentionOp op, PatternRewriter &rewriter) {
  if (!op.getP().isZero() || !op.getIdAttr())
    return rewriter.notifyMatchFailure(op, "dropout that is not numbered, or drops something");
  rewriter.modifyOpInPlace(op, [&] {
    op.getSeedMutable().clear();
    op.getStepMutable().clear();
    op.getSampleOffsetMutable().clear();
    op.removeIdAttr();
  });
  return success();
}

void AttentionOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(dropFullMask);
  patterns.add(dropUnusedNumbers);
}
