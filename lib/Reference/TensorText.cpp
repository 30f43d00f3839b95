// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Printing and comparing tensors of the reference interpreter.
#include "weft/Reference/TensorText.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace weft {

// `precision` significant digits, integral values without a point.
static void printFloat(raw_ostream &os, double value, unsigned precision) {
  if (std::isnan(value))
    os << "nan"; // whatever its sign
  else
    os << llvm::format("%.*g", static_cast<int>(precision), value == 0 ? 0.0 : value);
}

static void printElement(raw_ostream &os, const ReferenceTensor &tensor, int64_t position,
                         unsigned precision) {
  if (tensor.isFloat())
    printFloat(os, tensor.getFloat(position), precision);
  else
    os << tensor.getInt(position);
}

static void printDimension(raw_ostream &os, const ReferenceTensor &tensor, int64_t dimension,
                           int64_t &position, unsigned precision) {
  if (dimension == tensor.getRank())
    return printElement(os, tensor, position++, precision);
  os << "[";
  for (int64_t i = 0; i < tensor.getDimSize(dimension); ++i) {
    os << (i ? ", " : "");
    printDimension(os, tensor, dimension + 1, position, precision);
  }
  os << "]";
}

void printElements(raw_ostream &os, const ReferenceTensor &tensor, unsigned precision) {
  int64_t position = 0;
  printDimension(os, tensor, 0, position, precision);
}

Tolerance getDefaultTolerance(Type elementType) {
  if (elementType.isF64())
    return {1e-9, 1e-9};
  if (elementType.isF32())
    return {2e-6, 1e-6};
  if (elementType.isF16())
    return {2e-3, 1e-4};
  if (elementType.isBF16())
    return {1.6e-2, 1e-3};
  return {};
}

// How far `actual` is outside of the tolerance around `expected`: 0 if it is not, infinite if they
// cannot be compared.
static double getExcess(double expected, double actual, Tolerance tolerance) {
  if (std::isnan(expected) || std::isnan(actual))
    return std::isnan(expected) == std::isnan(actual) ? 0 : std::numeric_limits<double>::infinity();
  if (expected == actual)
    return 0;
  if (std::isinf(expected) || std::isinf(actual))
    return std::numeric_limits<double>::infinity();
  double allowed = tolerance.absolute + tolerance.relative * std::fabs(expected);
  return std::max(0.0, std::fabs(expected - actual) - allowed);
}

static std::string describeElement(const ReferenceTensor &expected, const ReferenceTensor &actual,
                                   int64_t position, Tolerance tolerance) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "element [";
  SmallVector<int64_t> strides = expected.getStrides();
  for (int64_t i = 0, rest = position; i < expected.getRank(); rest %= strides[i++])
    os << (i ? ", " : "") << rest / strides[i];
  os << "]: expected ";
  printElement(os, expected, position, 12);
  os << ", got ";
  printElement(os, actual, position, 12);
  if (expected.isFloat()) {
    double value = expected.getFloat(position);
    os << llvm::format(" (off by %.3g, tolerance %.3g)",
                       std::fabs(value - actual.getFloat(position)),
                       tolerance.absolute + tolerance.relative * std::fabs(value));
  }
  return text;
}

std::string describeDifference(const ReferenceTensor &expected, const ReferenceTensor &actual,
                               Tolerance tolerance) {
  if (expected.getShape() != actual.getShape() ||
      expected.getElementType() != actual.getElementType()) {
    std::string text;
    llvm::raw_string_ostream os(text);
    os << "expected " << RankedTensorType::get(expected.getShape(), expected.getElementType())
       << ", got " << RankedTensorType::get(actual.getShape(), actual.getElementType());
    return text;
  }
  int64_t worst = -1;
  double worstExcess = 0;
  for (int64_t i = 0, e = expected.getNumElements(); i < e; ++i) {
    double excess = expected.isFloat()
                        ? getExcess(expected.getFloat(i), actual.getFloat(i), tolerance)
                        : static_cast<double>(expected.getInt(i) != actual.getInt(i));
    if (excess > worstExcess) {
      worst = i;
      worstExcess = excess;
    }
  }
  return worst < 0 ? std::string() : describeElement(expected, actual, worst, tolerance);
}

} // namespace weft
