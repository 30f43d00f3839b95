// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memrefs of the tensors of a dispatch function.
#include "weft/Codegen/StageMemory.h"

#include "dialects/Assert.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace weft {

Type getMemoryElementType(Type elementType) {
  if (elementType.isInteger(1))
    return IntegerType::get(elementType.getContext(), 8);
  if (elementType.isBF16() || elementType.isF16())
    return IntegerType::get(elementType.getContext(), 16);
  return elementType;
}

MemRefType getMemoryType(RankedTensorType type) {
  return MemRefType::get(type.getShape(), getMemoryElementType(type.getElementType()));
}

Value StageMemory::size(OpBuilder &builder, Location loc, LinearSize size) const {
  if (size.perRow == 0)
    return arith::ConstantIndexOp::create(builder, loc, size.fixed);
  if (size.perRow == 1)
    return rows;
  Value perRow = arith::ConstantIndexOp::create(builder, loc, size.perRow);
  return arith::MulIOp::create(builder, loc, rows, perRow);
}

/// `memref` under the shape of the tensor `shapeOf`, but for its dimension 0, which has `outermost`
/// if that is not dynamic.
Value StageMemory::viewAs(OpBuilder &builder, Location loc, Value memref, Value shapeOf,
                          int64_t outermost) const {
  MemRefType source = cast<MemRefType>(memref.getType());
  MemRefType whole = getMemoryType(cast<RankedTensorType>(shapeOf.getType()));
  SmallVector<int64_t> shape(whole.getShape());
  if (!ShapedType::isDynamic(outermost) && !shape.empty())
    shape[0] = outermost;
  MemRefType type = MemRefType::get(shape, whole.getElementType());
  // Also if its rows are apart.
  if (source.getShape() == type.getShape() && source.getElementType() == type.getElementType())
    return memref;
  SmallVector<OpFoldResult> sizes, strides(shape.size());
  for (auto [i, dimension] : llvm::enumerate(shape))
    sizes.push_back(ShapedType::isDynamic(dimension)
                        ? OpFoldResult(size(builder, loc, plan.getSize(shapeOf, i)))
                        : OpFoldResult(builder.getIndexAttr(dimension)));
  int64_t stride = 1;
  for (int64_t i = shape.size() - 1; i >= 0; --i) {
    strides[i] = builder.getIndexAttr(stride);
    stride *= i == 0 ? 1 : shape[i];
  }
  return memref::ReinterpretCastOp::create(builder, loc, type, memref,
                                           OpFoldResult(builder.getIndexAttr(0)), sizes, strides);
}

StagePlace StageMemory::find(OpBuilder &builder, Location loc, Value value) const {
  Value storage = plan.getStorage(value);
  WEFT_ASSERT(storage && "only tensors in memory have a place");
  if (Value memref = arguments.lookup(storage))
    return {viewAs(builder, loc, memref, value, ShapedType::kDynamic)};
  const StageBuffer &buffer = *plan.findBuffer(storage);
  if (!buffer.isScratch())
    return {viewAs(builder, loc, results.lookup(buffer.results[0]), value, ShapedType::kDynamic)};
  Value memref = scratch.lookup(storage);
  if (value != storage) {
    auto type = cast<MemRefType>(memref.getType());
    bool sliced = buffer.axis == 0;
    memref =
        viewAs(builder, loc, memref, value, sliced ? type.getDimSize(0) : ShapedType::kDynamic);
  }
  return {memref, buffer.axis, buffer.axis == kNoAxis ? Value() : origin};
}

SmallVector<StagePlace> StageMemory::findTargets(OpBuilder &builder, Location loc,
                                                 const StageBuffer &buffer) const {
  if (buffer.isScratch())
    return {{scratch.lookup(buffer.value), buffer.axis, buffer.axis == kNoAxis ? Value() : origin}};
  SmallVector<StagePlace> places;
  for (unsigned result : buffer.results)
    places.push_back(
        {viewAs(builder, loc, results.lookup(result), buffer.value, ShapedType::kDynamic)});
  return places;
}

} // namespace weft
