// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The losses in primitives, and as a sum and a weight.
#include "dialects/Weft/CrossEntropyParts.h"
#include "dialects/Weft/SoftmaxParts.h"

using namespace mlir;
using namespace weft;

static Type getElementTypeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

//===----------------------------------------------------------------------===//
// cross_entropy
//===----------------------------------------------------------------------===//

CrossEntropyParts::CrossEntropyParts(GraphBuilder &g, CrossEntropyOp op, Value logits)
    : g(g), op(op), logits(logits), classDim(op.getLogits().getType().getRank() - 1) {}

Value CrossEntropyParts::buildIsLabel() {
  // Compared in 32 bits, the width of the numbers that the result selects among.
  Type i32 = IntegerType::get(op.getContext(), 32);
  Value labels = g.expand(g.cast(op.getLabels(), i32), logits, classDim);
  return g.compare(ComparePredicate::EQ, labels, g.iota(logits, classDim, i32));
}

Value CrossEntropyParts::buildIsCounted() {
  Value ignored = g.fill(op.getLabels(), static_cast<double>(op.getIgnoreIndexAttr().getInt()));
  return g.compare(ComparePredicate::NE, op.getLabels(), ignored);
}

Value CrossEntropyParts::fillSamples(double value) {
  return g.fill(op.getLabels(), getElementTypeOf(logits), value);
}

bool CrossEntropyParts::isSmoothed() {
  return op.getSmoothing() || op.getLabelSmoothing().convertToDouble() != 0;
}

Value CrossEntropyParts::fillSmoothing(Value like, double start, double factor) {
  if (!op.getSmoothing())
    return g.fill(like, getElementTypeOf(logits),
                  start + factor * op.getLabelSmoothing().convertToDouble());
  Type type = getElementTypeOf(op.getSmoothing());
  Value scaled = g.mul(op.getSmoothing(), g.scalar(type, factor));
  Value value = start == 0 ? scaled : g.add(g.scalar(type, start), scaled);
  return g.fill(like, g.cast(value, getElementTypeOf(logits)));
}

Value CrossEntropyParts::maskIgnored(Value values) {
  return g.select(buildIsCounted(), values, fillSamples(0.0));
}

Value CrossEntropyParts::buildWeight(Type elementType) {
  return g.sumAll(g.cast(buildIsCounted(), elementType));
}

Value CrossEntropyParts::buildDivisor(Type elementType) {
  Value weight = buildWeight(elementType);
  return g.build<MaximumOp>(weight, g.scalar(elementType, 1));
}

Value CrossEntropyParts::buildSampleLosses() {
  SoftmaxParts softmax = buildSoftmaxParts(g, logits, classDim);
  Value logSum = g.log(softmax.sum);
  // -log_softmax(logits)[label] = log(sum) - shifted[label].
  Value picked = g.select(buildIsLabel(), softmax.shifted, g.fill(logits, 0.0));
  Value losses = g.sub(logSum, g.sum(picked, classDim));
  if (isSmoothed()) {
    double classes = static_cast<double>(op.getLogits().getType().getShape().back());
    Value mean = g.div(g.sum(softmax.shifted, classDim), fillSamples(classes));
    losses = g.add(g.mul(losses, fillSmoothing(op.getLabels(), 1, -1)),
                   g.mul(g.sub(logSum, mean), fillSmoothing(op.getLabels(), 0, 1)));
  }
  return maskIgnored(losses);
}

Value CrossEntropyParts::buildTargets() {
  double share = 1 / static_cast<double>(op.getLogits().getType().getShape().back());
  return g.select(buildIsLabel(), fillSmoothing(logits, 1, share - 1),
                  fillSmoothing(logits, 0, share));
}

LogicalResult CrossEntropyOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  GraphBuilder g(builder, getLoc());
  CrossEntropyParts parts(g, *this, g.widen(getLogits()));
  Value loss = parts.buildSampleLosses();
  if (getReduction() != LossReduction::None)
    loss = g.sumAll(loss);
  if (getReduction() == LossReduction::Mean)
    loss = g.div(loss, parts.buildDivisor(getElementTypeOf(loss)));
  results.push_back(g.cast(loss, getType().getElementType()));
  return success();
}

