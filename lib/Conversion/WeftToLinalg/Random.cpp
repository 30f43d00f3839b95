// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dropout masks to linalg: Philox4x32-10 of the place of each element.
#include "LinalgBuilders.h"
#include "weft/Conversion/WeftToLinalg.h"

#include "dialects/Weft/Weft.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <cmath>

using namespace mlir;

namespace weft {
namespace {

Value i64(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantOp::create(builder, loc, builder.getI64IntegerAttr(value));
}

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
  int64_t rank = shape.size();
  if (rank == 0)
    return {offset, i64(builder, loc, 0)};
  Value row = arith::AddIOp::create(builder, loc, offset, loopIndex(builder, loc, 0));
  if (rank == 1)
    return {row, i64(builder, loc, 0)};
  for (int64_t i = 1; i < rank - 2; ++i) {
    Value scaled = arith::MulIOp::create(builder, loc, row, i64(builder, loc, shape[i]));
    row = arith::AddIOp::create(builder, loc, scaled, loopIndex(builder, loc, i));
  }
  Value column = loopIndex(builder, loc, rank - 1);
  if (rank > 2) {
    Value outer = arith::MulIOp::create(builder, loc, loopIndex(builder, loc, rank - 2),
                                        i64(builder, loc, 65536));
    column = arith::AddIOp::create(builder, loc, outer, column);
  }
  return {row, column};
}

/// The same in a matrix that is a tensor of rank 3 with its first two dimensions flattened.
Place flattenedPlace(OpBuilder &builder, Location loc, Value offset, Value rowsPerSample) {
  // In 32 bits, which divide faster: there are fewer rows.
  auto narrow = [&](Value value) {
    return arith::TruncIOp::create(builder, loc, builder.getI32Type(), value);
  };
  auto wide = [&](Value value) {
    return arith::ExtUIOp::create(builder, loc, builder.getI64Type(), value);
  };
  Value row = narrow(loopIndex(builder, loc, 0)), size = narrow(rowsPerSample);
  Value sample = arith::DivUIOp::create(builder, loc, row, size);
  Value inner =
      arith::SubIOp::create(builder, loc, row, arith::MulIOp::create(builder, loc, sample, size));
  Value line = arith::MulIOp::create(builder, loc, wide(inner), i64(builder, loc, 65536));
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
          Place place = isFlattened ? flattenedPlace(builder, loc, x[2], x[4])
                                    : placeOf(builder, loc, type.getShape(), x[2]);
          Value word =
              RandomWordOp::create(builder, loc, x[0], x[3], x[1], place.row, place.column);
          Value limit = arith::ConstantOp::create(
              builder, loc, builder.getI32IntegerAttr(static_cast<int32_t>(threshold)));
          return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::uge, word, limit)
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
