// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random models with dimensions of up to a million: a loss of batches of vectors and of parameters.
#include "GraphGrower.h"

#include <cmath>

using namespace mlir;

namespace weft {

static SmallVector<int64_t> rangeTo(int64_t end) {
  return llvm::to_vector(llvm::seq<int64_t>(end));
}

bool GraphGrower::fits(const GraphNode &node) const {
  double elements = double(options.batch) * double(node.times);
  for (int64_t dim : node.getType().getShape().drop_front())
    elements *= double(dim);
  return elements <= double(options.maxElements);
}

// Up to `most`, each order of magnitude as often as the others.
int64_t GraphGrower::extent(int64_t most) {
  most = std::clamp<int64_t>(most, 1, kLongest);
  return std::min<int64_t>(most, std::llround(std::exp(words.nextUniform() * std::log(most))));
}

int64_t GraphGrower::size(int64_t least, int64_t bound, int64_t perUnit) {
  if (!isWide() || flip())
    return least + below(bound);
  return std::max(least, extent(options.maxElements / perUnit));
}

// One to three dimensions of together at most `elements`; in every second one, a long one.
SmallVector<int64_t> GraphGrower::wideShape(int64_t elements) {
  SmallVector<int64_t> shape(1 + below(3), 1);
  unsigned first = below(shape.size());
  for (unsigned i = 0; i < shape.size(); ++i) {
    int64_t &dim = shape[(first + i) % shape.size()];
    int64_t most = std::min(elements, kLongest);
    bool isLong = i == 0 && most > kLongest / 10 && flip();
    dim = isLong ? most - below(most - kLongest / 10) : extent(most);
    elements /= dim;
  }
  return shape;
}

// All dimensions at once or one after the other. Where numbers are compared, sums that cancel would
// have no digits left.
Value GraphGrower::reduceToNumber(Value value) {
  if (options.smooth)
    value = make<MulOp>(value, value);
  while (int64_t rank = cast<RankedTensorType>(value.getType()).getRank()) {
    SmallVector<int64_t> dims = rangeTo(rank);
    if (rank > 1 && flip())
      dims = {below(rank)};
    switch (below(options.smooth ? 2 : 3)) {
    case 0:
      value = make<ReduceMeanOp>(value, ArrayRef<int64_t>(dims), false);
      break;
    case 1:
      value = make<ReduceSumOp>(value, ArrayRef<int64_t>(dims), false);
      break;
    default:
      value = make<ReduceMaxOp>(value, ArrayRef<int64_t>(dims), false);
    }
  }
  return value;
}

// What looks along a dimension.
Value GraphGrower::changeOrder(Value value, int64_t dim) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t length = type.getDimSize(dim);
  switch (below(options.smooth ? 5 : 8)) {
  case 0:
    return make<SoftmaxOp>(type, value, dim);
  case 1:
    return make<LogSoftmaxOp>(type, value, dim);
  case 2:
    return make<CumsumOp>(type, make<MulOp>(value, fill(value, 1.0 / double(length))), dim, flip());
  case 3: {
    int64_t count = size(1, 5, type.getNumElements() / length);
    auto places = RankedTensorType::get({count}, builder.getI64Type());
    Value index = make<IotaOp>(places, Value(), int64_t(0));
    if (count > length)
      index = make<SubOp>(index, index);
    // The index has the dimensions of the input up to `dim`.
    if (dim > 0)
      return value;
    return make<GatherOp>(value, index, dim);
  }
  case 4: {
    Value reduced = make<ReduceSumOp>(value, ArrayRef<int64_t>{dim}, true);
    return make<SubOp>(value, make<BroadcastOp>(reduced, value, rangeTo(type.getRank())));
  }
  case 5:
    return make<SortOp>(value, dim, flip());
  case 6:
    return make<TopKOp>(value, std::min(size(1, 3, 1), length), dim);
  default: {
    Value reduced = make<ReduceMaxOp>(value, ArrayRef<int64_t>{dim}, true);
    return make<SubOp>(value, make<BroadcastOp>(reduced, value, rangeTo(type.getRank())));
  }
  }
}

