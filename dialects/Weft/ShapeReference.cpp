// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the ops of the Shape family compute.
#include "dialects/Weft/Weft.h"

using namespace mlir;
using namespace weft;

using Operands = ArrayRef<ReferenceTensor>;
using Results = SmallVectorImpl<ReferenceTensor>;

static void copyElement(ReferenceTensor &to, int64_t toPosition, const ReferenceTensor &from,
                        int64_t fromPosition) {
  if (to.isFloat())
    to.setFloat(toPosition, from.getFloat(fromPosition));
  else
    to.setInt(toPosition, from.getInt(fromPosition));
}

static void setElement(ReferenceTensor &tensor, int64_t position, double value) {
  if (tensor.isFloat())
    tensor.setFloat(position, value);
  else
    tensor.setInt(position, static_cast<int64_t>(value));
}

// The shape of a type whose dynamic dimensions, if any, have the sizes of the same ones of `like`.
static SmallVector<int64_t> getShapeLike(RankedTensorType type, ArrayRef<int64_t> like) {
  SmallVector<int64_t> shape(type.getShape());
  for (int64_t dim : getDynamicDims(type))
    shape[dim] = like[dim];
  return shape;
}

// Fills in `result`, element by element, from the element of `source` whose position is `offset`
// plus the index times `steps`.
static void gather(ReferenceTensor &result, const ReferenceTensor &source, int64_t offset,
                   ArrayRef<int64_t> steps) {
  int64_t count = result.getNumElements();
  SmallVector<int64_t> index(result.getRank(), 0);
  for (int64_t position = 0; position < count; ++position) {
    int64_t from = offset;
    for (auto [coordinate, step] : llvm::zip_equal(index, steps))
      from += coordinate * step;
    copyElement(result, position, source, from);
    nextIndex(index, result.getShape());
  }
}

// The reverse: puts each element of `source` at `offset` plus its index times the strides of
// `result`.
static void scatter(ReferenceTensor &result, const ReferenceTensor &source, int64_t offset) {
  int64_t count = source.getNumElements();
  SmallVector<int64_t> index(source.getRank(), 0), strides = result.getStrides();
  for (int64_t position = 0; position < count; ++position) {
    int64_t to = offset;
    for (auto [coordinate, stride] : llvm::zip_equal(index, strides))
      to += coordinate * stride;
    copyElement(result, to, source, position);
    nextIndex(index, source.getShape());
  }
}

LogicalResult ReshapeOp::evaluate(Operands operands, Results &results) {
  const ReferenceTensor &input = operands[0];
  RankedTensorType type = getType();
  SmallVector<int64_t> shape(type.getShape()), unknown = getDynamicDims(type);
  // Of several unknown dimensions, the outermost has the operand's rows.
  if (unknown.size() > 1 && unknown.front() == 0 && input.getRank() > 0) {
    shape[0] = input.getDimSize(0);
    unknown.erase(unknown.begin());
  }
  if (unknown.size() > 1)
    return emitOpError(
               "expected a result with at most one dimension whose size does not follow from "
               "the operand's, got ")
           << type;
  int64_t count = input.getNumElements(), perRow = 1;
  for (int64_t size : shape)
    perRow *= ShapedType::isDynamic(size) ? 1 : size;
  if (perRow == 0 || count % perRow != 0 || (unknown.empty() && count != perRow))
    return emitOpError("expected a multiple of ")
           << perRow << " elements, those of a row of " << type << ", got " << count;
  if (!unknown.empty())
    shape[unknown.front()] = count / perRow;
  results.push_back(input.reshaped(shape));
  return success();
}

LogicalResult PermuteOp::evaluate(Operands operands, Results &results) {
  const ReferenceTensor &input = operands[0];
  SmallVector<int64_t> shape, steps, strides = input.getStrides();
  for (int64_t dim : getDims()) {
    shape.push_back(input.getDimSize(dim));
    steps.push_back(strides[dim]);
  }
  gather(results.emplace_back(input.getElementType(), shape), input, 0, steps);
  return success();
}

LogicalResult SliceOp::evaluate(Operands operands, Results &results) {
  const ReferenceTensor &input = operands[0];
  SmallVector<int64_t> steps = input.getStrides();
  int64_t offset = 0;
  for (int64_t i = 0; i < input.getRank(); ++i) {
    offset += getStarts()[i] * steps[i];
    steps[i] *= getStrides()[i];
  }
  SmallVector<int64_t> shape = getShapeLike(getType(), input.getShape());
  for (auto [i, size] : llvm::enumerate(input.getShape()))
    if (getStarts()[i] > size || getLimits()[i] > size)
      return emitOpError("expected 0 <= start <= limit <= ")
             << size << " in dimension " << i << ", got start " << getStarts()[i] << " and limit "
             << getLimits()[i] << " (slice_c3)";
  gather(results.emplace_back(input.getElementType(), shape), input, offset, steps);
  return success();
}

