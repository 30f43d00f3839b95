// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification, type inference and builders of the Shape family.
#include "dialects/Weft/TypeInference.h"
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace weft;

// Failure, with an error in the words of emitOpError if there is a place for one.
template <typename OpTy, typename... Args>
static LogicalResult inferError(std::optional<Location> loc, Args &&...args) {
  return emitOptionalError(loc, "'", OpTy::getOperationName(), "' op ",
                           std::forward<Args>(args)...);
}

// The verifier checks limits only when there is a type.
template <typename OpTy>
static LogicalResult tooLarge(std::optional<Location> loc, int64_t dim) {
  return inferError<OpTy>(loc, "expected at most ", kMaxElements,
                          " elements, got a sum of sizes beyond 64 bits in dimension ", dim);
}

// That there is one number per dimension.
template <typename OpTy>
static LogicalResult checkLength(std::optional<Location> loc, StringRef what,
                                 ArrayRef<int64_t> numbers, RankedTensorType type,
                                 StringRef label) {
  if (static_cast<int64_t>(numbers.size()) == type.getRank())
    return success();
  return inferError<OpTy>(loc, "'", what, "': expected one number per dimension of ", type,
                          ", got ", numbers.size(), " (", label, ")");
}

//===----------------------------------------------------------------------===//
// ReshapeOp
//===----------------------------------------------------------------------===//

// The number of elements, or of those per row if dimension 0 is dynamic.
static int64_t countStaticElements(RankedTensorType type) {
  ArrayRef<int64_t> shape = type.getShape();
  return ShapedType::getNumElements(isDynamicTensor(type) ? shape.drop_front() : shape);
}

LogicalResult ReshapeOp::verify() {
  RankedTensorType from = getInput().getType(), to = getType();
  if (from.getElementType() != to.getElementType())
    return emitOpError("expected a result of element type ")
           << from.getElementType() << ", got " << to.getElementType() << " (reshape_c1)";
  if (isDynamicTensor(from) != isDynamicTensor(to))
    return emitOpError("expected dimension 0 to be dynamic in both types or in neither, got ")
           << from << " and " << to << " (reshape_c2)";
  // Other dynamic dimensions are checked when they have got their sizes.
  if (!hasStaticInnerDims(from.getShape()) || !hasStaticInnerDims(to.getShape()))
    return success();
  int64_t fromCount = countStaticElements(from), toCount = countStaticElements(to);
  if (!isDynamicTensor(from)) {
    if (fromCount != toCount)
      return emitOpError("expected a result of ")
             << fromCount << " elements, got " << to << " (reshape_c3)";
    return success();
  }
  if (fromCount == 0 || toCount == 0 || (fromCount % toCount != 0 && toCount % fromCount != 0))
    return emitOpError("expected rows of which one is a whole number of the other, got ")
           << fromCount << " elements per row of the operand and " << toCount
           << " of the result (reshape_c4)";
  return success();
}

int64_t ReshapeOp::mapDimension(int64_t dimension, unsigned) {
  RankedTensorType from = getInput().getType(), to = getType();
  if (dimension >= from.getRank() || !hasStaticInnerDims(from.getShape()) ||
      !hasStaticInnerDims(to.getShape()))
    return kNotSliceable;
  // Rows of different sizes: slices are whole samples.
  if (dimension == 0 && isDynamicTensor(from))
    return 0;
  ArrayRef<int64_t> fromLeading = from.getShape().take_front(dimension);
  ArrayRef<int64_t> toLeading = to.getShape().take_front(dimension);
  if (isDynamicTensor(from)) {
    if (countStaticElements(from) != countStaticElements(to))
      return kNotSliceable;
    fromLeading = fromLeading.drop_front();
    toLeading = toLeading.drop_front();
  }
  bool sameLeading =
      ShapedType::getNumElements(fromLeading) == ShapedType::getNumElements(toLeading);
  bool sameSize = from.getDimSize(dimension) == to.getDimSize(dimension);
  return sameLeading && sameSize ? dimension : kNotSliceable;
}

