// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The steps by which random models grow.
#include "GraphGrower.h"

#include <cmath>

using namespace mlir;

namespace weft {

const GraphGrower::StepKind GraphGrower::steps[] = {
    {&GraphGrower::smoothUnary, true},   {&GraphGrower::kinkedUnary, false},
    {&GraphGrower::positiveUnary, true}, {&GraphGrower::binary, true},
    {&GraphGrower::kinkedBinary, false}, {&GraphGrower::quotient, true},
    {&GraphGrower::power, true},         {&GraphGrower::choose, false},
    {&GraphGrower::normalize, true},     {&GraphGrower::linear, true},
    {&GraphGrower::matmul, true},        {&GraphGrower::batchedMatmul, true},
    {&GraphGrower::bias, true},          {&GraphGrower::reduce, true},
    {&GraphGrower::reduceMax, false},    {&GraphGrower::split, true},
    {&GraphGrower::mergeDims, true},     {&GraphGrower::transpose, true},
    {&GraphGrower::slice, true},         {&GraphGrower::concat, true},
    {&GraphGrower::pad, true},           {&GraphGrower::rowsOfRows, true},
    {&GraphGrower::throughDouble, true}, {&GraphGrower::dropout, true},
    {&GraphGrower::layerNorm, true},     {&GraphGrower::embed, true},
    {&GraphGrower::gather, true},        {&GraphGrower::scatter, true},
    {&GraphGrower::cumsum, true},        {&GraphGrower::topK, false},
    {&GraphGrower::attend, true},
};

void GraphGrower::appendRandomStep() {
  const StepKind *kind = nullptr;
  do
    kind = &steps[below(std::size(steps))];
  while (options.smooth && !kind->smooth);
  (this->*kind->step)();
}

//===----------------------------------------------------------------------===//
// Elementwise steps
//===----------------------------------------------------------------------===//

void GraphGrower::smoothUnary() {
  GraphNode x = pick();
  Value v = x.value;
  switch (below(9)) {
  case 0:
    return add(make<NegOp>(v), x.times, x.bound);
  case 1:
    return add(make<TanhOp>(v), x.times, 1);
  case 2:
    return add(make<SigmoidOp>(v), x.times, 1);
  case 3:
    return add(make<SinOp>(v), x.times, 1);
  case 4:
    return add(make<CosOp>(v), x.times, 1);
  case 5:
    return add(make<ErfOp>(v), x.times, 1);
  case 6:
    return add(
        make<GeluOp>(v.getType(), v, flip() ? GeluApproximation::Tanh : GeluApproximation::None),
        x.times, x.bound);
  case 7:
    return add(make<SiluOp>(v), x.times, x.bound);
  default:
    return add(make<ExpOp>(bring(x, 1)), x.times, std::exp(1.0));
  }
}

void GraphGrower::kinkedUnary() {
  GraphNode x = pick();
  Value v = x.value;
  switch (below(3)) {
  case 0:
    return add(make<ReluOp>(v), x.times, x.bound);
  case 1:
    return add(make<AbsOp>(v), x.times, x.bound);
  default:
    return add(make<ClampOp>(v.getType(), v, builder.getF64FloatAttr(-0.75),
                             flip() ? builder.getF64FloatAttr(0.5) : FloatAttr()),
               x.times, x.bound);
  }
}

// Functions of positive numbers, of x^2 + 0.5.
void GraphGrower::positiveUnary() {
  GraphNode x = pick();
  Value v = bring(x, 2);
  Value positive = make<AddOp>(make<MulOp>(v, v), fill(v, 0.5));
  switch (below(3)) {
  case 0:
    return add(make<LogOp>(positive), x.times, 2);
  case 1:
    return add(make<SqrtOp>(positive), x.times, 2.2);
  default:
    return add(make<RsqrtOp>(positive), x.times, 1.5);
  }
}

void GraphGrower::binary() {
  GraphNode a = pick(), b = pickLike(a);
  switch (below(3)) {
  case 0:
    return add(make<AddOp>(a.value, b.value), a.times, a.bound + b.bound);
  case 1:
    return add(make<SubOp>(a.value, b.value), a.times, a.bound + b.bound);
  default:
    return add(make<MulOp>(a.value, b.value), a.times, a.bound * b.bound);
  }
}

void GraphGrower::kinkedBinary() {
  GraphNode a = pick(), b = pickLike(a);
  double bound = std::max(a.bound, b.bound);
  add(flip() ? make<MaximumOp>(a.value, b.value) : make<MinimumOp>(a.value, b.value), a.times,
      bound);
}

void GraphGrower::quotient() {
  GraphNode a = pick(), b = pickLike(a);
  Value divisor = make<AddOp>(make<MulOp>(b.value, b.value), fill(b.value, 1));
  add(make<DivOp>(a.value, divisor), a.times, a.bound);
}

void GraphGrower::power() {
  GraphNode a = pick(), b = pickLike(a);
  Value base = make<AddOp>(make<SigmoidOp>(a.value), fill(a.value, 0.5));
  add(make<PowOp>(base, bring(b, 2)), a.times, 4);
}

void GraphGrower::choose() {
  GraphNode a = pick(), b = pickLike(a);
  Value condition = make<CompareOp>(flip() ? ComparePredicate::GT : ComparePredicate::LE, a.value,
                                    fill(a.value, 0.125));
  if (flip())
    condition = make<NotOp>(condition);
  add(make<SelectOp>(condition, a.value, b.value), a.times, std::max(a.bound, b.bound));
}

void GraphGrower::throughDouble() {
  GraphNode x = pick();
  Value wide = make<CastOp>(x.value, builder.getF64Type());
  add(make<CastOp>(make<MulOp>(wide, wide), builder.getF32Type()), x.times, x.bound * x.bound);
}

void GraphGrower::dropout() {
  GraphNode x = pick();
  if (x.getLastDim() > kMostColumns)
    return;
  Value seed = integer(7), step = integer(1), offset = integer(0);
  add(make<DropoutOp>(x.value.getType(), x.value, seed, step, offset, builder.getF64FloatAttr(0.25),
                      builder.getI64IntegerAttr(numRandomOps++)),
      x.times, x.bound * 4 / 3);
}

//===----------------------------------------------------------------------===//
// Contractions, reductions and normalizations
//===----------------------------------------------------------------------===//

void GraphGrower::linear() {
  GraphNode x = pick();
  int64_t inputs = x.getLastDim(), outputs = size(2, 6, inputs);
  Value weight = addParameter({outputs, inputs});
  Value bias = flip() ? addParameter({outputs}) : Value();
  Value result = LinearOp::create(builder, loc, x.value, weight, bias);
  add(result, x.times, x.bound * std::sqrt(double(inputs)) + 1);
}

void GraphGrower::matmul() {
  GraphNode x = pickOfRank(2);
  int64_t inputs = x.getLastDim(), outputs = size(1, 7, inputs);
  bool transposed = flip();
  Value weight = transposed ? addParameter({outputs, inputs}) : addParameter({inputs, outputs});
  add(make<MatmulOp>(x.value, weight, /*transpose_a=*/false, transposed), x.times,
      x.bound * double(inputs));
}

// The Gram matrices of a batch, as attention scores are.
void GraphGrower::batchedMatmul() {
  GraphNode x = pickOfRank(3);
  bool inner = flip();
  int64_t summed = inner ? x.getLastDim() : x.getType().getDimSize(1);
  Value scaled = make<MulOp>(x.value, fill(x.value, 1 / std::sqrt(double(summed))));
  add(make<MatmulOp>(scaled, x.value, /*transpose_a=*/!inner, /*transpose_b=*/inner), x.times,
      x.bound * x.bound * std::sqrt(double(summed)));
}

void GraphGrower::bias() {
  GraphNode x = pick();
  Value vector = addParameter({x.getLastDim()});
  Value repeated = make<BroadcastOp>(vector, x.value, ArrayRef<int64_t>{x.getRank() - 1});
  add(make<AddOp>(x.value, repeated), x.times, x.bound + 1);
}

void GraphGrower::normalize() {
  GraphNode x = pick();
  int64_t dim = x.getRank() - 1 - below(x.getRank() - 1);
  bool logarithm = flip();
  Value v = bring(x, 3);
  if (logarithm)
    return add(make<LogSoftmaxOp>(v.getType(), v, dim), x.times, kLargest);
  add(make<SoftmaxOp>(v.getType(), v, dim), x.times, 1);
}

// A reduction of the last dimension, repeated to the shape it came from.
void GraphGrower::reduce() {
  GraphNode x = pick();
  int64_t last = x.getRank() - 1;
  bool mean = flip();
  Value reduced = mean ? make<ReduceMeanOp>(x.value, ArrayRef<int64_t>{last}, flip())
                       : make<ReduceSumOp>(x.value, ArrayRef<int64_t>{last}, false);
  bool kept = cast<RankedTensorType>(reduced.getType()).getRank() == x.getRank();
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(kept ? x.getRank() : last));
  Value repeated = make<BroadcastOp>(reduced, x.value, ArrayRef<int64_t>(dims));
  add(make<SubOp>(x.value, repeated), x.times, x.bound * (mean ? 2 : 1 + double(x.getLastDim())));
}

