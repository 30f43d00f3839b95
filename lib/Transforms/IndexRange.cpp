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

// Moves in a row that are followed.
static constexpr unsigned kMaxDepth = 512;

static std::optional<IndexRange> getIndexRangeWithin(Value value, unsigned depth) {
  std::optional<IndexRange> range;
  if (depth == kMaxDepth)
    return range;
  for (OpOperand &use : value.getUses()) {
    Operation *op = use.getOwner();
    std::optional<IndexRange> used;
    if (auto reader = dyn_cast<IndexOperandOpInterface>(op))
      used = reader.getIndexRange(use.getOperandNumber());
    // Elements that are only moved, repeated or widened.
    bool isMove = isa<ReshapeOp, PermuteOp, SliceOp, BroadcastOp, CastOp>(op);
    if (!used && isMove && isIntegerTensor(op->getResult(0).getType()))
      used = getIndexRangeWithin(op->getResult(0), depth + 1);
    if (used)
      intersect(range, *used);
  }
  return range;
}

std::optional<IndexRange> weft::getIndexRange(Value value) { return getIndexRangeWithin(value, 0); }

void weft::recordIndexRanges(func::FuncOp function) {
  for (BlockArgument argument : function.getArguments()) {
    unsigned index = argument.getArgNumber();
    if (!isIntegerTensor(argument.getType()) || !function.getArgAttr(index, kInputAttr))
      continue;
    std::optional<IndexRange> range = getIndexRange(argument);
    if (!range)
      continue;
    SmallVector<int64_t> numbers = {range->low, range->high};
    if (range->ignore)
      numbers.push_back(*range->ignore);
    function.setArgAttr(index, kIndexRangeAttr,
                        DenseI64ArrayAttr::get(function.getContext(), numbers));
  }
}

std::optional<IndexRange> weft::getRecordedIndexRange(func::FuncOp function, unsigned argument) {
  auto attr = function.getArgAttrOfType<DenseI64ArrayAttr>(argument, kIndexRangeAttr);
  if (!attr || attr.size() < 2)
    return std::nullopt;
  IndexRange range{attr[0], attr[1], std::nullopt};
  if (attr.size() > 2)
    range.ignore = attr[2];
  return range;
}
