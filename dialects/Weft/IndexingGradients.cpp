// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradients of the Indexing family.
#include "dialects/Weft/GraphBuilder.h"

using namespace mlir;
using namespace weft;

LogicalResult EmbeddingOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                    ArrayRef<bool> needed,
                                    SmallVectorImpl<Value> &operandCotangents) {
  if (needed[1])
    operandCotangents[1] = EmbeddingGradientOp::create(
        builder, getLoc(), cotangents[0], getIndices(),
        builder.getI64IntegerAttr(getWeight().getType().getDimSize(0)), getPaddingIdxAttr());
  return success();
}

LogicalResult EmbeddingGradientOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                            ArrayRef<bool> needed,
                                            SmallVectorImpl<Value> &operandCotangents) {
  if (!needed[0])
    return success();
  GraphBuilder g(builder, getLoc());
  Value rows = g.build<EmbeddingOp>(getIndices(), cotangents[0], IntegerAttr());
  if (std::optional<uint64_t> padding = getPaddingIdx()) {
    Value isRow = g.compare(ComparePredicate::NE, getIndices(),
                            g.fill(getIndices(), static_cast<double>(*padding)));
    int64_t last = getDy().getType().getRank() - 1;
    rows = g.select(g.expand(isRow, rows, last), rows, g.fill(rows, 0.0));
  }
  operandCotangents[0] = rows;
  return success();
}

LogicalResult GatherOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                 SmallVectorImpl<Value> &operandCotangents) {
  int64_t size = getInput().getType().getDimSize(getDim());
  if (ShapedType::isDynamic(size))
    return emitOpError("expected dimension ")
           << getDim() << " to have its size before differentiation, got " << getInput().getType()
           << " (weft-specialize gives it one)";
  if (needed[0])
    operandCotangents[0] =
        ScatterSumOp::create(builder, getLoc(), cotangents[0], getIndex(), getDim(), size);
  return success();
}

LogicalResult ScatterSumOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                     ArrayRef<bool> needed,
                                     SmallVectorImpl<Value> &operandCotangents) {
  if (needed[0])
    operandCotangents[0] = GatherOp::create(builder, getLoc(), cotangents[0], getIndex(), getDim());
  return success();
}

LogicalResult ScatterAddOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                     ArrayRef<bool> needed,
                                     SmallVectorImpl<Value> &operandCotangents) {
  if (needed[0])
    operandCotangents[0] = cotangents[0];
  if (needed[2])
    operandCotangents[2] = GatherOp::create(builder, getLoc(), cotangents[0], getIndex(), getDim());
  return success();
}

LogicalResult CumsumOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                 SmallVectorImpl<Value> &operandCotangents) {
  if (needed[0])
    operandCotangents[0] = CumsumOp::create(builder, getLoc(), getType(), cotangents[0], getDim(),
                                            /*reverse=*/!getReverse());
  return success();
}

// What was picked goes back to where it was, for sort and top_k.
template <typename OpT>
static LogicalResult buildOrderVjp(OpT op, OpBuilder &builder, Value cotangent, bool isNeeded,
                                   SmallVectorImpl<Value> &operandCotangents) {
  int64_t size = op.getX().getType().getDimSize(op.getDim());
  if (ShapedType::isDynamic(size))
    return op.emitOpError("expected dimension ")
           << op.getDim() << " to have its size before differentiation, got " << op.getX().getType()
           << " (weft-specialize gives it one)";
  if (isNeeded && cotangent)
    operandCotangents[0] =
        ScatterSumOp::create(builder, op.getLoc(), cotangent, op.getIndices(), op.getDim(), size);
  return success();
}

LogicalResult SortOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                               SmallVectorImpl<Value> &operandCotangents) {
  return buildOrderVjp(*this, builder, cotangents[0], needed[0], operandCotangents);
}

LogicalResult TopKOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                               SmallVectorImpl<Value> &operandCotangents) {
  return buildOrderVjp(*this, builder, cotangents[0], needed[0], operandCotangents);
}