LogicalResult CrossEntropyOp::buildSumAndWeight(OpBuilder &builder, Value &sum, Value &weight) {
  if (getReduction() != LossReduction::Mean)
    return failure();
  GraphBuilder g(builder, getLoc());
  Value logits = g.widen(getLogits());
  sum = g.build<CrossEntropyOp>(logits, getLabels(), getSmoothing(), LossReduction::Sum,
                                getIgnoreIndex(), getLabelSmoothing());
  weight = CrossEntropyParts(g, *this, logits).buildWeight(getElementTypeOf(sum));
  return success();
}

//===----------------------------------------------------------------------===//
// mse_loss, l1_loss, binary_cross_entropy_with_logits
//===----------------------------------------------------------------------===//

// The loss of each element.
static Value buildElementLosses(GraphBuilder &g, MseLossOp, Value input, Value target) {
  Value difference = g.sub(input, target);
  return g.mul(difference, difference);
}

static Value buildElementLosses(GraphBuilder &g, L1LossOp, Value input, Value target) {
  return g.build<AbsOp>(g.sub(input, target));
}

static Value buildElementLosses(GraphBuilder &g, BinaryCrossEntropyOp, Value input, Value target) {
  Value isNot = buildClampedLog(g, g.sub(g.fill(input, 1.0), input));
  Value difference = g.sub(isNot, buildClampedLog(g, input));
  return g.sub(g.mul(target, difference), isNot);
}

static Value buildElementLosses(GraphBuilder &g, BinaryCrossEntropyWithLogitsOp, Value input,
                                Value target) {
  Value linear = g.sub(g.build<ReluOp>(input), g.mul(input, target));
  Value tail = g.exp(g.neg(g.build<AbsOp>(input)));
  return g.add(linear, g.log(g.add(tail, g.fill(tail, 1.0))));
}

template <typename OpT>
static LogicalResult decomposePairwise(OpT op, OpBuilder &builder,
                                       SmallVectorImpl<Value> &results) {
  GraphBuilder g(builder, op.getLoc());
  Value loss = buildElementLosses(g, op, g.widen(op.getInput()), g.widen(op.getTarget()));
  SmallVector<int64_t> dims = getAllDims(op.getInput().getType().getRank());
  if (op.getReduction() == LossReduction::Sum)
    loss = g.sum(loss, dims);
  else if (op.getReduction() == LossReduction::Mean && !dims.empty())
    loss = g.build<ReduceMeanOp>(loss, dims);
  results.push_back(g.cast(loss, op.getType().getElementType()));
  return success();
}

template <typename OpT>
static LogicalResult splitPairwise(OpT op, OpBuilder &builder, Value &sum, Value &weight) {
  if (op.getReduction() != LossReduction::Mean)
    return failure();
  GraphBuilder g(builder, op.getLoc());
  sum = g.build<OpT>(g.widen(op.getInput()), g.widen(op.getTarget()), LossReduction::Sum);
  weight =
      g.count(op.getInput(), getAllDims(op.getInput().getType().getRank()), getElementTypeOf(sum));
  return success();
}

LogicalResult MseLossOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  return decomposePairwise(*this, builder, results);
}
LogicalResult MseLossOp::buildSumAndWeight(OpBuilder &builder, Value &sum, Value &weight) {
  return splitPairwise(*this, builder, sum, weight);
}

LogicalResult L1LossOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  return decomposePairwise(*this, builder, results);
}
LogicalResult L1LossOp::buildSumAndWeight(OpBuilder &builder, Value &sum, Value &weight) {
  return splitPairwise(*this, builder, sum, weight);
}

LogicalResult BinaryCrossEntropyOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  return decomposePairwise(*this, builder, results);
}
LogicalResult BinaryCrossEntropyOp::buildSumAndWeight(OpBuilder &builder, Value &sum,
                                                      Value &weight) {
  return splitPairwise(*this, builder, sum, weight);
}

LogicalResult BinaryCrossEntropyWithLogitsOp::decompose(OpBuilder &builder,
                                                        SmallVectorImpl<Value> &results) {
  return decomposePairwise(*this, builder, results);
}
LogicalResult BinaryCrossEntropyWithLogitsOp::buildSumAndWeight(OpBuilder &builder, Value &sum,
                                                                Value &weight) {
  return splitPairwise(*this, builder, sum, weight);
}
