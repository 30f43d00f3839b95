// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradients of the Normalization family: of softmax in terms of its own result, of norms in terms
// of what they read.
#include "dialects/Weft/NormParts.h"

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

LogicalResult LayerNormOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                    ArrayRef<bool> needed,
                                    SmallVectorImpl<Value> &operandCotangents) {
  GraphBuilder g(builder, getLoc());
  NormParts parts(g, g.widen(getX()), g.widen(getWeight()), getEps().convertToDouble(), true);
  Value dy = g.widen(cotangents[0]);
  Type elementType = getType().getElementType();
  if (needed[0])
    operandCotangents[0] = g.cast(parts.buildOperandGradient(dy), elementType);
  if (needed[1])
    operandCotangents[1] = g.cast(parts.buildWeightGradient(dy), elementType);
  if (getBias() && needed[2])
    operandCotangents[2] = g.cast(parts.sumRows(dy), elementType);
  return success();
}

LogicalResult RmsNormOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                  SmallVectorImpl<Value> &operandCotangents) {
  GraphBuilder g(builder, getLoc());
  NormParts parts(g, g.widen(getX()), g.widen(getWeight()), getEps().convertToDouble(), false);
  Value dy = g.widen(cotangents[0]);
  Type elementType = getType().getElementType();
  if (needed[0])
    operandCotangents[0] = g.cast(parts.buildOperandGradient(dy), elementType);
  if (needed[1])
    operandCotangents[1] = g.cast(parts.buildWeightGradient(dy), elementType);
  return success();
}
