// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention and its gradient in primitives.
#include "dialects/Weft/AttentionParts.h"

using namespace mlir;
using namespace weft;

// The score of a key that is not attended to: its exponential is 0.
static constexpr double kLowest = -3.4028234663852886e38;

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

AttentionParts::AttentionParts(GraphBuilder &g, const AttentionSetting &setting)
    : g(g), setting(setting) {
  query = toHeads(setting.query);
  key = toHeads(setting.key);
  value = toHeads(setting.value);
  buildWeights();
}

Value AttentionParts::toHeads(Value tensor) {
  return g.build<PermuteOp>(g.widen(tensor), ArrayRef<int64_t>{0, 2, 1, 3});
}

Value AttentionParts::fromHeads(Value tensor, Type type) {
  Value moved = g.build<PermuteOp>(tensor, ArrayRef<int64_t>{0, 2, 1, 3});
  return g.cast(moved, cast<RankedTensorType>(type).getElementType());
}

Value AttentionParts::scaled(Value tensor) { return g.mul(tensor, g.fill(tensor, setting.scale)); }

Value AttentionParts::rowSums(Value scores) { return g.expand(g.sum(scores, {3}), scores, {3}); }

Value AttentionParts::spreadBias(Value bias) {
  return g.build<BroadcastOp>(g.widen(bias), weights, getAllDims(4));
}

Value AttentionParts::reduceToBias(Value scores, Type biasType) {
  auto type = cast<RankedTensorType>(biasType);
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < 4; ++dim)
    if (type.getDimSize(dim) == 1 && typeOf(scores).getDimSize(dim) != 1)
      dims.push_back(dim);
  Value sum = dims.empty()
                  ? scores
                  : g.build<ReduceSumOp>(scores, ArrayRef<int64_t>(dims), /*keepdim=*/true);
  return g.cast(sum, type.getElementType());
}

Value AttentionParts::buildAttended(Value scores) {
  Value attended;
  if (setting.mask) {
    Value isKey = setting.mask;
    if (!typeOf(isKey).getElementType().isInteger(1))
      isKey = g.compare(ComparePredicate::NE, isKey, g.fill(isKey, 0.0));
    attended = g.build<BroadcastOp>(isKey, scores, ArrayRef<int64_t>{0, 3});
  }
  if (setting.isCausal) {
    Type i32 = IntegerType::get(scores.getContext(), 32);
    Value isBefore =
        g.compare(ComparePredicate::LE, g.iota(scores, 3, i32), g.iota(scores, 2, i32));
    attended = attended ? g.build<AndOp>(attended, isBefore) : isBefore;
  }
  return attended;
}

void AttentionParts::buildWeights() {
  Value scores = scaled(product(query, key, false, true));
  if (setting.bias)
    scores = g.add(scores, g.build<BroadcastOp>(g.widen(setting.bias), scores, getAllDims(4)));
  Value attended = buildAttended(scores);
  auto choose = [&](Value values) {
    return attended ? g.select(attended, values, g.fill(scores, kLowest)) : values;
  };
  Value maximum = g.build<ReduceMaxOp>(choose(scores), ArrayRef<int64_t>{3});
  Value exponentials = g.exp(choose(g.sub(scores, g.expand(maximum, scores, {3}))));
  Value sum = g.sum(exponentials, {3});
  if (attended) {
    // A query that attends to no key.
    Value isEmpty = g.compare(ComparePredicate::EQ, sum, g.fill(sum, 0.0));
    sum = g.select(isEmpty, g.fill(sum, 1.0), sum);
    Value zero = g.fill(scores, 0.0);
    exponentials = g.select(attended, exponentials, zero);
  }
  weights = g.div(exponentials, g.expand(sum, scores, {3}));
}

Value AttentionParts::drop(Value scores) {
  if (!setting.isDrawn())
    return scores;
  RankedTensorType type = typeOf(scores);
  FloatAttr p = FloatAttr::get(Float64Type::get(type.getContext()), setting.p);
  if (!kept)
    kept = g.build<DropoutMaskOp>(type.clone(IntegerType::get(type.getContext(), 1)), setting.seed,
                                  setting.step, setting.sampleOffset,
                                  type.hasStaticShape() ? Value() : scores,
                                  setting.number ? ValueRange(setting.number) : ValueRange(), p,
                                  setting.id, /*rows_per_sample=*/IntegerAttr());
  Value larger = g.mul(scores, g.fill(scores, 1 / (1 - setting.p.convertToDouble())));
  return g.select(kept, larger, g.fill(scores, 0.0));
}

// Dropout without its numbers has no mask.
static bool lacksNumbers(const AttentionSetting &setting) {
  return setting.isDrawn() && !setting.id;
}

LogicalResult AttentionOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  AttentionSetting setting = AttentionSetting::of(*this);
  if (lacksNumbers(setting))
    return failure();
  GraphBuilder g(builder, getLoc());
  AttentionParts parts(g, setting);
  results.push_back(
      parts.fromHeads(parts.product(parts.drop(parts.weights), parts.value), getType()));
  return success();
}

LogicalResult AttentionGradientOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  AttentionSetting setting = AttentionSetting::of(*this);
  if (lacksNumbers(setting))
    return failure();
  GraphBuilder g(builder, getLoc());
  AttentionParts parts(g, setting);
  Value dy = parts.toHeads(getDy()), w = parts.weights;
  Value dvalue = parts.product(parts.drop(w), dy, true);
  Value e = parts.drop(parts.product(dy, parts.value, false, true));
  Value ds = g.mul(w, g.sub(e, parts.rowSums(g.mul(w, e))));
  Value dquery = parts.scaled(parts.product(ds, parts.key));
  Value dkey = parts.scaled(parts.product(ds, parts.query, true));
  results.push_back(parts.fromHeads(dquery, getDquery().getType()));
  results.push_back(parts.fromHeads(dkey, getDkey().getType()));
  results.push_back(parts.fromHeads(dvalue, getDvalue().getType()));
  if (getDbias())
    results.push_back(parts.reduceToBias(ds, getDbias().getType()));
  return success();
}
