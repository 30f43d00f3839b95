// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradients of the Shape family.
#include "dialects/Weft/Weft.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace weft;

static Value reshapeTo(OpBuilder &builder, Location loc, Type type, Value value) {
  return type == value.getType() ? value : ReshapeOp::create(builder, loc, type, value).getResult();
}

LogicalResult ReshapeOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                  SmallVectorImpl<Value> &operandCotangents) {
  if (needed[0])
    operandCotangents[0] = reshapeTo(builder, getLoc(), getInput().getType(), cotangents[0]);
  return success();
}

LogicalResult PermuteOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                  SmallVectorImpl<Value> &operandCotangents) {
  if (needed[0])
    operandCotangents[0] =
        PermuteOp::create(builder, getLoc(), cotangents[0], invertPermutationVector(getDims()));
  return success();
}

// Puts size - 1 zeros behind each element of dimension `dim`: the dimension split in (n, 1), padded
// to (n, size), and joined again.
static Value dilate(OpBuilder &builder, Location loc, Value value, int64_t dim, int64_t size) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> split(type.getShape()), joined(type.getShape());
  split.insert(split.begin() + dim + 1, 1);
  joined[dim] *= size;
  SmallVector<int64_t> low(split.size(), 0), high(split.size(), 0);
  high[dim + 1] = size - 1;
  Value spread = ReshapeOp::create(builder, loc, type.clone(split), value);
  spread = PadOp::create(builder, loc, spread, low, high, APFloat(0.0));
  return ReshapeOp::create(builder, loc, type.clone(joined), spread);
}

LogicalResult SliceOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                SmallVectorImpl<Value> &operandCotangents) {
  if (!needed[0])
    return success();
  RankedTensorType type = getInput().getType();
  Value value = cotangents[0];
  SmallVector<int64_t> low(getStarts()), high(type.getRank(), 0);
  for (int64_t i = 0; i < type.getRank(); ++i) {
    if (type.isDynamicDim(i) && getLimits()[i] != -1)
      return emitOpError("expected dimension ")
             << i << " to have its size before differentiation, got " << type
             << " (weft-specialize gives it one)";
    if (type.isDynamicDim(i))
      continue;
    if (getStrides()[i] > 1)
      value = dilate(builder, getLoc(), value, i, getStrides()[i]);
    // The zeros behind the last element may reach beyond the operand.
    int64_t room = type.getDimSize(i) - low[i];
    int64_t size = cast<RankedTensorType>(value.getType()).getDimSize(i);
    if (size > room)
      value = SliceOp::create(builder, getLoc(), value, i, 0, room);
    high[i] = std::max<int64_t>(room - size, 0);
  }
  operandCotangents[0] = PadOp::create(builder, getLoc(), value, low, high, APFloat(0.0));
  return success();
}

LogicalResult PrefixOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                 SmallVectorImpl<Value> &operandCotangents) {
  int64_t dim = getDim();
  if (getType().isDynamicDim(dim))
    return emitOpError("expected dimension ")
           << dim << " to have its size before differentiation, got " << getType()
           << " (weft-specialize gives it one)";
  if (!needed[0])
    return success();
  SmallVector<int64_t> low(getType().getRank(), 0), high(low);
  high[dim] = getInput().getType().getDimSize(dim) - getType().getDimSize(dim);
  operandCotangents[0] = PadOp::create(builder, getLoc(), cotangents[0], low, high, APFloat(0.0));
  return success();
}

LogicalResult ConcatOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                 SmallVectorImpl<Value> &operandCotangents) {
  int64_t start = 0, dim = getDim();
  for (auto [i, input] : llvm::enumerate(getInputs())) {
    int64_t limit = start + cast<RankedTensorType>(input.getType()).getDimSize(dim);
    if (needed[i])
      operandCotangents[i] = SliceOp::create(builder, getLoc(), cotangents[0], dim, start, limit);
    start = limit;
  }
  return success();
}

LogicalResult PadOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              SmallVectorImpl<Value> &operandCotangents) {
  if (!needed[0])
    return success();
  RankedTensorType type = getInput().getType();
  SmallVector<int64_t> limits, strides(type.getRank(), 1);
  for (int64_t i = 0; i < type.getRank(); ++i)
    limits.push_back(type.isDynamicDim(i) ? -1 : getLow()[i] + type.getDimSize(i));
  operandCotangents[0] =
      SliceOp::create(builder, getLoc(), cotangents[0], getLow(), limits, strides);
  return success();
}

LogicalResult BroadcastOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                    ArrayRef<bool> needed,
                                    SmallVectorImpl<Value> &operandCotangents) {
  if (!needed[0])
    return success();
  RankedTensorType from = getInput().getType(), to = getType();
  SmallVector<int64_t> summed;
  for (int64_t dim = 0; dim < to.getRank(); ++dim) {
    const int64_t *place = llvm::find(getDimensions(), dim);
    bool isRepeated = place == getDimensions().end() ||
                      from.getDimSize(place - getDimensions().begin()) != to.getDimSize(dim);
    if (isRepeated)
      summed.push_back(dim);
  }
  Value value = cotangents[0];
  if (!summed.empty())
    value = ReduceSumOp::create(builder, getLoc(), value, summed, /*keepdim=*/false);
  operandCotangents[0] = reshapeTo(builder, getLoc(), from, value);
  return success();
}