LogicalResult PrefixOp::evaluate(Operands operands, Results &results) {
  const ReferenceTensor &input = operands[0];
  int64_t dim = getDim(), size = operands[1].getDimSize(getLikeDim());
  if (size > input.getDimSize(dim))
    return emitOpError("expected at most the ")
           << input.getDimSize(dim) << " elements of dimension " << dim << ", got " << size
           << " (prefix_c3)";
  SmallVector<int64_t> shape(input.getShape());
  shape[dim] = size;
  gather(results.emplace_back(input.getElementType(), shape), input, 0, input.getStrides());
  return success();
}

LogicalResult ConcatOp::evaluate(Operands operands, Results &results) {
  int64_t dim = getDim();
  SmallVector<int64_t> shape(operands[0].getShape());
  shape[dim] = 0;
  for (const ReferenceTensor &operand : operands) {
    shape[dim] += operand.getDimSize(dim);
    if (dim != 0 && operand.getDimSize(0) != shape[0])
      return emitOpError("expected operands that agree in dimension 0, got sizes ")
             << shape[0] << " and " << operand.getDimSize(0);
  }
  ReferenceTensor result(operands[0].getElementType(), shape);
  int64_t start = 0;
  for (const ReferenceTensor &operand : operands) {
    scatter(result, operand, start * result.getStrides()[dim]);
    start += operand.getDimSize(dim);
  }
  results.push_back(std::move(result));
  return success();
}

LogicalResult PadOp::evaluate(Operands operands, Results &results) {
  const ReferenceTensor &input = operands[0];
  SmallVector<int64_t> shape(input.getShape());
  for (int64_t i = 0; i < input.getRank(); ++i)
    shape[i] += getLow()[i] + getHigh()[i];
  ReferenceTensor result(input.getElementType(), shape);
  double value = getValue().convertToDouble();
  for (int64_t i = 0, e = result.getNumElements(); i < e; ++i)
    setElement(result, i, value);
  int64_t offset = 0;
  for (auto [low, stride] : llvm::zip_equal(getLow(), result.getStrides()))
    offset += low * stride;
  scatter(result, input, offset);
  results.push_back(std::move(result));
  return success();
}

LogicalResult BroadcastOp::evaluate(Operands operands, Results &results) {
  const ReferenceTensor &input = operands[0];
  SmallVector<int64_t> shape(getType().getShape());
  for (int64_t dim : getUnknownDims())
    shape[dim] = operands.back().getDimSize(dim);
  for (auto [i, dim] : llvm::enumerate(getDimensions()))
    if (ShapedType::isDynamic(shape[dim]))
      shape[dim] = input.getDimSize(i);
  SmallVector<int64_t> steps(shape.size(), 0), strides = input.getStrides();
  for (auto [i, dim] : llvm::enumerate(getDimensions()))
    if (input.getDimSize(i) == shape[dim])
      steps[dim] = strides[i];
  gather(results.emplace_back(input.getElementType(), shape), input, 0, steps);
  return success();
}

LogicalResult ConstantOp::evaluate(Operands, Results &results) {
  results.push_back(ReferenceTensor::fromAttribute(cast<DenseElementsAttr>(getValue())));
  return success();
}

LogicalResult IotaOp::evaluate(Operands operands, Results &results) {
  SmallVector<int64_t> shape(getType().getShape());
  if (getLike())
    shape = getShapeLike(getType(), operands[0].getShape());
  ReferenceTensor result(getType().getElementType(), shape);
  SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t i = 0, e = result.getNumElements(); i < e; ++i) {
    setElement(result, i, static_cast<double>(index[getDim()]));
    nextIndex(index, shape);
  }
  results.push_back(std::move(result));
  return success();
}

LogicalResult OneHotOp::evaluate(Operands operands, Results &results) {
  const ReferenceTensor &labels = operands[0];
  int64_t classes = getNumClasses();
  SmallVector<int64_t> shape(labels.getShape());
  shape.push_back(classes);
  ReferenceTensor result(getType().getElementType(), shape);
  for (auto [i, label] : llvm::enumerate(labels.getInts())) {
    if (label == kIgnoredLabel)
      continue;
    if (label < 0 || label >= classes)
      return emitOpError("expected labels from 0 to ") << classes - 1 << ", or " << kIgnoredLabel
                                                       << ", got " << label << " at position " << i;
    setElement(result, static_cast<int64_t>(i) * classes + label, 1);
  }
  results.push_back(std::move(result));
  return success();
}
