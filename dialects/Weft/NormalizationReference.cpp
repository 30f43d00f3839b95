// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the Normalization family computes.
#include "dialects/Weft/Weft.h"

#include <cmath>

using namespace mlir;
using namespace weft;

// Applies `compute` to each line of elements along `dim`: to the first one's position and the
// stride.
static void forEachLine(const ReferenceTensor &x, int64_t dim,
                        function_ref<void(int64_t first, int64_t stride)> compute) {
  int64_t size = x.getDimSize(dim), stride = x.getStrides()[dim];
  for (int64_t position = 0, end = x.getNumElements(); position < end; ++position)
    if (position / stride % size == 0)
      compute(position, stride);
}

// The softmax or its logarithm of one line of `size` elements of `y`, in place.
static void normalizeLine(ReferenceTensor &y, int64_t first, int64_t stride, int64_t size,
                          bool isLogarithm) {
  double maximum = -HUGE_VAL, sum = 0;
  for (int64_t i = 0; i < size; ++i)
    maximum = std::fmax(maximum, y.getFloat(first + i * stride));
  for (int64_t i = 0; i < size; ++i)
    sum += std::exp(y.getFloat(first + i * stride) - maximum);
  for (int64_t i = 0; i < size; ++i) {
    double shifted = y.getFloat(first + i * stride) - maximum;
    y.setFloat(first + i * stride, isLogarithm ? shifted - std::log(sum) : std::exp(shifted) / sum);
  }
}

static ReferenceTensor normalize(const ReferenceTensor &x, int64_t dim, bool isLogarithm) {
  ReferenceTensor result = x;
  forEachLine(x, dim, [&](int64_t first, int64_t stride) {
    normalizeLine(result, first, stride, x.getDimSize(dim), isLogarithm);
  });
  return result;
}

LogicalResult SoftmaxOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                  SmallVectorImpl<ReferenceTensor> &results) {
  results.push_back(normalize(operands[0], getDim(), /*isLogarithm=*/false));
  return success();
}

LogicalResult LogSoftmaxOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                     SmallVectorImpl<ReferenceTensor> &results) {
  results.push_back(normalize(operands[0], getDim(), /*isLogarithm=*/true));
  return success();
}

// Each row of `size` elements less its mean, if `isCentered`, over the root of its mean square.
static void normalizeRows(ReferenceTensor &y, int64_t size, double eps, bool isCentered) {
  for (int64_t first = 0, end = y.getNumElements(); first < end; first += size) {
    MutableArrayRef<double> row = MutableArrayRef(y.getFloats()).slice(first, size);
    double count = static_cast<double>(size), mean = 0, square = 0;
    for (double element : row)
      mean += isCentered ? element / count : 0;
    for (double &element : row) {
      element -= mean;
      square += element * element / count;
    }
    for (double &element : row)
      element /= std::sqrt(square + eps);
  }
}

LogicalResult LayerNormOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                    SmallVectorImpl<ReferenceTensor> &results) {
  ReferenceTensor y = operands[0];
  int64_t size = operands[1].getNumElements();
  normalizeRows(y, size, getEps().convertToDouble(), /*isCentered=*/true);
  for (int64_t i = 0, end = y.getNumElements(); i < end; ++i)
    y.setFloat(i, y.getFloat(i) * operands[1].getFloat(i % size) +
                      (getBias() ? operands[2].getFloat(i % size) : 0));
  results.push_back(std::move(y));
  return success();
}

LogicalResult RmsNormOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                  SmallVectorImpl<ReferenceTensor> &results) {
  ReferenceTensor y = operands[0];
  int64_t size = operands[1].getNumElements();
  normalizeRows(y, size, getEps().convertToDouble(), /*isCentered=*/false);
  for (int64_t i = 0, end = y.getNumElements(); i < end; ++i)
    y.setFloat(i, y.getFloat(i) * operands[1].getFloat(i % size));
  results.push_back(std::move(y));
  return success();
}