// The elements elsewhere.
Value GraphGrower::changeShape(Value value, int64_t dim) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t length = type.getDimSize(dim), elements = type.getNumElements();
  switch (below(5)) {
  case 0: {
    SmallVector<int64_t> dims = rangeTo(type.getRank());
    std::rotate(dims.begin(), dims.begin() + dim, dims.end());
    return make<PermuteOp>(value, ArrayRef<int64_t>(dims));
  }
  case 1:
    return make<ReshapeOp>(withShape({elements}), value);
  case 2: {
    int64_t start = below(length), limit = start + 1 + below(length - start);
    return make<SliceOp>(value, dim, start, limit);
  }
  case 3:
    return fits(2 * elements) ? make<ConcatOp>(ValueRange{value, value}, uint64_t(dim)) : value;
  default: {
    SmallVector<int64_t> low(type.getRank(), 0), high(type.getRank(), 0);
    high[dim] = fits(elements / length * (length + 3)) ? 3 : 0;
    return make<PadOp>(value, ArrayRef<int64_t>(low), ArrayRef<int64_t>(high), APFloat(0.5));
  }
  }
}

Value GraphGrower::changeParameter(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t last = type.getRank() - 1, dim = below(type.getRank());
  switch (below(options.smooth ? 7 : 8)) {
  case 0:
    return make<MulOp>(value, value);
  case 1:
    return make<ExpOp>(make<TanhOp>(value));
  case 2:
    return make<MulOp>(make<SinOp>(value), make<CosOp>(value));
  case 3:
    return changeShape(value, dim);
  case 4: {
    Value weight = addParameter({type.getShape().back()});
    return make<LayerNormOp>(type, value, weight, Value(), APFloat(0.5));
  }
  case 5: {
    int64_t rows = last == 1 ? type.getDimSize(0) : 0;
    if (!rows || !fits(rows * rows))
      return make<NegOp>(value);
    return make<MatmulOp>(value, value, /*transpose_a=*/false, /*transpose_b=*/true);
  }
  case 6:
    return changeOrder(value, dim);
  default:
    return flip() ? make<MaximumOp>(value, make<MulOp>(value, fill(value, 0.5)))
                  : make<ReluOp>(value);
  }
}

// A number made of a parameter.
Value GraphGrower::penalty() {
  Value value = addParameter(wideShape(options.maxElements));
  for (int64_t i = below(4); i > 0; --i)
    value = changeParameter(value);
  return reduceToNumber(value);
}

// A number made of the batch, or of a parameter.
Value GraphGrower::wideTerm() {
  GraphNode a = pick(), b = pickLike(a);
  auto flat = [&](const GraphNode &node) {
    return make<ReshapeOp>(withShape({ShapedType::kDynamic}), node.value);
  };
  LossReduction reduction = flip() ? LossReduction::Mean : LossReduction::Sum;
  switch (below(options.smooth ? 5 : 7)) {
  case 0:
    return make<MseLossOp>(flat(a), flat(b), reduction);
  case 1:
    return make<BinaryCrossEntropyWithLogitsOp>(flat(a), flat(b), reduction);
  case 2: {
    GraphNode y = pickOfRank(2);
    Value labels = indices(y.value, {}, y.getLastDim());
    return make<CrossEntropyOp>(y.value, labels, Value(), reduction, int64_t(-100), APFloat(0.0));
  }
  case 3:
    return penalty();
  case 4:
    return reduceToNumber(a.value);
  case 5:
    return make<L1LossOp>(flat(a), flat(b), reduction);
  default:
    return reduceToNumber(make<MaximumOp>(a.value, make<MulOp>(b.value, fill(b.value, 0.5))));
  }
}

void GraphGrower::buildWideLoss() {
  int64_t most = std::min(kLongest, std::max<int64_t>(1, options.maxElements / options.batch));
  bool isLong = most > kLongest / 10 && flip();
  int64_t features = isLong ? most - below(most - kLongest / 10) : extent(most);
  auto inputType = withShape({ShapedType::kDynamic, features});
  builder.setInsertionPointToEnd(&model.getBody().front());
  auto function = func::FuncOp::create(
      builder, loc, "loss", builder.getFunctionType({inputType, inputType}, withShape({})));
  builder.setInsertionPointToStart(function.addEntryBlock());
  // Whatever it is made of, the loss depends on a parameter.
  Value weight = addParameter({features});
  for (Value argument : function.getArguments()) {
    Value scale = make<BroadcastOp>(weight, argument, ArrayRef<int64_t>{1});
    nodes.push_back({make<MulOp>(argument, scale), 1, 2});
  }
  for (unsigned i = 0; i < options.size; ++i) {
    appendRandomStep();
    while (!fits(nodes.back()))
      nodes.pop_back();
  }
  Value sum = wideTerm();
  for (int64_t i = below(3); i > 0; --i)
    sum = make<AddOp>(sum, wideTerm());
  func::ReturnOp::create(builder, loc, sum);
  nameInputs();
}

} // namespace weft
