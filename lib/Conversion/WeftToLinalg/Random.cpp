// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dropout masks to linalg: Philox4x32-10 of the place of each element.
#include "LinalgBuilders.h"
#include "weft/Conversion/WeftToLinalg.h"

#include "dialects/Weft/Weft.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <array>
#include <cmath>

using namespace mlir;

namespace weft {
namespace {

/// Philox on i32 values, as in the runtime's philox.h.
class PhiloxBuilder {
public:
  using Words = std::array<Value, 4>;

  PhiloxBuilder(OpBuilder &builder, Location loc) : builder(builder), loc(loc) {}

  Value i32(uint32_t value) {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  Value i64(int64_t value) {
    return arith::ConstantOp::create(builder, loc, builder.getI64IntegerAttr(value));
  }
  Value low(Value wide) {
    return arith::TruncIOp::create(builder, loc, builder.getI32Type(), wide);
  }
  Value high(Value wide) { return low(arith::ShRUIOp::create(builder, loc, wide, i64(32))); }
  Value exclusiveOr(Value a, Value b, Value c) {
    return arith::XOrIOp::create(builder, loc, arith::XOrIOp::create(builder, loc, a, b), c);
  }
  Value wideProduct(uint32_t factor, Value word) {
    Value wide = arith::ExtUIOp::create(builder, loc, builder.getI64Type(), word);
    return arith::MulIOp::create(builder, loc, wide, i64(factor));
  }

  Words run(Value seed, Words counter) {
    Value key0 = low(seed), key1 = high(seed);
    for (int round = 0; round < 10; ++round) {
      Value product0 = wideProduct(0xD2511F53u, counter[0]);
      Value product1 = wideProduct(0xCD9E8D57u, counter[2]);
      counter = {exclusiveOr(high(product1), counter[1], key0), low(product1),
                 exclusiveOr(high(product0), counter[3], key1), low(product0)};
      key0 = arith::AddIOp::create(builder, loc, key0, i32(0x9E3779B9u));
      key1 = arith::AddIOp::create(builder, loc, key1, i32(0xBB67AE85u));
    }
    return counter;
  }

  /// words[lane]
  Value choose(const Words &words, Value lane) {
    Value chosen = words[0];
    for (uint32_t i = 1; i < 4; ++i) {
      Value is = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, lane, i32(i));
      chosen = arith::SelectOp::create(builder, loc, is, words[i], chosen);
    }
    return chosen;
  }

private:
  OpBuilder &builder;
  Location loc;
};

/// Index `dim` of the loops as i64.
Value loopIndex(OpBuilder &builder, Location loc, int64_t dim) {
  return arith::IndexCastOp::create(builder, loc, builder.getI64Type(),
                                    linalg::IndexOp::create(builder, loc, dim));
}

struct Place {
  Value row, column;
};

/// Row and column of an element of a mask, as the op defines them.
Place placeOf(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape, Value offset) {
  PhiloxBuilder words(builder, loc);
  int64_t rank = shape.size();
  if (rank == 0)
    return {offset, words.i64(0)};
  Value row = arith::AddIOp::create(builder, loc, offset, loopIndex(builder, loc, 0));
  if (rank == 1)
    return {row, words.i64(0)};
  for (int64_t i = 1; i < rank - 2; ++i) {
    Value scaled = arith::MulIOp::create(builder, loc, row, words.i64(shape[i]));
    row = arith::AddIOp::create(builder, loc, scaled, loopIndex(builder, loc, i));
  }
  Value column = loopIndex(builder, loc, rank - 1);
  if (rank > 2) {
    Value outer =
        arith::MulIOp::create(builder, loc, loopIndex(builder, loc, rank - 2), words.i64(65536));
    column = arith::AddIOp::create(builder, loc, outer, column);
  }
  return {row, column};
}

/// The same in a matrix that is a tensor of rank 3 with its first two dimensions flattened.
Place flattenedPlace(OpBuilder &builder, Location loc, Value offset, Value rowsPerSample) {
  // In 32 bits, which divide faster: there are fewer rows.
  PhiloxBuilder words(builder, loc);
  Value row = words.low(loopIndex(builder, loc, 0)), size = words.low(rowsPerSample);
  Value sample = arith::DivUIOp::create(builder, loc, row, size);
  Value inner =
      arith::SubIOp::create(builder, loc, row, arith::MulIOp::create(builder, loc, sample, size));
  auto wide = [&](Value word) {
    return arith::ExtUIOp::create(builder, loc, builder.getI64Type(), word);
  };
  Value line = arith::MulIOp::create(builder, loc, wide(inner), words.i64(65536));
  return {arith::AddIOp::create(builder, loc, offset, wide(sample)),
          arith::AddIOp::create(builder, loc, line, loopIndex(builder, loc, 1))};
}

/// The op's id and rows per sample as scalar tensors: those that it is given, or constants.
SmallVector<Value> numbersOf(PatternRewriter &rewriter, DropoutMaskOp op) {
  if (!op.getNumbers().empty())
    return op.getNumbers();
  auto type = RankedTensorType::get({}, rewriter.getI64Type());
  auto constant = [&](int64_t number) {
    return arith::ConstantOp::create(
        rewriter, op.getLoc(), DenseElementsAttr::get(type, rewriter.getI64IntegerAttr(number)));
  };
  SmallVector<Value> numbers = {constant(op.getId())};
  if (std::optional<int64_t> rows = op.getRowsPerSample())
    numbers.push_back(constant(*rows));
  return numbers;
}

struct ConvertDropoutMask : OpRewritePattern<DropoutMaskOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DropoutMaskOp op, PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getType());
    uint32_t threshold =
        static_cast<uint32_t>(std::floor(std::ldexp(op.getP().convertToDouble(), 32)));
    Value empty = createEmpty(rewriter, op.getLoc(), type, op.getLike());
    AffineMap scalar = AffineMap::get(type.getRank(), 0, {}, getContext());
    SmallVector<Value> inputs = {op.getSeed(), op.getStep(), op.getSampleOffset()};
    llvm::append_range(inputs, numbersOf(rewriter, op));
    bool isFlattened = op.getRowsPerSample().has_value();
    Value result = createParallel(
        rewriter, op.getLoc(), inputs, SmallVector<AffineMap>(inputs.size(), scalar), empty,
        [&](OpBuilder &builder, Location loc, ValueRange x) {
          PhiloxBuilder words(builder, loc);
          Place place = isFlattened ? flattenedPlace(builder, loc, x[2], x[4])
                                    : placeOf(builder, loc, type.getShape(), x[2]);
          Value block = arith::ShRUIOp::create(builder, loc, place.column, words.i64(2));
          Value lane = arith::AndIOp::create(builder, loc, words.low(place.column), words.i32(3));
          PhiloxBuilder::Words counter = {words.low(x[3]), words.low(x[1]), words.low(place.row),
                                          words.low(block)};
          Value word = words.choose(words.run(x[0], counter), lane);
          return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::uge, word,
                                       words.i32(threshold))
              .getResult();
        });
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void populateRandomToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertDropoutMask>(patterns.getContext());
}

} // namespace weft
