// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Indexing family to linalg: what is picked by index extracts elements of the table in the
// body, so that it fuses with what reads it; what is added up by index is a reduction over the
// indices, marked so that code generation visits the places that they name only.
#include "LinalgBuilders.h"
#include "weft/Conversion/ScalarBody.h"
#include "weft/Conversion/WeftToLinalg.h"

#include "dialects/Weft/Weft.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace weft {
namespace {

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

Value constantLike(OpBuilder &builder, Location loc, Value value, int64_t number) {
  return arith::ConstantOp::create(builder, loc, builder.getIntegerAttr(value.getType(), number));
}

/// An index of [0, size). What is out of range becomes the nearest that is not: inputs are checked
/// before, and what is computed must not read beyond the tensor.
Value clampIndex(OpBuilder &builder, Location loc, Value index, int64_t size) {
  Value last = constantLike(builder, loc, index, size - 1);
  Value zero = constantLike(builder, loc, index, 0);
  Value clamped = arith::MinSIOp::create(builder, loc, index, last);
  clamped = arith::MaxSIOp::create(builder, loc, clamped, zero);
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(), clamped);
}

/// `result[...] = table[..., index[...], ...]`: `indexMap` is the place of the index; dimension
/// `dim` of the table is what it means, the others are the loops `loops`.
Value createGather(OpBuilder &builder, Location loc, Value table, Value index, AffineMap indexMap,
                   int64_t dim, ArrayRef<int64_t> loops, Value empty) {
  int64_t size = typeOf(table).getDimSize(dim);
  return createParallel(builder, loc, index, indexMap, empty,
                        [&](OpBuilder &nested, Location nestedLoc, ValueRange arguments) -> Value {
                          SmallVector<Value> indices;
                          for (auto [i, loop] : llvm::enumerate(loops))
                            indices.push_back(
                                static_cast<int64_t>(i) == dim
                                    ? clampIndex(nested, nestedLoc, arguments[0], size)
                                    : linalg::IndexOp::create(nested, nestedLoc, loop).getResult());
                          return tensor::ExtractOp::create(nested, nestedLoc, table, indices);
                        });
}

/// The first `rank` loops, with another in place of loop `dim` if that is among them.
AffineMap mapWithout(Builder &builder, int64_t numLoops, int64_t rank, int64_t dim, int64_t other) {
  SmallVector<AffineExpr> exprs;
  for (int64_t i = 0; i < rank; ++i)
    exprs.push_back(builder.getAffineDimExpr(i == dim ? other : i));
  return AffineMap::get(numLoops, 0, exprs, builder.getContext());
}

struct ConvertEmbedding : OpRewritePattern<EmbeddingOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(EmbeddingOp op, PatternRewriter &rewriter) const override {
    RankedTensorType type = op.getType();
    int64_t rank = type.getRank();
    AffineMap indexMap = mapWithout(rewriter, rank, rank - 1, -1, -1);
    Value empty = createEmpty(rewriter, op.getLoc(), type, op.getIndices());
    rewriter.replaceOp(op, createGather(rewriter, op.getLoc(), op.getWeight(), op.getIndices(),
                                        indexMap, 0, {-1, rank - 1}, empty));
    return success();
  }
};

struct ConvertGather : OpRewritePattern<GatherOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GatherOp op, PatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op.getResult());
    int64_t rank = type.getRank();
    AffineMap indexMap = mapWithout(rewriter, rank, typeOf(op.getIndex()).getRank(), -1, -1);
    Value empty = createEmpty(rewriter, op.getLoc(), type, op.getIndex());
    rewriter.replaceOp(op,
                       createGather(rewriter, op.getLoc(), op.getInput(), op.getIndex(), indexMap,
                                    op.getDim(), llvm::to_vector(llvm::seq<int64_t>(rank)), empty));
    return success();
  }
};

