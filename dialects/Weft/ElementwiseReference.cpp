// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the ops of the Elementwise family compute.
#include "dialects/Weft/Weft.h"

#include <cmath>
#include <numbers>

using namespace mlir;
using namespace weft;

using Operands = ArrayRef<ReferenceTensor>;
using Results = SmallVectorImpl<ReferenceTensor>;

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

static InFlightDiagnostic &operator<<(InFlightDiagnostic &diagnostic,
                                      const ReferenceTensor &tensor) {
  llvm::interleaveComma(tensor.getShape(), diagnostic << "[");
  return diagnostic << "]";
}

static LogicalResult checkShapes(Operation *op, Operands operands) {
  for (const ReferenceTensor &operand : operands.drop_front()) {
    if (operand.getShape() == operands[0].getShape())
      continue;
    InFlightDiagnostic error = op->emitOpError("expected operands of the same shape, got ");
    error << operands[0] << " and " << operand;
    return error;
  }
  return success();
}

// Appends a tensor of the operands' shape and the op's element type, for `fill` to fill in.
static LogicalResult addResult(Operation *op, Operands operands, Results &results,
                               function_ref<void(ReferenceTensor &)> fill) {
  if (failed(checkShapes(op, operands)))
    return failure();
  Type type = cast<RankedTensorType>(op->getResult(0).getType()).getElementType();
  ReferenceTensor result(type, operands[0].getShape());
  fill(result);
  // Integers wrap; floating-point numbers stay exact.
  if (!result.isFloat())
    result.roundToElementType();
  results.push_back(std::move(result));
  return success();
}

static LogicalResult mapFloats(Operation *op, Operands operands, Results &results,
                               function_ref<double(double)> function) {
  return addResult(op, operands, results, [&](ReferenceTensor &result) {
    llvm::transform(operands[0].getFloats(), result.getFloats().begin(), function);
  });
}

static LogicalResult mapFloats(Operation *op, Operands operands, Results &results,
                               function_ref<double(double, double)> function) {
  return addResult(op, operands, results, [&](ReferenceTensor &result) {
    for (int64_t i = 0, e = result.getNumElements(); i < e; ++i)
      result.setFloat(i, function(operands[0].getFloat(i), operands[1].getFloat(i)));
  });
}

static LogicalResult mapInts(Operation *op, Operands operands, Results &results,
                             function_ref<int64_t(int64_t)> function) {
  return addResult(op, operands, results, [&](ReferenceTensor &result) {
    llvm::transform(operands[0].getInts(), result.getInts().begin(), function);
  });
}

static LogicalResult mapInts(Operation *op, Operands operands, Results &results,
                             function_ref<int64_t(int64_t, int64_t)> function) {
  return addResult(op, operands, results, [&](ReferenceTensor &result) {
    for (int64_t i = 0, e = result.getNumElements(); i < e; ++i)
      result.setInt(i, function(operands[0].getInt(i), operands[1].getInt(i)));
  });
}

// The same generic function for floating-point numbers and for integers.
template <typename Function>
static LogicalResult mapNumbers(Operation *op, Operands operands, Results &results,
                                Function function) {
  if (operands[0].isFloat())
    return mapFloats(op, operands, results, function);
  return mapInts(op, operands, results, function);
}

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// Integer arithmetic that wraps.
static int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }
static uint64_t bits(int64_t value) { return static_cast<uint64_t>(value); }

LogicalResult NegOp::evaluate(Operands operands, Results &results) {
  if (operands[0].isFloat())
    return mapFloats(*this, operands, results, [](double x) { return -x; });
  return mapInts(*this, operands, results, [](int64_t x) { return wrap(-bits(x)); });
}

LogicalResult AbsOp::evaluate(Operands operands, Results &results) {
  if (operands[0].isFloat())
    return mapFloats(*this, operands, results, [](double x) { return std::fabs(x); });
  return mapInts(*this, operands, results, [](int64_t x) { return x < 0 ? wrap(-bits(x)) : x; });
}

LogicalResult SignOp::evaluate(Operands operands, Results &results) {
  return mapNumbers(*this, operands, results,
                    [](auto x) -> decltype(x) { return (x > 0) - (x < 0); });
}

