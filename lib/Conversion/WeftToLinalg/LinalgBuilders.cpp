// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Building blocks of the conversion to linalg.
#include "LinalgBuilders.h"

#include "dialects/Assert.h"
#include "weft/Conversion/ScalarBody.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;

namespace weft {

Value createEmpty(OpBuilder &builder, Location loc, RankedTensorType type, Value like,
                  int64_t dimension) {
  SmallVector<Value> sizes;
  if (type.getRank() > 0 && type.isDynamicDim(0)) {
    WEFT_ASSERT(like && "a dynamic result takes its size from another tensor");
    sizes.push_back(tensor::DimOp::create(builder, loc, like, dimension));
  }
  return tensor::EmptyOp::create(builder, loc, type.getShape(), type.getElementType(), sizes);
}

Value createParallel(OpBuilder &builder, Location loc, ValueRange inputs, ArrayRef<AffineMap> maps,
                     Value empty, BodyBuilder body) {
  auto type = cast<RankedTensorType>(empty.getType());
  SmallVector<AffineMap> allMaps(maps);
  allMaps.push_back(builder.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> iterators(type.getRank(), utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange(type), inputs, ValueRange(empty), allMaps, iterators,
      [&](OpBuilder &nested, Location nestedLoc, ValueRange arguments) {
        Value result = body(nested, nestedLoc, arguments.drop_back());
        linalg::YieldOp::create(nested, nestedLoc, result);
      });
  return generic.getResult(0);
}

Value createCast(OpBuilder &builder, Location loc, Value tensor, Type elementType) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (type.getElementType() == elementType)
    return tensor;
  Value empty = createEmpty(builder, loc, type.clone(elementType), tensor);
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  return createParallel(builder, loc, tensor, identity, empty,
                        [&](OpBuilder &nested, Location nestedLoc, ValueRange arguments) {
                          return emitScalarCast(nested, nestedLoc, arguments[0], elementType);
                        });
}

Value createFill(OpBuilder &builder, Location loc, Value tensor, double value) {
  Type elementType = cast<RankedTensorType>(tensor.getType()).getElementType();
  TypedAttr attribute;
  if (isa<FloatType>(elementType))
    attribute = builder.getFloatAttr(elementType, value);
  else
    attribute = builder.getIntegerAttr(elementType, static_cast<int64_t>(value));
  Value scalar = arith::ConstantOp::create(builder, loc, attribute);
  return linalg::FillOp::create(builder, loc, ValueRange(scalar), ValueRange(tensor)).getResult(0);
}

namespace {

/// One group of all dimensions, or none for a scalar.
SmallVector<ReassociationIndices> oneGroup(int64_t first, int64_t rank) {
  if (rank == first)
    return {};
  return {llvm::to_vector(llvm::seq<int64_t>(first, rank))};
}

/// Dimension 0 on its own if `keepOutermost`, all others in a second group.
SmallVector<ReassociationIndices> groups(int64_t rank, bool keepOutermost) {
  SmallVector<ReassociationIndices> result;
  if (keepOutermost)
    result.push_back({0});
  llvm::append_range(result, oneGroup(keepOutermost ? 1 : 0, rank));
  return result;
}

int64_t innerElements(RankedTensorType type) {
  int64_t count = 1;
  for (int64_t size : type.getShape().drop_front())
    count *= size;
  return count;
}

/// The size of a dynamic dimension 0 of `type` for the elements of `flat`.
OpFoldResult outermostSize(OpBuilder &builder, Location loc, Value flat, RankedTensorType type,
                           bool sameOutermost) {
  Value size = tensor::DimOp::create(builder, loc, flat, 0);
  if (sameOutermost || innerElements(type) == 1)
    return size;
  Value inner = arith::ConstantIndexOp::create(builder, loc, innerElements(type));
  return arith::DivUIOp::create(builder, loc, size, inner).getResult();
}

} // namespace

Value createReshape(OpBuilder &builder, Location loc, Value tensor, RankedTensorType type) {
  auto source = cast<RankedTensorType>(tensor.getType());
  if (source == type)
    return tensor;
  bool dynamic = !type.hasStaticShape();
  // Dimension 0 stays by itself if both types have others.
  bool sameOutermost = dynamic && innerElements(source) == innerElements(type) &&
                       std::min(source.getRank(), type.getRank()) > 1;
  // A scalar has no group to merge: it is expanded from nothing, and collapsed to nothing.
  bool scalar = source.getRank() == 0 || type.getRank() == 0;
  int64_t flatRank = sameOutermost ? 2 : 1;
  Value flat = tensor;
  if (scalar ? source.getRank() > 0 : source.getRank() > flatRank)
    flat = tensor::CollapseShapeOp::create(builder, loc, tensor,
                                           scalar ? SmallVector<ReassociationIndices>{}
                                                  : groups(source.getRank(), sameOutermost));
  if (flat.getType() == type)
    return flat;
  SmallVector<OpFoldResult> sizes;
  for (int64_t i = 0; i < type.getRank(); ++i)
    sizes.push_back(type.isDynamicDim(i) ? outermostSize(builder, loc, flat, type, sameOutermost)
                                         : OpFoldResult(builder.getIndexAttr(type.getDimSize(i))));
  return tensor::ExpandShapeOp::create(
      builder, loc, type, flat,
      scalar ? SmallVector<ReassociationIndices>{} : groups(type.getRank(), sameOutermost), sizes);
}

} // namespace weft
