// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Composite ops of the Normalization family in primitives.
#include "dialects/Weft/NormParts.h"
#include "dialects/Weft/SoftmaxParts.h"

using namespace mlir;
using namespace weft;

SoftmaxParts weft::buildSoftmaxParts(GraphBuilder &g, Value x, int64_t dim) {
  SoftmaxParts parts;
  Value maximum = g.build<ReduceMaxOp>(x, ArrayRef<int64_t>(dim));
  parts.shifted = g.sub(x, g.expand(maximum, x, dim));
  parts.exponentials = g.exp(parts.shifted);
  parts.sum = g.sum(parts.exponentials, dim);
  return parts;
}

LogicalResult SoftmaxOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  GraphBuilder g(builder, getLoc());
  int64_t dim = getDim();
  Value x = g.widen(getX());
  SoftmaxParts parts = buildSoftmaxParts(g, x, dim);
  Value y = g.div(parts.exponentials, g.expand(parts.sum, x, dim));
  results.push_back(g.cast(y, getType().getElementType()));
  return success();
}

LogicalResult LogSoftmaxOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  GraphBuilder g(builder, getLoc());
  int64_t dim = getDim();
  Value x = g.widen(getX());
  SoftmaxParts parts = buildSoftmaxParts(g, x, dim);
  Value y = g.sub(parts.shifted, g.expand(g.log(parts.sum), x, dim));
  results.push_back(g.cast(y, getType().getElementType()));
  return success();
}

//===----------------------------------------------------------------------===//
// layer_norm, rms_norm
//===----------------------------------------------------------------------===//

NormParts::NormParts(GraphBuilder &g, Value x, Value weight, double eps, bool isCentered)
    : g(g), x(x), weight(weight), eps(eps), isCentered(isCentered) {
  int64_t rank = cast<RankedTensorType>(x.getType()).getRank();
  int64_t outer = rank - cast<RankedTensorType>(weight.getType()).getRank();
  for (int64_t dim = 0; dim < rank; ++dim)
    (dim < outer ? outerDims : rowDims).push_back(dim);
  if (isCentered)
    mean = meanOverRow(x);
}

Value NormParts::meanOverRow(Value value) { return g.build<ReduceMeanOp>(value, rowDims); }

Value NormParts::sumRows(Value value) { return g.sum(value, outerDims); }

Value NormParts::repeat(Value value) {
  return outerDims.empty() ? value : g.expand(value, x, outerDims);
}

Value NormParts::buildCentered() { return isCentered ? g.sub(x, spread(mean)) : x; }

Value NormParts::buildScale() {
  Value centered = buildCentered();
  Value variance = meanOverRow(g.mul(centered, centered));
  return g.build<RsqrtOp>(g.add(variance, g.fill(variance, eps)));
}

// (mean - x) * -r.
Value NormParts::buildNormalized() {
  Value scale = buildScale();
  if (!isCentered)
    return g.mul(spread(scale), x);
  return g.mul(g.sub(spread(mean), x), spread(g.neg(scale)));
}

Value NormParts::buildResult() {
  Value normalized = g.mul(buildCentered(), spread(buildScale()));
  return g.mul(normalized, repeat(weight));
}

Value NormParts::buildOperandGradient(Value dy) {
  Value normalized = buildNormalized(), h = g.mul(dy, repeat(weight));
  Value projection = meanOverRow(g.mul(h, normalized));
  Value rest = g.sub(h, g.mul(normalized, spread(projection)));
  if (isCentered)
    rest = g.sub(rest, spread(meanOverRow(h)));
  return g.mul(rest, spread(buildScale()));
}

Value NormParts::buildWeightGradient(Value dy) { return sumRows(g.mul(dy, buildNormalized())); }

LogicalResult LayerNormOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  GraphBuilder g(builder, getLoc());
  NormParts parts(g, g.widen(getX()), g.widen(getWeight()), getEps().convertToDouble(), true);
  Value y = parts.buildResult();
  if (getBias())
    y = g.add(y, parts.repeat(g.widen(getBias())));
  results.push_back(g.cast(y, getType().getElementType()));
  return success();
}

LogicalResult RmsNormOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  GraphBuilder g(builder, getLoc());
  NormParts parts(g, g.widen(getX()), g.widen(getWeight()), getEps().convertToDouble(), false);
  results.push_back(g.cast(parts.buildResult(), getType().getElementType()));
  return success();
}