LogicalResult ExpOp::evaluate(Operands operands, Results &results) {
  return mapFloats(*this, operands, results, [](double x) { return std::exp(x); });
}

LogicalResult LogOp::evaluate(Operands operands, Results &results) {
  return mapFloats(*this, operands, results, [](double x) { return std::log(x); });
}

LogicalResult SqrtOp::evaluate(Operands operands, Results &results) {
  return mapFloats(*this, operands, results, [](double x) { return std::sqrt(x); });
}

LogicalResult RsqrtOp::evaluate(Operands operands, Results &results) {
  return mapFloats(*this, operands, results, [](double x) { return 1 / std::sqrt(x); });
}

LogicalResult TanhOp::evaluate(Operands operands, Results &results) {
  return mapFloats(*this, operands, results, [](double x) { return std::tanh(x); });
}

LogicalResult SigmoidOp::evaluate(Operands operands, Results &results) {
  return mapFloats(*this, operands, results, sigmoid);
}

LogicalResult ReluOp::evaluate(Operands operands, Results &results) {
  return mapFloats(*this, operands, results, [](double x) { return x <= 0 ? 0 : x; });
}

LogicalResult ErfOp::evaluate(Operands operands, Results &results) {
  return mapFloats(*this, operands, results, [](double x) { return std::erf(x); });
}

LogicalResult SinOp::evaluate(Operands operands, Results &results) {
  return mapFloats(*this, operands, results, [](double x) { return std::sin(x); });
}

LogicalResult CosOp::evaluate(Operands operands, Results &results) {
  return mapFloats(*this, operands, results, [](double x) { return std::cos(x); });
}

LogicalResult ClampOp::evaluate(Operands operands, Results &results) {
  std::optional<APFloat> min = getMin(), max = getMax();
  return mapFloats(*this, operands, results, [&](double x) {
    if (min && x < min->convertToDouble())
      x = min->convertToDouble();
    return max && x > max->convertToDouble() ? max->convertToDouble() : x;
  });
}

LogicalResult GeluOp::evaluate(Operands operands, Results &results) {
  bool isTanh = getApproximate() == GeluApproximation::Tanh;
  return mapFloats(*this, operands, results, [&](double x) {
    if (!isTanh)
      return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2));
    double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
    return 0.5 * x * (1 + std::tanh(inner));
  });
}

LogicalResult SiluOp::evaluate(Operands operands, Results &results) {
  return mapFloats(*this, operands, results, [](double x) { return x * sigmoid(x); });
}

LogicalResult NotOp::evaluate(Operands operands, Results &results) {
  return mapInts(*this, operands, results, [](int64_t x) -> int64_t { return !x; });
}

//===----------------------------------------------------------------------===//
// Binary
//===----------------------------------------------------------------------===//

LogicalResult AddOp::evaluate(Operands operands, Results &results) {
  if (operands[0].isFloat())
    return mapFloats(*this, operands, results, [](double a, double b) { return a + b; });
  return mapInts(*this, operands, results,
                 [](int64_t a, int64_t b) { return wrap(bits(a) + bits(b)); });
}

LogicalResult SubOp::evaluate(Operands operands, Results &results) {
  if (operands[0].isFloat())
    return mapFloats(*this, operands, results, [](double a, double b) { return a - b; });
  return mapInts(*this, operands, results,
                 [](int64_t a, int64_t b) { return wrap(bits(a) - bits(b)); });
}

LogicalResult MulOp::evaluate(Operands operands, Results &results) {
  if (operands[0].isFloat())
    return mapFloats(*this, operands, results, [](double a, double b) { return a * b; });
  return mapInts(*this, operands, results,
                 [](int64_t a, int64_t b) { return wrap(bits(a) * bits(b)); });
}

LogicalResult DivOp::evaluate(Operands operands, Results &results) {
  if (operands[0].isFloat())
    return mapFloats(*this, operands, results, [](double a, double b) { return a / b; });
  if (llvm::is_contained(operands[1].getInts(), 0))
    return emitOpError("expected an integer divisor other than 0, got 0");
  return mapInts(*this, operands, results, [](int64_t a, int64_t b) {
    // The least integer divided by -1 wraps.
    return b == -1 ? wrap(-bits(a)) : a / b;
  });
}

