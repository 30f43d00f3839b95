// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reference interpreter's tensor.
#include "dialects/Interfaces/ReferenceTensor.h"
#include "dialects/Assert.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"

#include <functional>
#include <numeric>

using namespace mlir;

namespace weft {

ReferenceTensor::ReferenceTensor(Type elementType, ArrayRef<int64_t> shape)
    : elementType(elementType), shape(shape) {
  WEFT_ASSERT(!ShapedType::isDynamicShape(shape) && "a tensor of data has a static shape");
  if (isFloat())
    floats.assign(getNumElements(), 0.0);
  else
    ints.assign(getNumElements(), 0);
}

static double toDouble(APFloat value) {
  bool losesInfo = false;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return value.convertToDouble();
}

ReferenceTensor ReferenceTensor::fromAttribute(DenseElementsAttr value) {
  ReferenceTensor tensor(value.getElementType(), cast<ShapedType>(value.getType()).getShape());
  int64_t position = 0;
  if (tensor.isFloat()) {
    for (APFloat element : value.getValues<APFloat>())
      tensor.floats[position++] = toDouble(element);
    return tensor;
  }
  bool isBool = tensor.elementType.isInteger(1);
  for (const APInt &element : value.getValues<APInt>())
    tensor.ints[position++] = isBool ? element.getZExtValue() : element.getSExtValue();
  return tensor;
}

int64_t ReferenceTensor::getNumElements() const {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<>());
}

SmallVector<int64_t> ReferenceTensor::getStrides() const {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = getRank() - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

ReferenceTensor ReferenceTensor::reshaped(ArrayRef<int64_t> newShape) const {
  ReferenceTensor result = *this;
  result.shape.assign(newShape.begin(), newShape.end());
  WEFT_ASSERT(result.getNumElements() == getNumElements() &&
              "a reshape keeps the number of elements");
  return result;
}

void ReferenceTensor::roundToElementType() {
  if (isFloat()) {
    const llvm::fltSemantics &semantics = cast<FloatType>(elementType).getFloatSemantics();
    for (double &element : floats) {
      APFloat value(element);
      bool losesInfo = false;
      value.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
      element = toDouble(value);
    }
    return;
  }
  unsigned width = elementType.getIntOrFloatBitWidth();
  for (int64_t &element : ints)
    element = width == 1 ? element & 1 : APInt(64, element, true).trunc(width).getSExtValue();
}

DenseElementsAttr ReferenceTensor::toAttribute() const {
  auto type = RankedTensorType::get(shape, elementType);
  ReferenceTensor rounded = *this;
  rounded.roundToElementType();
  if (isFloat()) {
    const llvm::fltSemantics &semantics = cast<FloatType>(elementType).getFloatSemantics();
    SmallVector<APFloat> values;
    values.reserve(rounded.floats.size());
    for (double element : rounded.floats) {
      APFloat value(element);
      bool losesInfo = false;
      value.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
      values.push_back(value);
    }
    return DenseElementsAttr::get(type, values);
  }
  unsigned width = elementType.getIntOrFloatBitWidth();
  SmallVector<APInt> values;
  values.reserve(rounded.ints.size());
  for (int64_t element : rounded.ints)
    values.push_back(APInt(64, element, true).trunc(width));
  return DenseElementsAttr::get(type, values);
}

bool nextIndex(MutableArrayRef<int64_t> index, ArrayRef<int64_t> shape) {
  for (int64_t i = static_cast<int64_t>(index.size()) - 1; i >= 0; --i) {
    if (++index[i] < shape[i])
      return true;
    index[i] = 0;
  }
  return false;
}

} // namespace weft
