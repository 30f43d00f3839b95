// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Composite ops of the Normalization family in primitives.
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
