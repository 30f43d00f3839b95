// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise primitives to linalg: one pattern, the body of which is the op's arithmetic.
#include "LinalgBuilders.h"
#include "dialects/Assert.h"
#include "weft/Conversion/ScalarBody.h"
#include "weft/Conversion/WeftToLinalg.h"

#include "dialects/Weft/Weft.h"

using namespace mlir;

namespace weft {
namespace {

struct ConvertElementwise : OpInterfaceRewritePattern<FusableOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(FusableOpInterface op, PatternRewriter &rewriter) const override {
    if (op.getFusionKind() != FusionKind::Elementwise)
      return rewriter.notifyMatchFailure(op, "not an elementwise op");
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    SmallVector<AffineMap> maps(op->getNumOperands(),
                                rewriter.getMultiDimIdentityMap(type.getRank()));
    Value empty = createEmpty(rewriter, op.getLoc(), type, op->getOperand(0));
    bool known = true;
    Value result = createParallel(rewriter, op.getLoc(), op->getOperands(), maps, empty,
                                  [&](OpBuilder &builder, Location loc, ValueRange arguments) {
                                    Value value = emitScalarBody(builder, loc, op, arguments);
                                    known = static_cast<bool>(value);
                                    return known ? value : arguments[0];
                                  });
    WEFT_ASSERT(known && "every elementwise primitive has a body");
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void populateElementwiseToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertElementwise>(patterns.getContext());
}

} // namespace weft
