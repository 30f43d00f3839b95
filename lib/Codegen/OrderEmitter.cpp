// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Orders the elements of one line after the other. Elements become keys, unsigned integers that
// stand in the order wanted, the first one being the smallest. Keys and their places are sorted
// digit by digit, in time that is linear in the length of the line, whatever is in it; of the first
// k, a few are kept in order while the line is read, more are selected digit by digit before they
// are sorted. Equal keys keep the order of their places.
#include "weft/Codegen/OrderEmitter.h"

#include "dialects/Weft/Weft.h"
#include "weft/Codegen/ElementEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace weft {
namespace {

/// Up to this many elements are kept in order while a line is read.
constexpr int64_t kMostKept = 24;
/// Lines from this length on are sorted by digits of 8 bits, shorter ones by digits of 4.
constexpr int64_t kLongLine = 128;

/// What a stage orders, and where its scratch memory is.
struct OrderPlan {
  Value x;
  int64_t dim, size, taken;
  bool isDescending, isKept;
  int64_t keyBytes, digitBits;
  int64_t paddedSize; // to whole vectors

  static OrderPlan of(const StagePlan &plan, const Stage &stage, int64_t lanes) {
    OrderPlan order{};
    if (auto sort = dyn_cast<SortOp>(stage.op)) {
      order.x = sort.getX();
      order.dim = sort.getDim();
      order.isDescending = sort.getDescending();
    } else {
      auto top = cast<TopKOp>(stage.op);
      order.x = top.getX();
      order.dim = top.getDim();
      order.isDescending = true;
      order.taken = top.getK();
    }
    order.size = plan.getSize(order.x, order.dim).fixed;
    if (order.taken == 0)
      order.taken = order.size;
    order.isKept = order.taken <= kMostKept && order.taken < order.size;
    bool isWide = cast<RankedTensorType>(order.x.getType()).getElementType().isF64();
    order.keyBytes = isWide ? 8 : 4;
    order.digitBits = order.taken < kLongLine ? 4 : 8;
    order.paddedSize = llvm::alignTo(order.size, lanes);
    return order;
  }

  int64_t keysBytes() const { return llvm::alignTo(paddedSize * keyBytes, 64); }
  int64_t placesBytes() const { return llvm::alignTo(paddedSize * 4, 64); }
  int64_t digits() const { return keyBytes * 8 / digitBits; }
  /// Of all digits of a sort, or of one of a selection.
  int64_t countsBytes() const { return std::max<int64_t>(digits() << digitBits, 256) * 4; }
  int64_t scratchBytes() const { return 2 * keysBytes() + 2 * placesBytes() + countsBytes(); }
};

class OrderEmitter {
public:
  OrderEmitter(OpBuilder &builder, Location loc, const StagePlan &plan, const StageMemory &memory,
               const Stage &stage, Value scratch, int64_t lanes)
      : builder(builder), loc(loc), plan(plan), memory(memory), stage(stage), scratch(scratch),
        lanes(lanes), order(OrderPlan::of(plan, stage, lanes)),
        elements(builder, loc, plan, memory, stage.getNumLoops()),
        identity(builder.getMultiDimIdentityMap(stage.getNumLoops())),
        key(builder.getIntegerType(order.keyBytes * 8)) {}

  void emit(Value begin, Value end) {
    int64_t offset = 0;
    auto view = [&](Type element, int64_t count, int64_t bytes) -> Value {
      auto type = MemRefType::get({count}, element);
      Value memref =
          memref::ViewOp::create(builder, loc, type, scratch, constant(offset), ValueRange());
      offset += bytes;
      return memref;
    };
    Type i32 = builder.getI32Type();
    for (Value &keys : keyBuffers)
      keys = view(key, order.paddedSize, order.keysBytes());
    for (Value &places : placeBuffers)
      places = view(i32, order.paddedSize, order.placesBytes());
    counts = view(i32, order.countsBytes() / 4, order.countsBytes());
    emitLines(0, begin, end);
  }

private:
  //===--- Words ----------------------------------------------------------===//