bool ReshapeOp::isShapeOperand(unsigned) { return false; }

//===----------------------------------------------------------------------===//
// PermuteOp
//===----------------------------------------------------------------------===//

LogicalResult PermuteOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<int64_t> dims = adaptor.getDims();
  if (failed(checkLength<PermuteOp>(loc, "dims", dims, type, "permute_c1")))
    return failure();
  llvm::SmallBitVector seen(type.getRank());
  SmallVector<int64_t> shape;
  for (int64_t dim : dims) {
    if (dim < 0 || dim >= type.getRank() || seen.test(dim))
      return inferError<PermuteOp>(loc, "'dims': expected each of the dimensions 0 to ",
                                   type.getRank() - 1, " once, got [", dims, "] (permute_c2)");
    seen.set(dim);
    shape.push_back(type.getDimSize(dim));
  }
  if (isDynamicTensor(type) && dims[0] != 0)
    return inferError<PermuteOp>(
        loc, "'dims': expected the dynamic dimension 0 to stay outermost, got dimension ", dims[0],
        " in its place (permute_c3)");
  types.push_back(type.clone(shape));
  return success();
}

LogicalResult PermuteOp::verify() { return success(); }

int64_t PermuteOp::mapDimension(int64_t dimension, unsigned) { return getDims()[dimension]; }

bool PermuteOp::isShapeOperand(unsigned) { return false; }

//===----------------------------------------------------------------------===//
// SliceOp
//===----------------------------------------------------------------------===//

void SliceOp::build(OpBuilder &builder, OperationState &state, Value input, int64_t dim,
                    int64_t start, int64_t limit) {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> starts(type.getRank(), 0), strides(type.getRank(), 1);
  SmallVector<int64_t> limits(type.getShape());
  for (int64_t dynamic : getDynamicDims(type))
    limits[dynamic] = -1;
  starts[dim] = start;
  limits[dim] = limit;
  build(builder, state, input, starts, limits, strides);
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<int64_t> starts = adaptor.getStarts(), limits = adaptor.getLimits();
  ArrayRef<int64_t> strides = adaptor.getStrides();
  if (failed(checkLength<SliceOp>(loc, "starts", starts, type, "slice_c1")) ||
      failed(checkLength<SliceOp>(loc, "limits", limits, type, "slice_c1")) ||
      failed(checkLength<SliceOp>(loc, "strides", strides, type, "slice_c1")))
    return failure();
  SmallVector<int64_t> shape;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    int64_t size = type.getDimSize(i);
    bool isWhole = starts[i] == 0 && limits[i] == -1 && strides[i] == 1;
    if (type.isDynamicDim(i) && isWhole) {
      shape.push_back(ShapedType::kDynamic);
      continue;
    }
    if (type.isDynamicDim(i) && (i == 0 || starts[i] < 0 || limits[i] < starts[i]))
      return inferError<SliceOp>(
          loc, "expected start 0, limit -1 and stride 1 in the dynamic dimension ", i, ", got ",
          starts[i], ", ", limits[i], ", ", strides[i], " (slice_c2)");
    // Whether a dynamic dimension is large enough is seen when it has got its size.
    if (starts[i] < 0 || limits[i] < starts[i] || (!type.isDynamicDim(i) && limits[i] > size))
      return inferError<SliceOp>(loc, "expected 0 <= start <= limit <= ", size, " in dimension ", i,
                                 ", got start ", starts[i], " and limit ", limits[i],
                                 " (slice_c3)");
    if (strides[i] < 1)
      return inferError<SliceOp>(loc, "expected a stride of at least 1 in dimension ", i, ", got ",
                                 strides[i], " (slice_c4)");
    shape.push_back(llvm::divideCeil(limits[i] - starts[i], strides[i]));
  }
  types.push_back(type.clone(shape));
  return success();
}

LogicalResult SliceOp::verify() { return success(); }

