// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ranges of index inputs, from the ops that read them.
#include "weft/Transforms/IndexRange.h"
#include "dialects/Weft/Weft.h"

#include <algorithm>

using namespace mlir;
using namespace weft;

static bool isIntegerTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<IntegerType>(tensor.getElementType());
}

//===----------------------------------------------------------------------===//
// Places in a sample
//===----------------------------------------------------------------------===//

namespace {

// The elements of a value, by the places that they have in a sample of the input that they come
// from.
struct Elements {
  SmallVector<int64_t> places;
  // Whether they are those of one sample of the value, row-major; else just all that it holds.
  bool inOrder = true;
};

} // namespace

// Larger samples are taken as a whole.
constexpr int64_t kMaxPlaces = 1 << 20;
// Patterns of more pieces are left to the checks of kernels.
constexpr size_t kMaxRuns = 4096;

static bool isBatched(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor.getRank() > 0 && tensor.isDynamicDim(0);
}

// Sizes without a dynamic batch; of a static one, all rows are one sample.
static ArrayRef<int64_t> getSampleShape(Type type) {
  return cast<RankedTensorType>(type).getShape().drop_front(isBatched(type));
}

// The number of elements of a sample, or 0 if it is not known or too large.
static int64_t countPlaces(Type type) {
  int64_t count = 1;
  for (int64_t size : getSampleShape(type)) {
    if (ShapedType::isDynamic(size) || size > kMaxPlaces)
      return 0;
    count *= size;
    if (count > kMaxPlaces)
      return 0;
  }
  return count;
}

static Elements getAllElements(Type type) {
  int64_t count = countPlaces(type);
  if (count == 0)
    return {{0}, false};
  return {llvm::to_vector(llvm::seq<int64_t>(0, count)), true};
}

// Places picked by an affine map of the indices of a result's sample: `start` plus, for each
// dimension, the index times its stride.
static Elements pick(const Elements &from, ArrayRef<int64_t> shape, int64_t start,
                     ArrayRef<int64_t> strides) {
  Elements picked;
  SmallVector<int64_t> index(shape.size(), 0);
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  for (int64_t i = 0; i < count; ++i) {
    int64_t place = start;
    for (auto [position, stride] : llvm::zip(index, strides))
      place += position * stride;
    picked.places.push_back(from.places[place]);
    for (size_t dim = shape.size(); dim-- > 0 && ++index[dim] == shape[dim];)
      index[dim] = 0;
  }
  return picked;
}

static SmallVector<int64_t> getStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t dim = shape.size(); dim-- > 1;)
    strides[dim - 1] = strides[dim] * shape[dim];
  return strides;
}

static std::optional<Elements> followSlice(SliceOp slice, const Elements &from) {
  int64_t batch = isBatched(slice.getInput().getType());
  bool isWhole = !batch || (slice.getStarts()[0] == 0 && slice.getLimits()[0] < 0 &&
                            slice.getStrides()[0] == 1);
  if (!from.inOrder || !isWhole || isBatched(slice.getType()) != batch)
    return std::nullopt;
  SmallVector<int64_t> strides = getStrides(getSampleShape(slice.getInput().getType()));
  int64_t start = 0;
  for (auto [dim, stride] : llvm::enumerate(strides)) {
    start += slice.getStarts()[dim + batch] * stride;
    stride *= slice.getStrides()[dim + batch];
  }
  return pick(from, getSampleShape(slice.getType()), start, strides);
}

static Elements followPermute(PermuteOp permute, const Elements &from) {
  int64_t batch = isBatched(permute.getInput().getType());
  if (!from.inOrder || (batch && permute.getDims()[0] != 0))
    return {from.places, false};
  SmallVector<int64_t> before = getStrides(getSampleShape(permute.getInput().getType())), strides;
  for (int64_t dim : permute.getDims().drop_front(batch))
    strides.push_back(before[dim - batch]);
  return pick(from, getSampleShape(permute.getType()), 0, strides);
}

// Elements that are only moved, repeated or widened.
static bool isMove(Operation *op) {
  return isa<ReshapeOp, PermuteOp, SliceOp, BroadcastOp, CastOp>(op);
}