  Value constant(int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); }
  Value integer(Type type, int64_t value) {
    return arith::ConstantOp::create(builder, loc, builder.getIntegerAttr(type, value));
  }
  Value word(int64_t value) { return integer(key, value); }
  Value count(int64_t value) { return integer(builder.getI32Type(), value); }
  Value add(Value a, Value b) { return arith::AddIOp::create(builder, loc, a, b); }
  Value compare(arith::CmpIPredicate predicate, Value a, Value b) {
    return arith::CmpIOp::create(builder, loc, predicate, a, b);
  }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  }
  Value load(Value memref, Value index) {
    return memref::LoadOp::create(builder, loc, memref, index);
  }
  void store(Value value, Value memref, Value index) {
    memref::StoreOp::create(builder, loc, value, memref, index);
  }
  Value toIndex(Value number) {
    return arith::IndexCastUIOp::create(builder, loc, builder.getIndexType(), number);
  }
  Value toCount(Value index) {
    return arith::IndexCastUIOp::create(builder, loc, builder.getI32Type(), index);
  }

  using Body = llvm::function_ref<SmallVector<Value>(Value index, ValueRange carried)>;

  SmallVector<Value> forEach(Value begin, Value end, int64_t step, ValueRange initial, Body body) {
    auto loop = scf::ForOp::create(builder, loc, begin, end, constant(step), initial);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> results = body(loop.getInductionVar(), loop.getRegionIterArgs());
    if (!results.empty())
      scf::YieldOp::create(builder, loc, results);
    return loop.getResults();
  }
  void forEach(Value end, llvm::function_ref<void(Value index)> body) {
    forEach(constant(0), end, 1, {}, [&](Value index, ValueRange) {
      body(index);
      return SmallVector<Value>();
    });
  }
  void onlyIf(Value condition, llvm::function_ref<void()> body) {
    auto branch = scf::IfOp::create(builder, loc, condition, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    body();
  }

  //===--- Lines ----------------------------------------------------------===//

  void emitLines(int64_t loop, Value begin, Value end) {
    if (loop == stage.getNumLoops())
      return emitLine();
    if (loop == order.dim)
      return emitLines(loop + 1, begin, end);
    bool isSliced = loop == stage.axis;
    Value upper = isSliced ? end : memory.size(builder, loc, stage.extents[loop]);
    forEach(isSliced ? begin : constant(0), upper, 1, {}, [&](Value index, ValueRange) {
      elements.pushLevel(loop, index);
      emitLines(loop + 1, begin, end);
      elements.popLevel();
      return SmallVector<Value>();
    });
  }

  void emitLine() {
    makeKeys();
    if (order.isKept) {
      keepFirst();
      return storeResults(placeBuffers[1]);
    }
    unsigned first = 0;
    if (order.taken < order.size) {
      selectFirst();
      first = 1;
    }
    sortDigits(first);
    storeResults(placeBuffers[first]);
  }

  /// The element of the line at a place.
  Value elementAt(Value index) {
    elements.pushLevel(order.dim, index);
    Value element = elements.pull(order.x, identity);
    elements.popLevel();
    return element;
  }

  void makeKeys() {
    forEach(constant(order.size), [&](Value index) {
      store(keyOf(elementAt(index)), keyBuffers[0], index);
      store(toCount(index), placeBuffers[0], index);
    });
    // Behind all others.
    for (int64_t i = order.size; i < order.paddedSize && order.isKept; ++i)
      store(word(-1), keyBuffers[0], constant(i));
  }

  /// Numbers in order, NaN behind all others; where that is wanted, all in the opposite order.
  Value keyOf(Value element) {
    FloatType wide = order.keyBytes == 8 ? FloatType(builder.getF64Type()) : builder.getF32Type();
    if (element.getType() != wide)
      element = arith::ExtFOp::create(builder, loc, wide, element);
    Value isNan = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO, element, element);
    // Both zeros are equal.
    Value zero = arith::ConstantOp::create(builder, loc, builder.getFloatAttr(wide, 0.0));
    element = arith::AddFOp::create(builder, loc, element, zero);
    int64_t signBit = order.keyBytes * 8 - 1;
    Value bits = arith::BitcastOp::create(builder, loc, key, element);
    Value sign = arith::ShRSIOp::create(builder, loc, bits, word(signBit));
    Value lowest = integer(key, signBit == 63 ? INT64_MIN : INT32_MIN);
    Value flips = arith::OrIOp::create(builder, loc, sign, lowest);
    bits = arith::XOrIOp::create(builder, loc, bits, flips);
    // The largest but one, as no key is the largest, in neither order.
    bits = select(isNan, word(-2), bits);
    if (order.isDescending)
      bits = arith::XOrIOp::create(builder, loc, bits, word(-1));
    return bits;
  }

  void storeResults(Value places) {
    forEach(constant(order.taken), [&](Value index) {
      Value place = load(places, index);
      Value element = elementAt(toIndex(place));
      elements.pushLevel(order.dim, index);
      for (const StageStore &stored : stage.stores) {
        bool isPlace = cast<OpResult>(stored.value).getResultNumber() == 1;
        Value value = isPlace
                          ? Value(arith::ExtUIOp::create(builder, loc, builder.getI64Type(), place))
                          : element;
        elements.store(value, plan.getBuffer(stored.buffer), stored.map);
      }
      elements.popLevel();
    });
  }

  //===--- A few, kept in order -------------------------------------------===//

  /// The first keys so far, in order, and their places in the second buffers. A vector of which no
  /// key comes before the last of them costs one comparison.
  void keepFirst() {
    Value kept = keyBuffers[1];
    forEach(constant(order.taken), [&](Value index) { store(word(-1), kept, index); });
    Value last = constant(order.taken - 1);
    forEach(constant(0), constant(order.paddedSize), lanes, {}, [&](Value index, ValueRange) {
      auto type = VectorType::get({lanes}, key);
      Value keys = vector::LoadOp::create(builder, loc, type, keyBuffers[0], index);
      Value limit = vector::BroadcastOp::create(builder, loc, type, load(kept, last));
      Value isAny = vector::ReductionOp::create(builder, loc, vector::CombiningKind::OR,
                                                compare(arith::CmpIPredicate::ult, keys, limit));
      onlyIf(isAny, [&] {
        forEach(constant(lanes), [&](Value lane) { keepIfFirst(add(index, lane), last); });
      });
      return SmallVector<Value>();
    });
  }

  void keepIfFirst(Value index, Value last) {
    Value candidate = load(keyBuffers[0], index);
    onlyIf(compare(arith::CmpIPredicate::ult, candidate, load(keyBuffers[1], last)), [&] {
      Value place = insertionPlace(candidate, last);
      store(candidate, keyBuffers[1], place);
      store(toCount(index), placeBuffers[1], place);
    });
  }

  /// Moves the kept keys that come behind `candidate` by one; returns the place that becomes free.
  Value insertionPlace(Value candidate, Value last) {
    Type indexType = builder.getIndexType();
    auto loop = scf::WhileOp::create(builder, loc, TypeRange(indexType), ValueRange(last));
    OpBuilder::InsertionGuard guard(builder);
    Block *before = builder.createBlock(&loop.getBefore(), {}, indexType, loc);
    Value place = before->getArgument(0), one = constant(1);
    Value isInside = compare(arith::CmpIPredicate::ugt, place, constant(0));
    Value previous = arith::SubIOp::create(builder, loc, place, select(isInside, one, constant(0)));
    Value isBehind = compare(arith::CmpIPredicate::ugt, load(keyBuffers[1], previous), candidate);
    Value moves = arith::AndIOp::create(builder, loc, isInside, isBehind);
    scf::ConditionOp::create(builder, loc, moves, ValueRange(place));
    Block *after = builder.createBlock(&loop.getAfter(), {}, indexType, loc);
    place = after->getArgument(0);
    previous = arith::SubIOp::create(builder, loc, place, constant(1));
    store(load(keyBuffers[1], previous), keyBuffers[1], place);
    store(load(placeBuffers[1], previous), placeBuffers[1], place);
    scf::YieldOp::create(builder, loc, previous);
    return loop.getResult(0);
  }

  //===--- Selection ------------------------------------------------------===//

  Value digitOf(Value bits, int64_t shift, int64_t width) {
    if (shift)
      bits = arith::ShRUIOp::create(builder, loc, bits, word(shift));
    return arith::AndIOp::create(builder, loc, bits, word((int64_t(1) << width) - 1));
  }

  /// Copies the first keys and their places to the second buffers, in the order of places.
  void selectFirst() {
    Value prefix = word(0), left = count(order.taken);
    for (int64_t shift = order.keyBytes * 8 - 8; shift >= 0; shift -= 8) {
      countDigits(prefix, shift);
      auto [digit, rest] = findDigit(left);
      if (key != builder.getI32Type())
        digit = arith::ExtUIOp::create(builder, loc, key, digit);
      Value placed = shift ? Value(arith::ShLIOp::create(builder, loc, digit, word(shift))) : digit;
      prefix = arith::OrIOp::create(builder, loc, prefix, placed);
      left = rest;
    }
    copyUpTo(prefix, left);
  }

  /// How many keys with the digits of `prefix` above `shift` have each digit there.
  void countDigits(Value prefix, int64_t shift) {
    forEach(constant(256), [&](Value digit) { store(count(0), counts, digit); });
    int64_t above = shift + 8;
    forEach(constant(order.size), [&](Value index) {
      Value bits = load(keyBuffers[0], index);
      Value digit = toIndex(digitOf(bits, shift, 8)), one = count(1);
      if (above < order.keyBytes * 8) {
        Value difference = arith::XOrIOp::create(builder, loc, bits, prefix);
        difference = arith::ShRUIOp::create(builder, loc, difference, word(above));
        one = arith::ExtUIOp::create(builder, loc, builder.getI32Type(),
                                     compare(arith::CmpIPredicate::eq, difference, word(0)));
      }
      store(add(load(counts, digit), one), counts, digit);
    });
  }

  /// The digit that element number `wanted`, from 1 on, has, and its number among those that have
  /// it.
  std::pair<Value, Value> findDigit(Value wanted) {
    Value none = count(0);
    SmallVector<Value> found =
        forEach(constant(0), constant(256), 1, {none, none, wanted},
                [&](Value digit, ValueRange carried) -> SmallVector<Value> {
                  Value before = carried[0], here = load(counts, digit);
                  Value all = add(before, here);
                  // The last digit before which there are too few.
                  Value isReached = compare(arith::CmpIPredicate::ult, before, wanted);
                  Value rest = arith::SubIOp::create(builder, loc, wanted, before);
                  return {all, select(isReached, toCount(digit), carried[1]),
                          select(isReached, rest, carried[2])};
                });
    return {found[1], found[2]};
  }

  /// All keys before `limit` and the first `left` ones that equal it.
  void copyUpTo(Value limit, Value left) {
    forEach(constant(0), constant(order.size), 1, {constant(0), count(0)},
            [&](Value index, ValueRange carried) -> SmallVector<Value> {
              Value bits = load(keyBuffers[0], index), to = carried[0];
              store(bits, keyBuffers[1], to);
              store(toCount(index), placeBuffers[1], to);
              Value isBefore = compare(arith::CmpIPredicate::ult, bits, limit);
              Value isEqual = compare(arith::CmpIPredicate::eq, bits, limit);
              Value isLeft = compare(arith::CmpIPredicate::ult, carried[1], left);
              Value isTaken = arith::OrIOp::create(
                  builder, loc, isBefore, arith::AndIOp::create(builder, loc, isEqual, isLeft));
              Value equal = arith::ExtUIOp::create(builder, loc, builder.getI32Type(), isEqual);
              // Behind the last one, what comes is written over it no more.
              Value next = add(to, select(isTaken, constant(1), constant(0)));
              return {next, add(carried[1], equal)};
            });
  }

  //===--- Sorting --------------------------------------------------------===//

  /// Sorts the keys of a pair of buffers, digit by digit, the lowest first; there are as many
  /// digits as bring them back to where they were.
  void sortDigits(unsigned first) {
    int64_t width = order.digitBits, digits = order.digits(), values = int64_t(1) << width;
    Value taken = constant(order.taken);
    forEach(constant(digits * values), [&](Value index) { store(count(0), counts, index); });
    forEach(taken, [&](Value index) {
      Value bits = load(keyBuffers[first], index);
      for (int64_t digit = 0; digit < digits; ++digit) {
        Value slot = slotOf(bits, digit);
        store(add(load(counts, slot), count(1)), counts, slot);
      }
    });
    forEach(constant(digits), [&](Value digit) {
      Value begin = arith::MulIOp::create(builder, loc, digit, constant(values));
      forEach(begin, add(begin, constant(values)), 1, {count(0)},
              [&](Value slot, ValueRange carried) -> SmallVector<Value> {
                Value here = load(counts, slot);
                store(carried[0], counts, slot);
                return {add(carried[0], here)};
              });
    });
    for (int64_t digit = 0; digit < digits; ++digit) {
      unsigned from = (first + digit) % 2, to = 1 - from;
      forEach(taken, [&](Value index) {
        Value bits = load(keyBuffers[from], index), slot = slotOf(bits, digit);
        Value place = load(counts, slot), target = toIndex(place);
        store(add(place, count(1)), counts, slot);
        store(bits, keyBuffers[to], target);
        store(load(placeBuffers[from], index), placeBuffers[to], target);
      });
    }
  }

  /// Where the keys with such a digit are counted.
  Value slotOf(Value bits, int64_t digit) {
    Value value = toIndex(digitOf(bits, digit * order.digitBits, order.digitBits));
    return digit ? add(value, constant(digit << order.digitBits)) : value;
  }

  OpBuilder &builder;
  Location loc;
  const StagePlan &plan;
  const StageMemory &memory;
  const Stage &stage;
  Value scratch;
  int64_t lanes;
  OrderPlan order;
  ElementEmitter elements;
  AffineMap identity;
  IntegerType key;
  Value keyBuffers[2], placeBuffers[2], counts;
};

} // namespace

int64_t getOrderScratchBytes(const StagePlan &plan, const Stage &stage, int64_t lanes) {
  return OrderPlan::of(plan, stage, lanes).scratchBytes();
}

void emitOrder(OpBuilder &builder, Location loc, const StagePlan &plan, const StageMemory &memory,
               const Stage &stage, Value begin, Value end, Value scratch, int64_t lanes) {
  OrderEmitter(builder, loc, plan, memory, stage, scratch, lanes).emit(begin, end);
}

} // namespace weft