int64_t SliceOp::mapDimension(int64_t dimension, unsigned) {
  RankedTensorType type = getInput().getType();
  return type.getDimSize(dimension) == getType().getDimSize(dimension) ? dimension : kNotSliceable;
}

bool SliceOp::isShapeOperand(unsigned) { return false; }

//===----------------------------------------------------------------------===//
// PrefixOp
//===----------------------------------------------------------------------===//

LogicalResult PrefixOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getInput().getType());
  auto like = cast<RankedTensorType>(adaptor.getLike().getType());
  int64_t dim = adaptor.getDim(), likeDim = adaptor.getLikeDim();
  if (dim < 0 || dim >= type.getRank() || type.isDynamicDim(dim))
    return inferError<PrefixOp>(loc, "'dim': expected a static dimension of ", type, ", got ", dim,
                                " (prefix_c1)");
  if (likeDim < 0 || likeDim >= like.getRank() || (likeDim == 0 && like.isDynamicDim(0)))
    return inferError<PrefixOp>(loc, "expected a dimension of 'like' ", like,
                                " other than the batch, got ", likeDim, " (prefix_c2)");
  int64_t size = like.getDimSize(likeDim);
  if (size > type.getDimSize(dim))
    return inferError<PrefixOp>(loc, "expected at most the ", type.getDimSize(dim),
                                " elements of dimension ", dim, " of ", type, ", got ", size,
                                " (prefix_c3)");
  SmallVector<int64_t> shape(type.getShape());
  shape[dim] = size;
  types.push_back(type.clone(shape));
  return success();
}

//===----------------------------------------------------------------------===//
// ConcatOp
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ValueRange inputs = adaptor.getInputs();
  if (inputs.empty())
    return inferError<ConcatOp>(loc, "expected at least one operand, got none (concat_c1)");
  auto first = cast<RankedTensorType>(inputs[0].getType());
  int64_t dim = adaptor.getDim();
  if (dim < 0 || dim >= first.getRank())
    return inferError<ConcatOp>(loc, "'dim': expected a dimension of ", first, ", got ", dim,
                                " (concat_c2)");
  SmallVector<int64_t> shape(first.getShape());
  shape[dim] = 0;
  for (Value input : inputs) {
    auto type = cast<RankedTensorType>(input.getType());
    if (type.getRank() != first.getRank() || type.getElementType() != first.getElementType())
      return inferError<ConcatOp>(loc, "expected operands of the rank and element type of ", first,
                                  ", got ", type, " (concat_c3)");
    if (type.isDynamicDim(dim))
      return inferError<ConcatOp>(loc,
                                  "'dim': expected a static dimension, got the dynamic dimension ",
                                  dim, " of ", type, " (concat_c4)");
    for (int64_t i = 0; i < type.getRank(); ++i)
      if (i != dim && type.getDimSize(i) != first.getDimSize(i))
        return inferError<ConcatOp>(loc, "expected operands that agree in dimension ", i, ", got ",
                                    first, " and ", type, " (concat_c5)");
    if (llvm::AddOverflow(shape[dim], type.getDimSize(dim), shape[dim]))
      return tooLarge<ConcatOp>(loc, dim);
  }
  types.push_back(first.clone(shape));
  return success();
}

LogicalResult ConcatOp::verify() { return success(); }

int64_t ConcatOp::mapDimension(int64_t dimension, unsigned) {
  return dimension == static_cast<int64_t>(getDim()) ? kNotSliceable : dimension;
}

bool ConcatOp::isShapeOperand(unsigned) { return false; }

