// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the composites of the Indexing family stand for.
#include "dialects/Weft/GraphBuilder.h"

#include <limits>

using namespace mlir;
using namespace weft;

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

LogicalResult ScatterAddOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  GraphBuilder g(builder, getLoc());
  int64_t size = getInput().getType().getDimSize(getDim());
  Value sums = g.build<ScatterSumOp>(getSrc(), getIndex(), getDim(), size);
  results.push_back(g.add(getInput(), sums));
  return success();
}

// k times: the place of the largest element that was not taken yet, or of the first one if all that
// are left are minus infinity.
LogicalResult TopKOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  RankedTensorType type = getX().getType();
  int64_t dim = getDim();
  if (ShapedType::isDynamic(type.getDimSize(dim)))
    return failure();
  GraphBuilder g(builder, getLoc());
  Value x = getX(), places = g.iota(x, dim, builder.getI64Type());
  Value lowest = g.fill(x, -std::numeric_limits<double>::infinity());
  Value isLeft;
  SmallVector<Value> values, indices;
  for (uint64_t i = 0; i < getK(); ++i) {
    Value left = isLeft ? g.select(isLeft, x, lowest) : x;
    Value best = g.build<ArgmaxOp>(left, dim, /*keepdim=*/true);
    Value value = g.build<ReduceMaxOp>(left, ArrayRef<int64_t>{dim}, /*keepdim=*/true);
    if (isLeft) {
      Value first = g.build<ArgmaxOp>(g.cast(isLeft, builder.getF32Type()), dim, /*keepdim=*/true);
      Value isLowest = g.compare(ComparePredicate::EQ, value,
                                 g.fill(value, -std::numeric_limits<double>::infinity()));
      best = g.select(isLowest, first, best);
    }
    values.push_back(value);
    indices.push_back(best);
    Value isOther = g.compare(ComparePredicate::NE, places, g.expand(best, places, dim, true));
    isLeft = isLeft ? g.build<AndOp>(isLeft, isOther) : isOther;
  }
  results.push_back(g.build<ConcatOp>(values, dim));
  results.push_back(g.build<ConcatOp>(indices, dim));
  return success();
}
