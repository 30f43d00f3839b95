// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matrix products to linalg: loops over batch, rows, columns and the contracted dimension.
#include "LinalgBuilders.h"
#include "weft/Conversion/ScalarBody.h"
#include "weft/Conversion/WeftToLinalg.h"

#include "dialects/Weft/Weft.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace weft {
namespace {

struct ConvertMatmul : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getType());
    FloatType accumulator = getAccumulatorType(type.getElementType());
    // Rows of the result: dimension 0 of `a`, whichever that is.
    Value empty = createEmpty(rewriter, loc, type.clone(accumulator), op.getA(),
                              type.getRank() == 2 ? op.getRowDimOfA() : 0);
    Value start = createFill(rewriter, loc, empty, 0.0);
    SmallVector<utils::IteratorType> iterators(type.getRank(), utils::IteratorType::parallel);
    iterators.push_back(utils::IteratorType::reduction);
    auto generic = linalg::GenericOp::create(
        rewriter, loc, TypeRange(start.getType()), ValueRange{op.getA(), op.getB()},
        ValueRange(start), getContractionMaps(op), iterators,
        [&](OpBuilder &builder, Location nestedLoc, ValueRange arguments) {
          Value a = emitScalarCast(builder, nestedLoc, arguments[0], accumulator);
          Value b = emitScalarCast(builder, nestedLoc, arguments[1], accumulator);
          auto contract = arith::FastMathFlags::contract;
          Value product = arith::MulFOp::create(builder, nestedLoc, a, b, contract);
          Value sum = arith::AddFOp::create(builder, nestedLoc, product, arguments[2], contract);
          linalg::YieldOp::create(builder, nestedLoc, sum);
        });
    rewriter.replaceOp(op, createCast(rewriter, loc, generic.getResult(0), type.getElementType()));
    return success();
  }
};

} // namespace

SmallVector<AffineMap> getContractionMaps(MatmulOp op) {
  Builder builder(op.getContext());
  int64_t rank = cast<RankedTensorType>(op.getType()).getRank();
  auto batched = [&](AffineExpr first, AffineExpr second) {
    SmallVector<AffineExpr> exprs;
    for (int64_t i = 0; i < rank - 2; ++i)
      exprs.push_back(builder.getAffineDimExpr(i));
    exprs.append({first, second});
    return AffineMap::get(rank + 1, 0, exprs, builder.getContext());
  };
  AffineExpr m = builder.getAffineDimExpr(rank - 2), n = builder.getAffineDimExpr(rank - 1),
             k = builder.getAffineDimExpr(rank);
  return {op.getTransposeA() ? batched(k, m) : batched(m, k),
          op.getTransposeB() ? batched(n, k) : batched(k, n), batched(m, n)};
}

void populateContractionToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertMatmul>(patterns.getContext());
}

} // namespace weft
