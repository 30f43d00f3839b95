// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Optimizer updates in primitives. Numbers of the step meet each other in f64 and are rounded when
// they meet the parameter, in the order of operations of PyTorch.
#include "dialects/Weft/GraphBuilder.h"

using namespace mlir;
using namespace weft;

// A number of the step, rounded to the parameter's type, for each element of it.
static Value spread(GraphBuilder &g, Value number, Value parameter) {
  Type elementType = cast<RankedTensorType>(parameter.getType()).getElementType();
  return g.fill(parameter, g.cast(number, elementType));
}

// 1 - number, in f64.
static Value oneMinus(GraphBuilder &g, Value number) { return g.sub(g.fill(number, 1.0), number); }

//===----------------------------------------------------------------------===//
// sgd_update
//===----------------------------------------------------------------------===//

// What the gradient is multiplied with in the momentum buffer: 1 in the first step, then 1 -
// dampening.
static Value buildDampenedShare(GraphBuilder &g, SGDUpdateOp op) {
  Value isFirst = g.compare(ComparePredicate::EQ, op.getStep(), g.fill(op.getStep(), 1.0));
  return g.select(isFirst, g.fill(op.getDampening(), 1.0), oneMinus(g, op.getDampening()));
}

LogicalResult SGDUpdateOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  GraphBuilder g(builder, getLoc());
  Value parameter = getParameter(), step = getGradient(), buffer;
  if (getWeightDecay())
    step = g.add(step, g.mul(parameter, spread(g, getWeightDecay(), parameter)));
  if (getMomentumBuffer()) {
    Value momentum = spread(g, getMomentum(), parameter);
    Value share = step;
    if (getDampening())
      share = g.mul(step, spread(g, buildDampenedShare(g, *this), parameter));
    buffer = g.add(g.mul(getMomentumBuffer(), momentum), share);
    step = getNesterov() ? g.add(step, g.mul(buffer, momentum)) : buffer;
  }
  results.push_back(g.sub(parameter, g.mul(step, spread(g, getLearningRate(), parameter))));
  if (buffer)
    results.push_back(buffer);
  return success();
}

//===----------------------------------------------------------------------===//
// adam_update, adamw_update
//===----------------------------------------------------------------------===//

// The steps that both have in common, from the decayed parameter and gradient.
template <typename OpT>
static void buildAdam(GraphBuilder &g, OpT op, Value parameter, Value gradient,
                      SmallVectorImpl<Value> &results) {
  auto number = [&](Value value) { return spread(g, value, parameter); };
  Value average = op.getExpAvg();
  average = g.add(average, g.mul(g.sub(gradient, average), number(oneMinus(g, op.getBeta1()))));
  Value square = g.mul(g.mul(gradient, number(oneMinus(g, op.getBeta2()))), gradient);
  Value averageSquare = g.add(g.mul(op.getExpAvgSq(), number(op.getBeta2())), square);
  Value scale = number(g.sqrt(op.getBiasCorrection2()));
  Value denominator = g.add(g.div(g.sqrt(averageSquare), scale), number(op.getEpsilon()));
  Value stepSize = number(g.div(op.getLearningRate(), op.getBiasCorrection1()));
  results.push_back(g.sub(parameter, g.div(g.mul(average, stepSize), denominator)));
  results.push_back(average);
  results.push_back(averageSquare);
}

LogicalResult AdamUpdateOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  GraphBuilder g(builder, getLoc());
  Value parameter = getParameter(), gradient = getGradient();
  if (getWeightDecay())
    gradient = g.add(gradient, g.mul(parameter, spread(g, getWeightDecay(), parameter)));
  buildAdam(g, *this, parameter, gradient, results);
  return success();
}

LogicalResult AdamWUpdateOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  GraphBuilder g(builder, getLoc());
  Value parameter = getParameter();
  if (getWeightDecay()) {
    Value kept = oneMinus(g, g.mul(getLearningRate(), getWeightDecay()));
    parameter = g.mul(parameter, spread(g, kept, parameter));
  }
  buildAdam(g, *this, parameter, getGradient(), results);
  return success();
}