//===----------------------------------------------------------------------===//
// PadOp
//===----------------------------------------------------------------------===//

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<int64_t> low = adaptor.getLow(), high = adaptor.getHigh();
  if (failed(checkLength<PadOp>(loc, "low", low, type, "pad_c1")) ||
      failed(checkLength<PadOp>(loc, "high", high, type, "pad_c1")))
    return failure();
  SmallVector<int64_t> shape(type.getShape());
  for (int64_t i = 0; i < type.getRank(); ++i) {
    if (low[i] < 0 || high[i] < 0)
      return inferError<PadOp>(loc, "expected low and high of at least 0 in dimension ", i,
                               ", got ", low[i], " and ", high[i], " (pad_c2)");
    if (type.isDynamicDim(i)) {
      if (low[i] != 0 || high[i] != 0)
        return inferError<PadOp>(loc, "expected low 0 and high 0 in the dynamic dimension ", i,
                                 ", got ", low[i], " and ", high[i], " (pad_c3)");
      continue;
    }
    if (llvm::AddOverflow(shape[i], low[i], shape[i]) ||
        llvm::AddOverflow(shape[i], high[i], shape[i]))
      return tooLarge<PadOp>(loc, i);
  }
  types.push_back(type.clone(shape));
  return success();
}

LogicalResult PadOp::verify() {
  double value = getValue().convertToDouble();
  if (isa<IntegerType>(getType().getElementType()) &&
      (value != std::floor(value) || std::fabs(value) > 0x1p53))
    return emitOpError("expected a whole number as the value of ")
           << getType() << ", got " << value << " (pad_c4)";
  return success();
}

int64_t PadOp::mapDimension(int64_t dimension, unsigned) {
  return getLow()[dimension] == 0 && getHigh()[dimension] == 0 ? dimension : kNotSliceable;
}

bool PadOp::isShapeOperand(unsigned) { return false; }

//===----------------------------------------------------------------------===//
// BroadcastOp
//===----------------------------------------------------------------------===//

// The dynamic dimensions of a broadcast's result that no dimension of its operand gives.
static SmallVector<int64_t> getUnknownDims(RankedTensorType from, RankedTensorType to,
                                           ArrayRef<int64_t> dims) {
  SmallVector<int64_t> unknown = getDynamicDims(to);
  for (auto [i, dim] : llvm::enumerate(dims))
    if (from.isDynamicDim(i))
      llvm::erase(unknown, dim);
  return unknown;
}

void BroadcastOp::build(OpBuilder &builder, OperationState &state, Type result, Value input,
                        ArrayRef<int64_t> dimensions) {
  build(builder, state, result, input, /*like=*/Value(), dimensions);
}

void BroadcastOp::build(OpBuilder &builder, OperationState &state, Value input, Value shapeOf,
                        ArrayRef<int64_t> dimensions) {
  auto type = cast<RankedTensorType>(input.getType());
  auto result = cast<RankedTensorType>(shapeOf.getType()).clone(type.getElementType());
  bool needsLike = !::getUnknownDims(type, result, dimensions).empty();
  build(builder, state, result, input, needsLike ? shapeOf : Value(), dimensions);
}

SmallVector<int64_t> BroadcastOp::getUnknownDims() {
  return ::getUnknownDims(getInput().getType(), getType(), getDimensions());
}

LogicalResult BroadcastOp::verify() {
  RankedTensorType from = getInput().getType(), to = getType();
  ArrayRef<int64_t> dims = getDimensions();
  if (from.getElementType() != to.getElementType())
    return emitOpError("expected a result of element type ")
           << from.getElementType() << ", got " << to.getElementType() << " (broadcast_c1)";
  if (static_cast<int64_t>(dims.size()) != from.getRank())
    return emitOpError("'dims': expected one number per dimension of ")
           << from << ", got " << dims.size() << " (broadcast_c2)";
  for (int64_t i = 0; i < from.getRank(); ++i) {
    if (dims[i] < 0 || dims[i] >= to.getRank() || (i > 0 && dims[i] <= dims[i - 1]))
      return emitOpError("'dims': expected rising dimensions of ")
             << to << ", got [" << dims << "] (broadcast_c3)";
    int64_t size = from.getDimSize(i), newSize = to.getDimSize(dims[i]);
    if (size != newSize && size != 1)
      return emitOpError("expected dimension ")
             << i << " of the operand to be 1 or that of dimension " << dims[i]
             << " of the result, got " << from << " and " << to << " (broadcast_c4)";
  }
  return verifyLike(*this, getLike(), getUnknownDims());
}

