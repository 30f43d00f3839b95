// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradients of the Reduction family.
#include "dialects/Weft/GraphBuilder.h"

using namespace mlir;
using namespace weft;

LogicalResult ReduceSumOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                    ArrayRef<bool> needed,
                                    SmallVectorImpl<Value> &operandCotangents) {
  GraphBuilder g(builder, getLoc());
  if (needed[0])
    operandCotangents[0] = g.expand(cotangents[0], getX(), getDims(), getKeepdim());
  return success();
}

LogicalResult ReduceMaxOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                    ArrayRef<bool> needed,
                                    SmallVectorImpl<Value> &operandCotangents) {
  if (!needed[0])
    return success();
  GraphBuilder g(builder, getLoc());
  Value dy = g.widen(cotangents[0]);
  Value isMax = g.compare(ComparePredicate::EQ, getX(),
                          g.expand(getResult(), getX(), getDims(), getKeepdim()));
  Type elementType = cast<RankedTensorType>(dy.getType()).getElementType();
  Value ties = g.build<ReduceSumOp>(g.cast(isMax, elementType), getDims(), getKeepdim());
  Value share = g.cast(g.div(dy, ties), getType().getElementType());
  operandCotangents[0] =
      g.select(isMax, g.expand(share, getX(), getDims(), getKeepdim()), g.fill(getX(), 0.0));
  return success();
}

LogicalResult ReduceMeanOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                     ArrayRef<bool> needed,
                                     SmallVectorImpl<Value> &operandCotangents) {
  if (!needed[0])
    return success();
  GraphBuilder g(builder, getLoc());
  Value dy = g.widen(cotangents[0]);
  Value count = g.count(getX(), getDims(), cast<RankedTensorType>(dy.getType()).getElementType());
  Value share = g.cast(g.div(dy, g.fill(dy, count)), getType().getElementType());
  operandCotangents[0] = g.expand(share, getX(), getDims(), getKeepdim());
  return success();
}