void GraphGrower::reduceMax() {
  GraphNode x = pick();
  int64_t last = x.getRank() - 1;
  Value reduced = make<ReduceMaxOp>(x.value, ArrayRef<int64_t>{last}, true);
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(x.getRank()));
  Value repeated = make<BroadcastOp>(reduced, x.value, ArrayRef<int64_t>(dims));
  add(make<SubOp>(x.value, repeated), x.times, 2 * x.bound);
}

//===----------------------------------------------------------------------===//
// Shape steps
//===----------------------------------------------------------------------===//

// [rows, n] to [rows, n / d, d].
void GraphGrower::split() {
  GraphNode x = pickOfRank(2);
  int64_t size = x.getLastDim(), divisor = 1;
  for (int64_t d = 2; d < size; ++d)
    if (size % d == 0)
      divisor = d;
  auto type = withShape({ShapedType::kDynamic, size / divisor, divisor});
  add(make<ReshapeOp>(type, x.value), x.times, x.bound);
}

void GraphGrower::mergeDims() {
  GraphNode x = nodes.back();
  int64_t size = 1;
  for (int64_t dim : x.getType().getShape().drop_front())
    size *= dim;
  add(make<ReshapeOp>(withShape({ShapedType::kDynamic, size}), x.value), x.times, x.bound);
}

