// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Steps by which random models grow: what language models are made of.
#include "GraphGrower.h"

#include <cmath>

using namespace mlir;

namespace weft {

void GraphGrower::layerNorm() {
  GraphNode x = pick();
  int64_t last = x.getLastDim();
  Value weight = addParameter({last});
  // A row may have next to no deviation.
  APFloat eps(0.5);
  if (flip())
    return add(make<RmsNormOp>(x.value.getType(), x.value, weight, eps), x.times, 2);
  Value vector = flip() ? addParameter({last}) : Value();
  add(make<LayerNormOp>(x.value.getType(), x.value, weight, vector, eps), x.times, 3);
}

// Counted from the place of an element, so that they do not depend on how numbers are rounded.
Value GraphGrower::indices(Value like, ArrayRef<int64_t> inner, int64_t size) {
  SmallVector<int64_t> shape = {ShapedType::kDynamic};
  llvm::append_range(shape, inner);
  Type element = flip() ? builder.getI32Type() : builder.getI64Type();
  auto type = RankedTensorType::get(shape, element);
  auto number = [&](int64_t value) {
    auto scalar = RankedTensorType::get({}, element);
    Value constant =
        make<ConstantOp>(DenseElementsAttr::get(scalar, builder.getIntegerAttr(element, value)));
    return make<BroadcastOp>(type, constant, like, ArrayRef<int64_t>());
  };
  Value sum = number(below(size));
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    Value place = make<IotaOp>(type, like, dim);
    sum = make<AddOp>(sum, make<MulOp>(place, number(1 + below(4))));
  }
  Value whole = make<MulOp>(make<DivOp>(sum, number(size)), number(size));
  return make<SubOp>(sum, whole);
}

void GraphGrower::embed() {
  GraphNode x = pick();
  int64_t rows = size(2, 6, x.getLastDim());
  Value table = addParameter({rows, x.getLastDim()});
  ArrayRef<int64_t> inner = x.getType().getShape().drop_front().drop_back();
  // The row of a padding has no gradient, whatever depends on it.
  auto padding = !options.smooth && flip() ? builder.getI64IntegerAttr(below(rows)) : IntegerAttr();
  Value row = make<EmbeddingOp>(indices(x.value, inner, rows), table, padding);
  add(make<AddOp>(x.value, row), x.times, x.bound + 1);
}

// Of rows, or of elements of each row.
void GraphGrower::gather() {
  GraphNode x = pickOfRank(2 + below(2));
  int64_t bound = x.getType().getDimSize(1), count = size(1, 5, 1);
  Value index = indices(x.value, {count}, bound);
  add(make<GatherOp>(x.value, index, int64_t(1)), x.times, x.bound);
}

void GraphGrower::scatter() {
  GraphNode x = pickOfRank(2 + below(2));
  int64_t count = x.getType().getDimSize(1), places = size(1, 6, 1);
  Value index = indices(x.value, {count}, places);
  add(make<ScatterSumOp>(x.value, index, int64_t(1), places), x.times, x.bound * double(count));
}

void GraphGrower::cumsum() {
  GraphNode x = pick();
  int64_t dim = x.getRank() - 1;
  add(make<CumsumOp>(x.value.getType(), x.value, dim, flip()), x.times,
      x.bound * double(x.getLastDim()));
}

void GraphGrower::topK() {
  GraphNode x = pick();
  int64_t k = std::min(size(1, std::min<int64_t>(x.getLastDim(), 3), 1), x.getLastDim());
  if (k == x.getLastDim())
    add(make<SortOp>(x.value, x.getRank() - 1, /*descending=*/x.getRank() % 2 == 0), x.times,
        x.bound);
  else
    add(make<TopKOp>(x.value, k, x.getRank() - 1), x.times, x.bound);
}

// Rows of a sample attend to each other, in one head.
void GraphGrower::attend() {
  GraphNode x = pickOfRank(3);
  int64_t rows = x.getType().getDimSize(1), width = x.getLastDim();
  if (rows > kMostColumns)
    return;
  auto type = withShape({ShapedType::kDynamic, rows, 1, width});
  Value heads = make<ReshapeOp>(type, bring(x, 2));
  Value mask = flip() ? indices(x.value, {rows}, 3) : Value();
  bool hasBias = flip() && (!isWide() || fits(rows * rows));
  Value bias = hasBias ? addParameter({1, 1, rows, rows}) : Value();
  bool drops = flip(), causal = flip();
  Value seed = drops ? integer(7) : Value(), step = drops ? integer(1) : Value();
  Value offset = drops ? integer(0) : Value();
  auto id = drops ? builder.getI64IntegerAttr(numRandomOps++) : IntegerAttr();
  Value y = make<AttentionOp>(type, heads, heads, heads, mask, bias, seed, step, offset,
                              /*number=*/Value(), causal ? builder.getUnitAttr() : UnitAttr(),
                              FloatAttr(), builder.getF64FloatAttr(drops ? 0.25 : 0), id);
  add(make<ReshapeOp>(x.getType(), y), x.times, x.bound * 4 / 3);
}

} // namespace weft