// What of `from`, its first operand's elements, a move's result holds; nothing if that is not
// known.
static std::optional<Elements> follow(Operation *op, const Elements &from) {
  if (auto slice = dyn_cast<SliceOp>(op))
    return followSlice(slice, from);
  if (auto permute = dyn_cast<PermuteOp>(op))
    return followPermute(permute, from);
  Type before = op->getOperand(0).getType(), after = op->getResult(0).getType();
  bool keepsOrder = isBatched(before) == isBatched(after) &&
                    countPlaces(before) == countPlaces(after) && !isa<BroadcastOp>(op);
  return Elements{from.places, from.inOrder && keepsOrder};
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

// Both must hold. An index that is ignored must be ignored by all readers.
static void intersect(std::optional<IndexRange> &range, const IndexRange &other) {
  if (!range) {
    range = other;
    return;
  }
  range->low = std::max(range->low, other.low);
  range->high = std::min(range->high, other.high);
  if (range->ignore != other.ignore)
    range->ignore.reset();
}

static bool isSame(const std::optional<IndexRange> &a, const std::optional<IndexRange> &b) {
  return a && b ? a->low == b->low && a->high == b->high && a->ignore == b->ignore : !a && !b;
}

// Moves in a row that are followed.
constexpr unsigned kMaxDepth = 512;

// Narrows the ranges of the places that ops read through `value`.
static void collectRanges(Value value, const Elements &elements,
                          MutableArrayRef<std::optional<IndexRange>> ranges, unsigned depth = 0) {
  if (depth == kMaxDepth)
    return;
  for (OpOperand &use : value.getUses()) {
    Operation *op = use.getOwner();
    std::optional<IndexRange> used;
    if (auto reader = dyn_cast<IndexOperandOpInterface>(op))
      used = reader.getIndexRange(use.getOperandNumber());
    if (used)
      for (int64_t place : elements.places)
        intersect(ranges[place], *used);
    else if (isMove(op) && use.getOperandNumber() == 0 &&
             isIntegerTensor(op->getResult(0).getType()))
      if (std::optional<Elements> moved = follow(op, elements))
        collectRanges(op->getResult(0), *moved, ranges, depth + 1);
  }
}

std::optional<IndexRange> weft::getIndexRange(Value value) {
  Elements elements = getAllElements(value.getType());
  SmallVector<std::optional<IndexRange>> ranges(elements.places.size());
  collectRanges(value, elements, ranges);
  std::optional<IndexRange> all;
  for (const std::optional<IndexRange> &range : ranges)
    if (range)
      intersect(all, *range);
  return all;
}

// One run if all places have the same range, else those of the shortest pattern that repeats.
static SmallVector<IndexRun> getRuns(ArrayRef<std::optional<IndexRange>> ranges) {
  size_t period = 1;
  auto repeats = [&] {
    if (ranges.size() % period != 0)
      return false;
    for (size_t i = period; i < ranges.size(); ++i)
      if (!isSame(ranges[i], ranges[i - period]))
        return false;
    return true;
  };
  while (!repeats())
    ++period;
  SmallVector<IndexRun> runs;
  for (const std::optional<IndexRange> &range : ranges.take_front(period)) {
    if (!runs.empty() && isSame(runs.back().range, range))
      ++runs.back().count;
    else
      runs.push_back({1, range});
  }
  return runs;
}

//===----------------------------------------------------------------------===//
// Records
//===----------------------------------------------------------------------===//

static DenseI64ArrayAttr buildRun(MLIRContext *context, const IndexRun &run, bool counts) {
  SmallVector<int64_t> numbers;
  if (counts)
    numbers.push_back(run.count);
  IndexRange range = run.range.value_or(IndexRange());
  numbers.append({range.low, range.high});
  if (range.ignore)
    numbers.push_back(*range.ignore);
  return DenseI64ArrayAttr::get(context, numbers);
}

static IndexRun readRun(ArrayRef<int64_t> numbers, bool counts) {
  IndexRun run;
  if (counts && !numbers.empty()) {
    run.count = numbers[0];
    numbers = numbers.drop_front();
  }
  if (numbers.size() < 2 || (counts && numbers[0] == numbers[1]))
    return run;
  run.range = IndexRange{numbers[0], numbers[1], std::nullopt};
  if (numbers.size() > 2)
    run.range->ignore = numbers[2];
  return run;
}

void weft::recordIndexRanges(func::FuncOp function) {
  MLIRContext *context = function.getContext();
  SmallVector<DictionaryAttr> attributes;
  function.getAllArgAttrs(attributes);
  for (BlockArgument argument : function.getArguments()) {
    unsigned index = argument.getArgNumber();
    if (!isIntegerTensor(argument.getType()) || !function.getArgAttr(index, kInputAttr))
      continue;
    Elements elements = getAllElements(argument.getType());
    SmallVector<std::optional<IndexRange>> ranges(elements.places.size());
    collectRanges(argument, elements, ranges);
    SmallVector<IndexRun> runs = getRuns(ranges);
    if (runs.size() > kMaxRuns || (runs.size() == 1 && !runs[0].range))
      continue;
    Attribute record = buildRun(context, runs[0], /*counts=*/false);
    if (runs.size() > 1)
      record = ArrayAttr::get(context, llvm::map_to_vector(runs, [&](const IndexRun &run) {
                                return Attribute(buildRun(context, run, /*counts=*/true));
                              }));
    NamedAttrList list(attributes[index]);
    list.set(kIndexRangeAttr, record);
    attributes[index] = list.getDictionary(context);
  }
  function.setAllArgAttrs(attributes);
}

SmallVector<IndexRun> weft::getRecordedIndexRuns(func::FuncOp function, unsigned argument) {
  Attribute record = function.getArgAttr(argument, kIndexRangeAttr);
  if (auto one = dyn_cast_or_null<DenseI64ArrayAttr>(record)) {
    IndexRun run = readRun(one, /*counts=*/false);
    return run.range ? SmallVector<IndexRun>{run} : SmallVector<IndexRun>();
  }
  SmallVector<IndexRun> runs;
  if (auto several = dyn_cast_or_null<ArrayAttr>(record))
    for (auto run : several.getAsRange<DenseI64ArrayAttr>())
      runs.push_back(readRun(run, /*counts=*/true));
  return runs;
}

// Widens `hull` by a range; false if no one interval and ignored value hold both.
static bool widen(std::optional<IndexRange> &hull, const IndexRange &range) {
  if (!hull) {
    hull = range;
    return true;
  }
  hull->low = std::min(hull->low, range.low);
  hull->high = std::max(hull->high, range.high);
  if (hull->ignore && range.ignore && hull->ignore != range.ignore)
    return false;
  if (!hull->ignore)
    hull->ignore = range.ignore;
  return true;
}

// The moves that lead from an input to `value`, the last one first; their input.
static Value getMoves(Value value, SmallVectorImpl<Operation *> &moves) {
  while (Operation *op = value.getDefiningOp()) {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    // Narrower integers may be other ones.
    if (!isMove(op) || (isa<CastOp>(op) && type.getElementTypeBitWidth() < 32))
      return {};
    moves.push_back(op);
    value = op->getOperand(0);
  }
  return isIntegerTensor(value.getType()) ? value : Value();
}

std::optional<IndexRange> weft::getRecordedIndexRange(Value value) {
  SmallVector<Operation *> moves;
  auto argument = dyn_cast_or_null<BlockArgument>(getMoves(value, moves));
  auto function =
      argument ? dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp()) : func::FuncOp();
  if (!function)
    return std::nullopt;
  SmallVector<std::optional<IndexRange>> pattern;
  for (const IndexRun &run : getRecordedIndexRuns(function, argument.getArgNumber()))
    pattern.append(run.count, run.range);
  if (pattern.size() < 2)
    return pattern.empty() ? std::nullopt : pattern[0];
  std::optional<Elements> elements = getAllElements(argument.getType());
  for (Operation *move : llvm::reverse(moves))
    if (!(elements = follow(move, *elements)))
      return std::nullopt;
  std::optional<IndexRange> hull;
  for (int64_t place : elements->places) {
    const std::optional<IndexRange> &range = pattern[place % pattern.size()];
    if (!range || !widen(hull, *range))
      return std::nullopt;
  }
  return hull;
}