void GraphGrower::transpose() {
  GraphNode x = pickOfRank(3);
  add(make<PermuteOp>(x.value, ArrayRef<int64_t>{0, 2, 1}), x.times, x.bound);
}

void GraphGrower::slice() {
  GraphNode x = pick();
  int64_t size = x.getLastDim(), start = below(size), limit = start + 1 + below(size - start);
  add(make<SliceOp>(x.value, x.getRank() - 1, start, limit), x.times, x.bound);
}

void GraphGrower::concat() {
  GraphNode a = pick(), b = pickLike(a);
  int64_t last = a.getRank() - 1;
  if (a.getLastDim() > 12 && !isWide())
    return;
  add(make<ConcatOp>(ValueRange{a.value, b.value}, uint64_t(last)), a.times,
      std::max(a.bound, b.bound));
}

void GraphGrower::pad() {
  GraphNode x = pick();
  if (x.getLastDim() > 12 && !isWide())
    return;
  SmallVector<int64_t> low(x.getRank(), 0), high(x.getRank(), 0);
  low.back() = below(2);
  high.back() = 1;
  add(make<PadOp>(x.value, ArrayRef<int64_t>(low), ArrayRef<int64_t>(high), APFloat(0.5)), x.times,
      std::max(x.bound, 0.5));
}

// [rows, a, b] to [a x rows, b]: rows that are a multiple of the batch.
void GraphGrower::rowsOfRows() {
  GraphNode x = pickOfRank(3);
  if (x.times > 4)
    return;
  auto type = withShape({ShapedType::kDynamic, x.getLastDim()});
  add(make<ReshapeOp>(type, x.value), x.times * x.getType().getDimSize(1), x.bound);
}

} // namespace weft
