// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops that move, repeat or make elements, to linalg and tensor ops.
#include "LinalgBuilders.h"
#include "weft/Conversion/ScalarBody.h"
#include "weft/Conversion/WeftToLinalg.h"

#include "dialects/Weft/Weft.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace weft {
namespace {

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

/// A copy whose element at a place is the input's at `map` of that place.
Value createMove(OpBuilder &builder, Location loc, Value input, AffineMap map, Value empty) {
  return createParallel(builder, loc, input, map, empty,
                        [](OpBuilder &, Location, ValueRange arguments) { return arguments[0]; });
}

struct ConvertBroadcast : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op.getResult()), inputType = typeOf(op.getInput());
    SmallVector<AffineExpr> exprs;
    for (auto [i, dim] : llvm::enumerate(op.getDimensions())) {
      bool stretched = inputType.getDimSize(i) == 1 && type.getDimSize(dim) != 1;
      exprs.push_back(stretched ? rewriter.getAffineConstantExpr(0)
                                : rewriter.getAffineDimExpr(dim));
    }
    AffineMap map = AffineMap::get(type.getRank(), 0, exprs, getContext());
    Value like = op.getLike() ? op.getLike() : op.getInput();
    Value empty = createEmpty(rewriter, op.getLoc(), type, like);
    rewriter.replaceOp(op, createMove(rewriter, op.getLoc(), op.getInput(), map, empty));
    return success();
  }
};

struct ConvertPermute : OpRewritePattern<PermuteOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PermuteOp op, PatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op.getResult());
    SmallVector<AffineExpr> exprs(type.getRank());
    for (auto [i, dim] : llvm::enumerate(op.getDims()))
      exprs[dim] = rewriter.getAffineDimExpr(i);
    AffineMap map = AffineMap::get(type.getRank(), 0, exprs, getContext());
    Value empty = createEmpty(rewriter, op.getLoc(), type, op.getInput());
    rewriter.replaceOp(op, createMove(rewriter, op.getLoc(), op.getInput(), map, empty));
    return success();
  }
};

struct ConvertIota : OpRewritePattern<IotaOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(IotaOp op, PatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op.getResult());
    Value empty = createEmpty(rewriter, op.getLoc(), type, op.getLike());
    Value result = createParallel(
        rewriter, op.getLoc(), {}, {}, empty, [&](OpBuilder &builder, Location loc, ValueRange) {
          Value index = linalg::IndexOp::create(builder, loc, op.getDim());
          Value number = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), index);
          return emitScalarCast(builder, loc, number, type.getElementType());
        });
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct ConvertConstant : OpRewritePattern<ConstantOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConstantOp op, PatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, cast<TypedAttr>(op.getValue()));
    return success();
  }
};

struct ConvertReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    rewriter.replaceOp(op,
                       createReshape(rewriter, op.getLoc(), op.getInput(), typeOf(op.getResult())));
    return success();
  }
};

struct ConvertSlice : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op.getResult());
    SmallVector<OpFoldResult> offsets, sizes, strides;
    for (int64_t i = 0; i < type.getRank(); ++i) {
      offsets.push_back(rewriter.getIndexAttr(op.getStarts()[i]));
      strides.push_back(rewriter.getIndexAttr(op.getStrides()[i]));
      if (type.isDynamicDim(i))
        sizes.push_back(tensor::DimOp::create(rewriter, op.getLoc(), op.getInput(), i).getResult());
      else
        sizes.push_back(rewriter.getIndexAttr(type.getDimSize(i)));
    }
    rewriter.replaceOpWithNewOp<tensor::ExtractSliceOp>(op, type, op.getInput(), offsets, sizes,
                                                        strides);
    return success();
  }
};

struct ConvertConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<tensor::ConcatOp>(op, op.getType(), op.getDim(), op.getInputs());
    return success();
  }
};

struct ConvertPad : OpRewritePattern<PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PadOp op, PatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op.getResult());
    auto value =
        ConstantOp::create(rewriter, op.getLoc(), RankedTensorType::get({}, type.getElementType()),
                           op.getValue().convertToDouble());
    TypedAttr scalar = cast<DenseElementsAttr>(value.getValue()).getSplatValue<TypedAttr>();
    rewriter.eraseOp(value);
    Value padding = arith::ConstantOp::create(rewriter, op.getLoc(), scalar);
    SmallVector<OpFoldResult> low, high;
    for (auto [before, after] : llvm::zip(op.getLow(), op.getHigh())) {
      low.push_back(rewriter.getIndexAttr(before));
      high.push_back(rewriter.getIndexAttr(after));
    }
    rewriter.replaceOpWithNewOp<tensor::PadOp>(op, type, op.getInput(), low, high, padding);
    return success();
  }
};

} // namespace

void populateShapeToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertBroadcast, ConvertPermute, ConvertIota, ConvertConstant, ConvertReshape,
               ConvertSlice, ConvertConcat, ConvertPad>(patterns.getContext());
}

} // namespace weft