/// `result[..., v, ...] = sum over reduced loops with index == v of src`, v being loop `target`. A
/// source whose index is `skipped` is left out.
Value createScatter(OpBuilder &builder, Location loc, RankedTensorType type, Value index,
                    AffineMap indexMap, Value src, AffineMap srcMap, int64_t target,
                    std::optional<int64_t> skipped) {
  FloatType accumulator = getAccumulatorType(type.getElementType());
  Value start =
      createFill(builder, loc, createEmpty(builder, loc, type.clone(accumulator), src), 0.0);
  int64_t numLoops = indexMap.getNumDims();
  SmallVector<utils::IteratorType> iterators(numLoops, utils::IteratorType::reduction);
  std::fill_n(iterators.begin(), type.getRank(), utils::IteratorType::parallel);
  AffineMap resultMap = mapWithout(builder, numLoops, type.getRank(), -1, -1);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange(start.getType()), ValueRange{index, src}, ValueRange(start),
      ArrayRef<AffineMap>{indexMap, srcMap, resultMap}, iterators,
      [&](OpBuilder &nested, Location nestedLoc, ValueRange arguments) {
        Value place =
            arith::IndexCastOp::create(nested, nestedLoc, arguments[0].getType(),
                                       linalg::IndexOp::create(nested, nestedLoc, target));
        Value isAdded =
            arith::CmpIOp::create(nested, nestedLoc, arith::CmpIPredicate::eq, arguments[0], place);
        if (skipped) {
          Value isKept =
              arith::CmpIOp::create(nested, nestedLoc, arith::CmpIPredicate::ne, arguments[0],
                                    constantLike(nested, nestedLoc, arguments[0], *skipped));
          isAdded = arith::AndIOp::create(nested, nestedLoc, isAdded, isKept);
        }
        Value element = emitScalarCast(nested, nestedLoc, arguments[1], accumulator);
        Value sum = arith::AddFOp::create(nested, nestedLoc, arguments[2], element);
        Value result = arith::SelectOp::create(nested, nestedLoc, isAdded, sum, arguments[2]);
        linalg::YieldOp::create(nested, nestedLoc, result);
      });
  generic->setAttr(kScatterLoopAttrName, builder.getI64IntegerAttr(target));
  return createCast(builder, loc, generic.getResult(0), type.getElementType());
}

/// Loops: row and column of the result, then the dimensions of the indices.
struct ConvertEmbeddingGradient : OpRewritePattern<EmbeddingGradientOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(EmbeddingGradientOp op, PatternRewriter &rewriter) const override {
    int64_t rank = typeOf(op.getIndices()).getRank();
    SmallVector<AffineExpr> exprs;
    for (int64_t i = 0; i < rank; ++i)
      exprs.push_back(rewriter.getAffineDimExpr(2 + i));
    AffineMap indexMap = AffineMap::get(2 + rank, 0, exprs, getContext());
    exprs.push_back(rewriter.getAffineDimExpr(1));
    AffineMap srcMap = AffineMap::get(2 + rank, 0, exprs, getContext());
    std::optional<int64_t> skipped;
    if (op.getPaddingIdx())
      skipped = *op.getPaddingIdx();
    rewriter.replaceOp(op, createScatter(rewriter, op.getLoc(), op.getType(), op.getIndices(),
                                         indexMap, op.getDy(), srcMap, 0, skipped));
    return success();
  }
};

/// Loops: the dimensions of the result, then the places of the indices along `dim`.
struct ConvertScatterSum : OpRewritePattern<ScatterSumOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ScatterSumOp op, PatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op.getResult());
    int64_t rank = type.getRank(), dim = op.getDim();
    AffineMap indexMap = mapWithout(rewriter, rank + 1, typeOf(op.getIndex()).getRank(), dim, rank);
    AffineMap srcMap = mapWithout(rewriter, rank + 1, rank, dim, rank);
    rewriter.replaceOp(op, createScatter(rewriter, op.getLoc(), type, op.getIndex(), indexMap,
                                         op.getSrc(), srcMap, dim, std::nullopt));
    return success();
  }
};

/// A reduction whose result keeps the loop that is reduced.
struct ConvertCumsum : OpRewritePattern<CumsumOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CumsumOp op, PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = op.getType();
    FloatType accumulator = getAccumulatorType(type.getElementType());
    Value start = createFill(rewriter, loc,
                             createEmpty(rewriter, loc, type.clone(accumulator), op.getX()), 0.0);
    SmallVector<utils::IteratorType> iterators(type.getRank(), utils::IteratorType::parallel);
    iterators[op.getDim()] = utils::IteratorType::reduction;
    AffineMap map = rewriter.getMultiDimIdentityMap(type.getRank());
    auto generic = linalg::GenericOp::create(
        rewriter, loc, TypeRange(start.getType()), op.getX(), start, ArrayRef<AffineMap>{map, map},
        iterators, [&](OpBuilder &nested, Location nestedLoc, ValueRange arguments) {
          Value element = emitScalarCast(nested, nestedLoc, arguments[0], accumulator);
          Value sum = arith::AddFOp::create(nested, nestedLoc, arguments[1], element);
          linalg::YieldOp::create(nested, nestedLoc, sum);
        });
    generic->setAttr(kScanLoopAttrName, rewriter.getI64IntegerAttr(op.getDim()));
    if (op.getReverse())
      generic->setAttr(kReverseScanAttrName, rewriter.getUnitAttr());
    rewriter.replaceOp(op, createCast(rewriter, loc, generic.getResult(0), type.getElementType()));
    return success();
  }
};

} // namespace

void populateIndexingToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertEmbedding, ConvertGather, ConvertEmbeddingGradient, ConvertScatterSum,
               ConvertCumsum>(patterns.getContext());
}

} // namespace weft
