// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generator as in the dialect's Philox.h. Words are kept in 64 bits, of which multiplications
// read the low half only, so that what stands in the high half does not matter and a round is six
// instructions.
#include "weft/Conversion/PhiloxEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <array>

using namespace mlir;

namespace weft {
namespace {

using Words = std::array<Value, 4>;

/// Arithmetic on i64 or on vectors of it.
class WordBuilder {
public:
  WordBuilder(OpBuilder &builder, Location loc, Type type)
      : builder(builder), loc(loc), type(type) {}

  Value constant(int64_t value) {
    TypedAttr number = builder.getI64IntegerAttr(value);
    if (auto vector = dyn_cast<VectorType>(type))
      number = DenseElementsAttr::get(vector, builder.getI64IntegerAttr(value));
    return arith::ConstantOp::create(builder, loc, number);
  }
  Value spread(Value value) {
    if (value.getType() == type)
      return value;
    return vector::BroadcastOp::create(builder, loc, type, value);
  }
  Value add(Value a, Value b) { return arith::AddIOp::create(builder, loc, a, b); }
  Value high(Value value) { return arith::ShRUIOp::create(builder, loc, value, constant(32)); }
  Value low(Value value) {
    return arith::AndIOp::create(builder, loc, value, constant(0xFFFFFFFF));
  }
  Value exclusiveOr(Value a, Value b, Value c) {
    return arith::XOrIOp::create(builder, loc, arith::XOrIOp::create(builder, loc, a, b), c);
  }
  Value product(uint32_t factor, Value word) {
    return arith::MulIOp::create(builder, loc, low(word), constant(factor));
  }
  /// low(a), and b above it.
  Value pair(Value a, Value b) {
    Value above = arith::ShLIOp::create(builder, loc, b, constant(32));
    return arith::OrIOp::create(builder, loc, low(a), above);
  }
  Value narrow(Value value) {
    Type i32 = builder.getI32Type();
    Type narrowed = isa<VectorType>(type) ? Type(cast<VectorType>(type).clone(i32)) : i32;
    return arith::TruncIOp::create(builder, loc, narrowed, value);
  }

  /// `key0` and `key1` are numbers.
  Words draw(Value key0, Value key1, Words counter) {
    WordBuilder numbers(builder, loc, builder.getI64Type());
    for (int64_t round = 0; round < 10; ++round) {
      Value product0 = product(0xD2511F53u, counter[0]);
      Value product1 = product(0xCD9E8D57u, counter[2]);
      // Of one key per round, spread once for all rounds of a loop.
      Value first = spread(numbers.add(key0, numbers.constant(round * 0x9E3779B9)));
      Value second = spread(numbers.add(key1, numbers.constant(round * 0xBB67AE85)));
      counter = {exclusiveOr(high(product1), counter[1], first), product1,
                 exclusiveOr(high(product0), counter[3], second), product0};
    }
    return counter;
  }

private:
  OpBuilder &builder;
  Location loc;
  Type type;
};

Words drawAt(OpBuilder &builder, Location loc, const RandomWordPlace &place, Type type,
             Value block) {
  WordBuilder words(builder, loc, type), numbers(builder, loc, builder.getI64Type());
  return words.draw(place.seed, numbers.high(place.seed),
                    {words.spread(place.id), words.spread(place.step), words.spread(place.row),
                     words.spread(block)});
}

} // namespace

Value emitRandomWord(OpBuilder &builder, Location loc, const RandomWordPlace &place) {
  Type type = builder.getI64Type();
  for (Value coordinate : {place.row, place.column})
    if (isa<VectorType>(coordinate.getType()))
      type = coordinate.getType();
  WordBuilder words(builder, loc, type);
  Value column = words.spread(place.column);
  Value block = arith::ShRUIOp::create(builder, loc, column, words.constant(2));
  Value lane = arith::AndIOp::create(builder, loc, column, words.constant(3));
  Words drawn = drawAt(builder, loc, place, type, block);
  Value chosen = drawn[0];
  for (int64_t i = 1; i < 4; ++i) {
    Value isLane =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, lane, words.constant(i));
    chosen = arith::SelectOp::create(builder, loc, isLane, drawn[i], chosen);
  }
  return words.narrow(chosen);
}

Value emitRandomWords(OpBuilder &builder, Location loc, const RandomWordPlace &place,
                      int64_t lanes) {
  auto type = VectorType::get({lanes / 4}, builder.getI64Type());
  WordBuilder words(builder, loc, type), numbers(builder, loc, builder.getI64Type());
  Value first = arith::ShRUIOp::create(builder, loc, place.column, numbers.constant(2));
  SmallVector<int64_t> steps = llvm::to_vector(llvm::seq<int64_t>(0, lanes / 4));
  Value step =
      arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, ArrayRef(steps)));
  Value block = words.add(words.spread(first), step);
  Words drawn = drawAt(builder, loc, place, type, block);
  Value pairs = vector::InterleaveOp::create(builder, loc, words.pair(drawn[0], drawn[1]),
                                             words.pair(drawn[2], drawn[3]));
  return vector::BitCastOp::create(builder, loc, VectorType::get({lanes}, builder.getI32Type()),
                                   pairs);
}

} // namespace weft
