// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Primitives built by gradients and decompositions.
#include "dialects/Weft/GraphBuilder.h"

using namespace mlir;
using namespace weft;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

SmallVector<int64_t> weft::getAllDims(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

Value GraphBuilder::cast(Value x, Type elementType) {
  if (getTensorType(x).getElementType() == elementType)
    return x;
  return build<CastOp>(x, elementType);
}

Value GraphBuilder::widen(Value x) {
  return getTensorType(x).getElementTypeBitWidth() < 32 ? cast(x, builder.getF32Type()) : x;
}

Value GraphBuilder::sum(Value x, ArrayRef<int64_t> dims) {
  return dims.empty() ? x : build<ReduceSumOp>(x, dims);
}

Value GraphBuilder::sumAll(Value x) { return sum(x, getAllDims(getTensorType(x).getRank())); }

Value GraphBuilder::scalar(Type elementType, double value) {
  return build<ConstantOp>(RankedTensorType::get({}, elementType), value);
}

Value GraphBuilder::fill(Value like, double value) {
  return fill(like, getTensorType(like).getElementType(), value);
}

Value GraphBuilder::fill(Value like, Type elementType, double value) {
  RankedTensorType type = getTensorType(like);
  if (type.hasStaticShape())
    return build<ConstantOp>(RankedTensorType::get(type.getShape(), elementType), value);
  return fill(like, scalar(elementType, value));
}

Value GraphBuilder::fill(Value like, Value scalar) {
  return getTensorType(like).getRank() == 0 ? scalar
                                            : build<BroadcastOp>(scalar, like, ArrayRef<int64_t>());
}

Value GraphBuilder::iota(Value like, int64_t dim, Type elementType) {
  auto type = RankedTensorType::get(getTensorType(like).getShape(), elementType);
  return build<IotaOp>(type, type.hasStaticShape() ? Value() : like, dim);
}

Value GraphBuilder::expand(Value reduced, Value like, ArrayRef<int64_t> dims, bool keepdim) {
  SmallVector<int64_t> kept = getAllDims(getTensorType(like).getRank());
  if (!keepdim)
    llvm::erase_if(kept, [&](int64_t dim) { return llvm::is_contained(dims, dim); });
  return build<BroadcastOp>(reduced, like, ArrayRef<int64_t>(kept));
}

Value GraphBuilder::count(Value like, ArrayRef<int64_t> dims, Type elementType) {
  RankedTensorType type = getTensorType(like);
  double count = 1;
  SmallVector<int64_t> dynamic;
  for (int64_t dim : dims) {
    if (type.isDynamicDim(dim))
      dynamic.push_back(dim);
    else
      count *= static_cast<double>(type.getDimSize(dim));
  }
  if (dynamic.empty())
    return scalar(elementType, count);
  if (!elementType.isF64() || count == 1)
    return cast(build<SizeOp>(like, dims), elementType);
  // A size is an f32: exact for that of the batch, not for all that it is multiplied with.
  return mul(cast(build<SizeOp>(like, dynamic), elementType), scalar(elementType, count));
}
