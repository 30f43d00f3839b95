// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradients of the Normalization family, in terms of the ops' own results.
#include "dialects/Weft/GraphBuilder.h"

using namespace mlir;
using namespace weft;

LogicalResult SoftmaxOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                  SmallVectorImpl<Value> &operandCotangents) {
  if (!needed[0])
    return success();
  GraphBuilder g(builder, getLoc());
  int64_t dim = getDim();
  Value y = g.widen(getResult()), dy = g.widen(cotangents[0]);
  Value projection = g.expand(g.sum(g.mul(y, dy), dim), y, dim);
  operandCotangents[0] = g.cast(g.mul(y, g.sub(dy, projection)), getType().getElementType());
  return success();
}

LogicalResult LogSoftmaxOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                     ArrayRef<bool> needed,
                                     SmallVectorImpl<Value> &operandCotangents) {
  if (!needed[0])
    return success();
  GraphBuilder g(builder, getLoc());
  int64_t dim = getDim();
  Value y = g.widen(getResult()), dy = g.widen(cotangents[0]);
  Value total = g.expand(g.sum(dy, dim), y, dim);
  operandCotangents[0] = g.cast(g.sub(dy, g.mul(g.exp(y), total)), getType().getElementType());
  return success();
}
