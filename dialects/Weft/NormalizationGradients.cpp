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

// The cotangents of operand and weight, which the norms have in common; of `bias`, if there is one.
template <typename OpT>
static void buildNormVjp(OpT op, bool isCentered, Value bias, OpBuilder &builder, Value cotangent,
                         ArrayRef<bool> needed, SmallVectorImpl<Value> &operandCotangents) {
  GraphBuilder g(builder, op.getLoc());
  NormParts parts(g, g.widen(op.getX()), g.widen(op.getWeight()), op.getEps().convertToDouble(),
                  isCentered);
  Value dy = g.widen(cotangent);
  Type elementType = op.getType().getElementType();
  if (needed[0])
    operandCotangents[0] = g.cast(parts.buildOperandGradient(dy), elementType);
  if (needed[1])
    operandCotangents[1] = g.cast(parts.buildWeightGradient(dy), elementType);
  if (bias && needed[2])
    operandCotangents[2] = g.cast(parts.sumRows(dy), elementType);
}

LogicalResult LayerNormOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                    ArrayRef<bool> needed,
                                    SmallVectorImpl<Value> &operandCotangents) {
  buildNormVjp(*this, /*isCentered=*/true, getBias(), builder, cotangents[0], needed,
               operandCotangents);
  return success();
}

LogicalResult RmsNormOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                  SmallVectorImpl<Value> &operandCotangents) {
  buildNormVjp(*this, /*isCentered=*/false, Value(), builder, cotangents[0], needed,
               operandCotangents);
  return success();
}