int64_t BroadcastOp::mapDimension(int64_t dimension, unsigned operand) {
  if (isShapeOperand(operand))
    return dimension == 0 ? 0 : kWholeOperand;
  ArrayRef<int64_t> dims = getDimensions();
  for (int64_t i = 0; i < static_cast<int64_t>(dims.size()); ++i)
    if (dims[i] == dimension &&
        getInput().getType().getDimSize(i) == getType().getDimSize(dimension))
      return i;
  return kWholeOperand;
}

bool BroadcastOp::isShapeOperand(unsigned operand) { return operand == 1; }

//===----------------------------------------------------------------------===//
// ConstantOp
//===----------------------------------------------------------------------===//

static Attribute getElement(Type type, double value) {
  if (isa<FloatType>(type))
    return FloatAttr::get(type, value);
  return IntegerAttr::get(type, APInt(type.getIntOrFloatBitWidth(), static_cast<int64_t>(value),
                                      /*isSigned=*/true, /*implicitTrunc=*/true));
}

void ConstantOp::build(OpBuilder &builder, OperationState &state, RankedTensorType type,
                       double value) {
  build(builder, state, DenseElementsAttr::get(type, getElement(type.getElementType(), value)));
}

LogicalResult ConstantOp::verify() {
  if (!isa<DenseElementsAttr>(getValue()))
    return emitOpError("expected a dense<...> literal, got ") << getValue() << " (constant_c1)";
  return success();
}

int64_t ConstantOp::mapDimension(int64_t, unsigned) { return kNotSliceable; }

bool ConstantOp::isShapeOperand(unsigned) { return false; }

Value weft::createSplat(OpBuilder &builder, Location loc, Value like, double value,
                        Type elementType) {
  auto type = cast<RankedTensorType>(like.getType());
  if (elementType)
    type = type.clone(elementType);
  if (type.hasStaticShape())
    return ConstantOp::create(builder, loc, type, value);
  Value scalar = ConstantOp::create(builder, loc, type.clone(ArrayRef<int64_t>()), value);
  return BroadcastOp::create(builder, loc, scalar, like, ArrayRef<int64_t>());
}

//===----------------------------------------------------------------------===//
// IotaOp
//===----------------------------------------------------------------------===//

LogicalResult IotaOp::verify() {
  if (static_cast<int64_t>(getDim()) < 0 || static_cast<int64_t>(getDim()) >= getType().getRank())
    return emitOpError("'dim': expected a dimension of ")
           << getType() << ", got " << static_cast<int64_t>(getDim()) << " (iota_c1)";
  return verifyLike(*this, getLike(), getDynamicDims(getType()));
}

int64_t IotaOp::mapDimension(int64_t dimension, unsigned) {
  if (dimension == static_cast<int64_t>(getDim()))
    return kNotSliceable;
  return dimension == 0 ? 0 : kWholeOperand;
}

bool IotaOp::isShapeOperand(unsigned) { return true; }

//===----------------------------------------------------------------------===//
// OneHotOp
//===----------------------------------------------------------------------===//

LogicalResult OneHotOp::verify() {
  RankedTensorType from = getLabels().getType(), to = getType();
  int64_t classes = getNumClasses();
  if (classes < 1)
    return emitOpError("'num_classes': expected at least 1, got ") << classes << " (one_hot_c1)";
  SmallVector<int64_t> shape(from.getShape());
  shape.push_back(classes);
  RankedTensorType expected = to.clone(shape);
  if (expected != to)
    return emitOpError("expected a result of type ")
           << expected << ", got " << to << " (one_hot_c2)";
  return success();
}

std::optional<IndexRange> OneHotOp::getIndexRange(unsigned) {
  return IndexRange{0, static_cast<int64_t>(getNumClasses()), kIgnoredLabel};
}

#define GET_OP_CLASSES
#include "dialects/Weft/ShapeOps.cpp.inc"
