// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks of indices that are computed, unless an interval holds them.
#include "dialects/Weft/Weft.h"
#include "weft/Transforms/IndexRange.h"
#include "weft/Transforms/Passes.h"

#include "mlir/IR/Matchers.h"

#include <map>

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_CHECKINDICES
#include "weft/Transforms/Passes.h.inc"

namespace {

/// Bounds beyond this are not followed, so that arithmetic here cannot overflow.
constexpr int64_t kUnbounded = int64_t(1) << 30;

/// Ops in a row that are followed.
constexpr unsigned kMaxDepth = 512;

/// All elements of a tensor: low <= x <= high, or x is `ignored`.
struct Interval {
  int64_t low = -kUnbounded, high = kUnbounded;
  std::optional<int64_t> ignored;

  bool isBounded() const { return low > -kUnbounded && high < kUnbounded && !ignored; }
  bool isWithin(const IndexRange &range) const {
    return low >= range.low && high < range.high && low > -kUnbounded && high < kUnbounded &&
           (!ignored || ignored == range.ignore ||
            (*ignored >= range.low && *ignored < range.high));
  }
};

Interval make(int64_t low, int64_t high) {
  return {std::clamp(low, -kUnbounded, kUnbounded), std::clamp(high, -kUnbounded, kUnbounded),
          std::nullopt};
}

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

class IntervalAnalysis {
public:
  Interval of(Value value) {
    auto found = known.find(value);
    if (found != known.end())
      return found->second;
    // Beyond that, nothing is known: a check costs less than a stack.
    Interval interval;
    if (depth < kMaxDepth) {
      ++depth;
      interval = compute(value);
      --depth;
    }
    known[value] = interval;
    return interval;
  }

private:
  /// Of the positions along a dimension.
  static Interval places(Value tensor, int64_t dim) {
    RankedTensorType type = typeOf(tensor);
    return type.isDynamicDim(dim) ? Interval() : make(0, type.getDimSize(dim) - 1);
  }

  Interval compute(Value value) {
    Type element = typeOf(value).getElementType();
    if (element.isInteger(1))
      return make(0, 1);
    if (!isa<IntegerType>(element))
      return Interval();
    if (std::optional<IndexRange> range = getRecordedIndexRange(value)) {
      Interval interval = make(range->low, range->high - 1);
      interval.ignored = range->ignore;
      return interval;
    }
    if (isa<BlockArgument>(value))
      return Interval();
    DenseIntElementsAttr elements;
    if (matchPattern(value, m_Constant(&elements)))
      return ofConstant(elements);
    return ofResult(cast<OpResult>(value));
  }

  Interval ofResult(OpResult value) {
    Operation *op = value.getOwner();
    if (auto iota = dyn_cast<IotaOp>(op))
      return places(value, iota.getDim());
    if (auto argmax = dyn_cast<ArgmaxOp>(op))
      return places(argmax.getX(), argmax.getDim());
    if (auto top = dyn_cast<TopKOp>(op))
      return places(top.getX(), top.getDim());
    if (auto sort = dyn_cast<SortOp>(op))
      return places(sort.getX(), sort.getDim());
    if (isa<ReshapeOp, PermuteOp, SliceOp, BroadcastOp>(op))
      return of(op->getOperand(0));
    if (isa<CastOp>(op))
      return ofCast(op->getOperand(0), typeOf(value).getElementType());
    if (isa<ConcatOp>(op))
      return hull(op->getOperands());
    if (isa<SelectOp>(op))
      return hull(op->getOperands().drop_front());
    if (isa<AddOp, SubOp, MulOp, MinimumOp, MaximumOp>(op))
      return ofArithmetic(op, of(op->getOperand(0)), of(op->getOperand(1)));
    return Interval();
  }

  static Interval ofConstant(DenseIntElementsAttr elements) {
    if (elements.empty())
      return Interval();
    int64_t low = kUnbounded, high = -kUnbounded;
    for (const APInt &element : elements.getValues<APInt>()) {
      low = std::min(low, element.getSExtValue());
      high = std::max(high, element.getSExtValue());
    }
    return make(low, high);
  }

  /// Bounds are those of i32; a narrower type may cut off more.
  Interval ofCast(Value operand, Type to) {
    bool isFromInteger = isa<IntegerType>(typeOf(operand).getElementType());
    Interval interval = isFromInteger ? of(operand) : Interval();
    bool isBounded = interval.low > -kUnbounded && interval.high < kUnbounded;
    return isBounded && to.getIntOrFloatBitWidth() >= 32 ? interval : Interval();
  }

  Interval hull(OperandRange operands) {
    Interval all = of(operands.front());
    for (Value operand : operands.drop_front()) {
      Interval one = of(operand);
      if (one.ignored != all.ignored)
        return Interval();
      all.low = std::min(all.low, one.low);
      all.high = std::max(all.high, one.high);
    }
    return all;
  }

  /// Sums and products wrap where an operand is unbounded.
  static Interval ofArithmetic(Operation *op, Interval a, Interval b) {
    if (a.ignored || b.ignored)
      return Interval();
    if (isa<MinimumOp>(op))
      return make(std::min(a.low, b.low), std::min(a.high, b.high));
    if (isa<MaximumOp>(op))
      return make(std::max(a.low, b.low), std::max(a.high, b.high));
    if (!a.isBounded() || !b.isBounded())
      return Interval();
    if (isa<AddOp>(op))
      return make(a.low + b.low, a.high + b.high);
    if (isa<SubOp>(op))
      return make(a.low - b.high, a.high - b.low);
    auto [low, high] =
        std::minmax({a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high});
    return make(low, high);
  }

  llvm::DenseMap<Value, Interval> known;
  unsigned depth = 0;
};

struct CheckIndices : impl::CheckIndicesBase<CheckIndices> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      checkFunction(function);
  }

  void checkFunction(func::FuncOp function) {
    IntervalAnalysis intervals;
    checks.clear();
    function.walk([&](IndexOperandOpInterface op) {
      for (OpOperand &operand : op->getOpOperands()) {
        std::optional<IndexRange> range = op.getIndexRange(operand.getOperandNumber());
        if (!range)
          continue;
        if (intervals.of(operand.get()).isWithin(*range)) {
          ++numProven;
          continue;
        }
        operand.set(getCheck(op, operand.get(), *range));
        ++numChecked;
      }
    });
  }

  /// The same indices in the same range are checked once, where they are read first.
  Value getCheck(IndexOperandOpInterface op, Value indices, const IndexRange &range) {
    Value &check = checks[{indices.getAsOpaquePointer(), range.low, range.high, range.ignore}];
    if (!check) {
      OpBuilder builder(op);
      auto number = [&](int64_t value) { return builder.getI64IntegerAttr(value); };
      check = CheckIndexOp::create(builder, op.getLoc(), indices.getType(), indices,
                                   number(range.low), number(range.high),
                                   range.ignore ? number(*range.ignore) : IntegerAttr(),
                                   builder.getStringAttr(op->getName().getStringRef()));
    }
    return check;
  }

  std::map<std::tuple<const void *, int64_t, int64_t, std::optional<int64_t>>, Value> checks;
};

} // namespace
} // namespace weft