LogicalResult PowOp::evaluate(Operands operands, Results &results) {
  return mapFloats(*this, operands, results, [](double a, double b) { return std::pow(a, b); });
}

LogicalResult MaximumOp::evaluate(Operands operands, Results &results) {
  return mapNumbers(*this, operands, results, [](auto a, auto b) -> decltype(a) {
    if (a != a)
      return a;
    return a > b ? a : b;
  });
}

LogicalResult MinimumOp::evaluate(Operands operands, Results &results) {
  return mapNumbers(*this, operands, results, [](auto a, auto b) -> decltype(a) {
    if (a != a)
      return a;
    return a < b ? a : b;
  });
}

LogicalResult AndOp::evaluate(Operands operands, Results &results) {
  return mapInts(*this, operands, results, [](int64_t a, int64_t b) { return a & b; });
}

LogicalResult OrOp::evaluate(Operands operands, Results &results) {
  return mapInts(*this, operands, results, [](int64_t a, int64_t b) { return a | b; });
}

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

template <typename T>
static bool holds(ComparePredicate predicate, T a, T b) {
  switch (predicate) {
  case ComparePredicate::EQ:
    return a == b;
  case ComparePredicate::NE:
    return a != b;
  case ComparePredicate::LT:
    return a < b;
  case ComparePredicate::LE:
    return a <= b;
  case ComparePredicate::GT:
    return a > b;
  case ComparePredicate::GE:
    return a >= b;
  }
  llvm_unreachable("all predicates are handled");
}

LogicalResult CompareOp::evaluate(Operands operands, Results &results) {
  ComparePredicate predicate = getPredicate();
  const ReferenceTensor &lhs = operands[0], &rhs = operands[1];
  return addResult(*this, operands, results, [&](ReferenceTensor &result) {
    for (int64_t i = 0, e = result.getNumElements(); i < e; ++i)
      result.setInt(i, lhs.isFloat() ? holds(predicate, lhs.getFloat(i), rhs.getFloat(i))
                                     : holds(predicate, lhs.getInt(i), rhs.getInt(i)));
  });
}

LogicalResult SelectOp::evaluate(Operands operands, Results &results) {
  return addResult(*this, operands, results, [&](ReferenceTensor &result) {
    for (int64_t i = 0, e = result.getNumElements(); i < e; ++i) {
      const ReferenceTensor &source = operands[operands[0].getInt(i) ? 1 : 2];
      if (result.isFloat())
        result.setFloat(i, source.getFloat(i));
      else
        result.setInt(i, source.getInt(i));
    }
  });
}

// Truncated towards zero; NaN is 0, what does not fit saturates.
static int64_t truncateToInt(double value, unsigned width) {
  if (std::isnan(value))
    return 0;
  double limit = std::ldexp(1.0, width - 1);
  if (value <= -limit)
    return APInt::getSignedMinValue(width).getSExtValue();
  if (value >= limit)
    return APInt::getSignedMaxValue(width).getSExtValue();
  return static_cast<int64_t>(value);
}

static int64_t castToInt(const ReferenceTensor &input, int64_t position, unsigned width) {
  if (width == 1)
    return input.isFloat() ? input.getFloat(position) != 0 : input.getInt(position) != 0;
  return input.isFloat() ? truncateToInt(input.getFloat(position), width) : input.getInt(position);
}

LogicalResult CastOp::evaluate(Operands operands, Results &results) {
  const ReferenceTensor &input = operands[0];
  return addResult(*this, operands, results, [&](ReferenceTensor &result) {
    unsigned width = result.getElementType().getIntOrFloatBitWidth();
    for (int64_t i = 0, e = result.getNumElements(); i < e; ++i) {
      if (!result.isFloat())
        result.setInt(i, castToInt(input, i, width));
      else
        result.setFloat(i,
                        input.isFloat() ? input.getFloat(i) : static_cast<double>(input.getInt(i)));
    }
  });
}
