// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reductions to linalg: loops over all dimensions of the operand, in order; kept dimensions of size
// 1 are added afterwards.
#include "LinalgBuilders.h"
#include "weft/Conversion/ScalarBody.h"
#include "weft/Conversion/WeftToLinalg.h"

#include "dialects/Weft/Weft.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <limits>

using namespace mlir;

namespace weft {
namespace {

/// The loops of a reduction of `type` over `dims`.
struct ReductionLoops {
  ReductionLoops(Builder &builder, RankedTensorType type, ArrayRef<int64_t> dims)
      : iterators(type.getRank(), utils::IteratorType::parallel) {
    for (int64_t dim : dims)
      iterators[dim] = utils::IteratorType::reduction;
    SmallVector<AffineExpr> kept;
    for (int64_t i = 0; i < type.getRank(); ++i) {
      if (iterators[i] == utils::IteratorType::reduction)
        continue;
      kept.push_back(builder.getAffineDimExpr(i));
      keptShape.push_back(type.getDimSize(i));
    }
    input = builder.getMultiDimIdentityMap(type.getRank());
    result = AffineMap::get(type.getRank(), 0, kept, builder.getContext());
  }

  SmallVector<utils::IteratorType> iterators;
  AffineMap input, result;
  SmallVector<int64_t> keptShape;
};

constexpr double kLowest = -std::numeric_limits<double>::infinity();

/// A tensor of the kept dimensions, filled.
Value createInit(OpBuilder &builder, Location loc, const ReductionLoops &loops, Type element,
                 Value input, double value) {
  auto type = RankedTensorType::get(loops.keptShape, element);
  return createFill(builder, loc, createEmpty(builder, loc, type, input), value);
}

/// Combines the elements, as f32 or wider, with `combine`.
template <typename OpTy>
Value reduce(PatternRewriter &rewriter, OpTy op, double init, BodyBuilder combine) {
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(op.getX().getType());
  ReductionLoops loops(rewriter, type, op.getDims());
  FloatType accumulator = getAccumulatorType(type.getElementType());
  Value start = createInit(rewriter, loc, loops, accumulator, op.getX(), init);
  auto generic = linalg::GenericOp::create(
      rewriter, loc, TypeRange(start.getType()), ValueRange(op.getX()), ValueRange(start),
      ArrayRef<AffineMap>{loops.input, loops.result}, loops.iterators,
      [&](OpBuilder &builder, Location nestedLoc, ValueRange arguments) {
        Value element = emitScalarCast(builder, nestedLoc, arguments[0], accumulator);
        Value combined = combine(builder, nestedLoc, {element, arguments[1]});
        linalg::YieldOp::create(builder, nestedLoc, combined);
      });
  auto resultType = cast<RankedTensorType>(op.getType());
  Value result = createCast(rewriter, loc, generic.getResult(0), resultType.getElementType());
  return createReshape(rewriter, loc, result, resultType);
}

struct ConvertReduceSum : OpRewritePattern<ReduceSumOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReduceSumOp op, PatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, reduce(rewriter, op, 0.0, [](OpBuilder &builder, Location loc, ValueRange x) {
          return arith::AddFOp::create(builder, loc, x[0], x[1]).getResult();
        }));
    return success();
  }
};

struct ConvertReduceMax : OpRewritePattern<ReduceMaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReduceMaxOp op, PatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, reduce(rewriter, op, kLowest, [](OpBuilder &builder, Location loc, ValueRange x) {
          return arith::MaximumFOp::create(builder, loc, x[0], x[1]).getResult();
        }));
    return success();
  }
};

/// Arguments: element, maximum so far, its place. The first of equal elements, or the first NaN,
/// stays.
SmallVector<Value> argmaxStep(OpBuilder &builder, Location loc, ValueRange arguments, int64_t dim) {
  Value element = arguments[0], maximum = arguments[1], place = arguments[2];
  Value above = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UGT, element, maximum);
  Value number = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::ORD, maximum, maximum);
  Value take = arith::AndIOp::create(builder, loc, above, number);
  Value index = arith::IndexCastOp::create(builder, loc, builder.getI64Type(),
                                           linalg::IndexOp::create(builder, loc, dim));
  return {arith::SelectOp::create(builder, loc, take, element, maximum),
          arith::SelectOp::create(builder, loc, take, index, place)};
}

struct ConvertArgmax : OpRewritePattern<ArgmaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ArgmaxOp op, PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getX().getType());
    int64_t dim = op.getDim();
    ReductionLoops loops(rewriter, type, dim);
    FloatType accumulator = getAccumulatorType(type.getElementType());
    Value maximum = createInit(rewriter, loc, loops, accumulator, op.getX(), kLowest);
    Value place = createInit(rewriter, loc, loops, rewriter.getI64Type(), op.getX(), 0);
    auto generic = linalg::GenericOp::create(
        rewriter, loc, TypeRange{maximum.getType(), place.getType()}, ValueRange(op.getX()),
        ValueRange{maximum, place}, ArrayRef<AffineMap>{loops.input, loops.result, loops.result},
        loops.iterators, [&](OpBuilder &builder, Location nestedLoc, ValueRange arguments) {
          SmallVector<Value> wide(arguments);
          wide[0] = emitScalarCast(builder, nestedLoc, wide[0], accumulator);
          linalg::YieldOp::create(builder, nestedLoc, argmaxStep(builder, nestedLoc, wide, dim));
        });
    rewriter.replaceOp(op, createReshape(rewriter, loc, generic.getResult(1),
                                         cast<RankedTensorType>(op.getType())));
    return success();
  }
};

} // namespace

void populateReductionToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertReduceSum, ConvertReduceMax, ConvertArgmax>(patterns.getContext());
}

} // namespace weft
