// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradients of the losses.
#include "dialects/Weft/CrossEntropyParts.h"

using namespace mlir;
using namespace weft;

static Type getElementTypeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

LogicalResult CrossEntropyOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                       ArrayRef<bool> needed,
                                       SmallVectorImpl<Value> &operandCotangents) {
  if (!needed[0])
    return success();
  GraphBuilder g(builder, getLoc());
  Value logits = g.widen(getLogits()), dy = g.widen(cotangents[0]);
  CrossEntropyParts parts(g, *this, logits);
  int64_t classDim = parts.getClassDim();
  if (getReduction() == LossReduction::Mean)
    dy = g.div(dy, parts.buildDivisor(getElementTypeOf(dy)));
  if (getReduction() != LossReduction::None)
    dy = g.fill(getLabels(), dy); // the same cotangent for each sample
  Value difference = g.sub(g.build<SoftmaxOp>(logits, classDim), parts.buildTargets());
  Value perClass = g.mul(difference, g.expand(parts.maskIgnored(dy), logits, classDim));
  operandCotangents[0] = g.cast(perClass, getElementTypeOf(getLogits()));
  return success();
}

//===----------------------------------------------------------------------===//
// mse_loss, l1_loss, binary_cross_entropy_with_logits
//===----------------------------------------------------------------------===//

// The cotangent of each element, from that of the loss.
template <typename OpT>
static Value spreadCotangent(GraphBuilder &g, OpT op, Value dy) {
  dy = g.widen(dy);
  if (op.getReduction() == LossReduction::None)
    return dy;
  Value input = op.getInput();
  if (op.getReduction() == LossReduction::Mean)
    dy = g.div(dy,
               g.count(input, getAllDims(op.getInput().getType().getRank()), getElementTypeOf(dy)));
  return g.fill(input, dy);
}

// d loss / d input of each element; that of the target is its opposite.
static Value buildSlope(GraphBuilder &g, MseLossOp, Value input, Value target) {
  Value difference = g.sub(input, target);
  return g.mul(difference, g.fill(difference, 2.0));
}

static Value buildSlope(GraphBuilder &g, L1LossOp, Value input, Value target) {
  return g.build<SignOp>(g.sub(input, target));
}

template <typename OpT>
static LogicalResult buildDifferenceVjp(OpT op, OpBuilder &builder, Value dy, ArrayRef<bool> needed,
                                        SmallVectorImpl<Value> &operandCotangents) {
  GraphBuilder g(builder, op.getLoc());
  Value slope = buildSlope(g, op, g.widen(op.getInput()), g.widen(op.getTarget()));
  Value input = g.cast(g.mul(slope, spreadCotangent(g, op, dy)), getElementTypeOf(op.getInput()));
  if (needed[0])
    operandCotangents[0] = input;
  if (needed[1])
    operandCotangents[1] = g.neg(input);
  return success();
}

LogicalResult MseLossOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                  SmallVectorImpl<Value> &operandCotangents) {
  return buildDifferenceVjp(*this, builder, cotangents[0], needed, operandCotangents);
}

LogicalResult L1LossOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                 SmallVectorImpl<Value> &operandCotangents) {
  return buildDifferenceVjp(*this, builder, cotangents[0], needed, operandCotangents);
}

LogicalResult BinaryCrossEntropyOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                             ArrayRef<bool> needed,
                                             SmallVectorImpl<Value> &operandCotangents) {
  GraphBuilder g(builder, getLoc());
  Value input = g.widen(getInput()), target = g.widen(getTarget());
  Value dy = spreadCotangent(g, *this, cotangents[0]);
  Value other = g.sub(g.fill(input, 1.0), input);
  Type elementType = getElementTypeOf(getInput());
  if (needed[0]) {
    Value spread = g.build<MaximumOp>(g.mul(input, other), g.fill(input, 1e-12));
    operandCotangents[0] = g.cast(g.mul(g.div(g.sub(input, target), spread), dy), elementType);
  }
  if (needed[1])
    operandCotangents[1] =
        g.cast(g.mul(g.sub(buildClampedLog(g, other), buildClampedLog(g, input)), dy), elementType);
  return success();
}

LogicalResult BinaryCrossEntropyWithLogitsOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                                       ArrayRef<bool> needed,
                                                       SmallVectorImpl<Value> &operandCotangents) {
  GraphBuilder g(builder, getLoc());
  Value input = g.widen(getInput()), target = g.widen(getTarget());
  Value dy = spreadCotangent(g, *this, cotangents[0]);
  Type elementType = getElementTypeOf(getInput());
  if (needed[0])
    operandCotangents[0] = g.cast(g.mul(g.sub(g.build<SigmoidOp>(input), target), dy), elementType);
  if (needed[1])
    operandCotangents[1] = g.cast(g.neg(g.mul(input, dy)), elementType);
  return success();
}
