// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the Reduction family computes.
#include "dialects/Weft/Weft.h"

#include <cmath>

using namespace mlir;
using namespace weft;

// A result of zeros, and for each element of the operand the position in it that the element goes
// to.
static ReferenceTensor prepareReduction(const ReferenceTensor &x, ArrayRef<int64_t> dims,
                                        bool keepdim, Type elementType,
                                        SmallVectorImpl<int64_t> &targets) {
  SmallVector<int64_t> shape, strides(x.getRank(), 0);
  int64_t stride = 1;
  for (int64_t dim = x.getRank() - 1; dim >= 0; --dim) {
    bool isReduced = llvm::is_contained(dims, dim);
    if (!isReduced) {
      strides[dim] = stride;
      stride *= x.getDimSize(dim);
    }
    if (!isReduced || keepdim)
      shape.insert(shape.begin(), isReduced ? 1 : x.getDimSize(dim));
  }
  SmallVector<int64_t> index(x.getRank(), 0);
  if (x.getNumElements() > 0) {
    do {
      int64_t target = 0;
      for (auto [i, s] : llvm::zip_equal(index, strides))
        target += i * s;
      targets.push_back(target);
    } while (nextIndex(index, x.getShape()));
  }
  return ReferenceTensor(elementType, shape);
}

static ReferenceTensor sumOver(const ReferenceTensor &x, ArrayRef<int64_t> dims, bool keepdim,
                               Type elementType) {
  SmallVector<int64_t> targets;
  ReferenceTensor result = prepareReduction(x, dims, keepdim, elementType, targets);
  for (auto [position, target] : llvm::enumerate(targets))
    result.setFloat(target, result.getFloat(target) + x.getFloat(position));
  return result;
}

static double getCount(const ReferenceTensor &x, ArrayRef<int64_t> dims) {
  double count = 1;
  for (int64_t dim : dims)
    count *= static_cast<double>(x.getDimSize(dim));
  return count;
}

// Whether `value` takes the place of the maximum so far: a NaN does, and nothing replaces it.
static bool isNewMaximum(double value, double maximum) {
  return !std::isnan(maximum) && (std::isnan(value) || value > maximum);
}

LogicalResult ReduceSumOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                    SmallVectorImpl<ReferenceTensor> &results) {
  results.push_back(sumOver(operands[0], getDims(), getKeepdim(), getType().getElementType()));
  return success();
}

LogicalResult ReduceMeanOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                     SmallVectorImpl<ReferenceTensor> &results) {
  ReferenceTensor result =
      sumOver(operands[0], getDims(), getKeepdim(), getType().getElementType());
  double count = getCount(operands[0], getDims());
  for (double &element : result.getFloats())
    element /= count;
  results.push_back(std::move(result));
  return success();
}

LogicalResult ReduceMaxOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                    SmallVectorImpl<ReferenceTensor> &results) {
  const ReferenceTensor &x = operands[0];
  SmallVector<int64_t> targets;
  ReferenceTensor result =
      prepareReduction(x, getDims(), getKeepdim(), getType().getElementType(), targets);
  llvm::fill(result.getFloats(), -HUGE_VAL);
  for (auto [position, target] : llvm::enumerate(targets))
    if (isNewMaximum(x.getFloat(position), result.getFloat(target)))
      result.setFloat(target, x.getFloat(position));
  results.push_back(std::move(result));
  return success();
}

LogicalResult ArgmaxOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                 SmallVectorImpl<ReferenceTensor> &results) {
  const ReferenceTensor &x = operands[0];
  int64_t dim = getDim(), size = x.getDimSize(dim), stride = x.getStrides()[dim];
  SmallVector<int64_t> targets;
  ReferenceTensor result =
      prepareReduction(x, dim, getKeepdim(), getType().getElementType(), targets);
  std::vector<double> maxima(result.getNumElements(), -HUGE_VAL);
  for (auto [position, target] : llvm::enumerate(targets)) {
    if (!isNewMaximum(x.getFloat(position), maxima[target]))
      continue;
    maxima[target] = x.getFloat(position);
    result.setInt(target, static_cast<int64_t>(position) / stride % size);
  }
  results.push_back(std::move(result));
  return success();
}

LogicalResult SizeOp::evaluate(ArrayRef<ReferenceTensor> operands,
                               SmallVectorImpl<ReferenceTensor> &results) {
  ReferenceTensor result(getType().getElementType(), {});
  result.setFloat(0, getCount(operands[0], getDims()));
  results.push_back(std::move(result));
  return success();
}
