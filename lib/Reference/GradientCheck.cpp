// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds gradient functions through the reverse-mode engine and compares them with central
// differences, extrapolated by Richardson's method.
#include "weft/Reference/GradientCheck.h"

#include "dialects/Weft/Weft.h"
#include "weft/Autodiff/Autodiff.h"
#include "weft/Reference/OpCases.h"
#include "weft/Reference/RandomValues.h"

#include <cmath>

using namespace mlir;

namespace weft {

static bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

//===----------------------------------------------------------------------===//
// The gradient function
//===----------------------------------------------------------------------===//

static LogicalResult replaceResultsByGradients(func::FuncOp gradient,
                                               SmallVectorImpl<unsigned> &wrt) {
  Block &body = gradient.getBody().front();
  Operation *terminator = body.getTerminator();
  SmallVector<Value> results(terminator->getOperands()), seeds, arguments, gradients;
  for (BlockArgument argument : body.getArguments())
    if (isFloatTensor(argument.getType()))
      arguments.push_back(argument);
  for (Value result : results)
    seeds.push_back(isFloatTensor(result.getType())
                        ? body.addArgument(result.getType(), result.getLoc())
                        : Value());
  OpBuilder builder(terminator);
  if (failed(differentiate(builder, results, seeds, arguments, gradients)))
    return failure();
  SmallVector<Value> returned;
  for (auto [argument, value] : llvm::zip_equal(arguments, gradients)) {
    if (!value)
      continue;
    wrt.push_back(cast<BlockArgument>(argument).getArgNumber());
    returned.push_back(value);
  }
  terminator->setOperands(returned);
  gradient.setType(
      builder.getFunctionType(body.getArgumentTypes(), TypeRange(ValueRange(returned))));
  return success();
}

FailureOr<func::FuncOp> buildGradientFunction(func::FuncOp function,
                                              SmallVectorImpl<unsigned> &wrt) {
  OpBuilder builder(function->getContext());
  builder.setInsertionPointAfter(function);
  auto gradient = cast<func::FuncOp>(builder.clone(*function));
  gradient.setSymName((function.getSymName() + ".gradient").str());
  gradient.setPrivate();
  for (StringAttr name : {gradient.getArgAttrsAttrName(), gradient.getResAttrsAttrName()})
    gradient->removeAttr(name);
  if (failed(replaceResultsByGradients(gradient, wrt))) {
    gradient.erase();
    return failure();
  }
  return gradient;
}

//===----------------------------------------------------------------------===//
// Central differences
//===----------------------------------------------------------------------===//

namespace {
// The sum over floating-point results of <cotangent, result>, as a function of the inputs.
class Projection {
public:
  Projection(func::FuncOp function, Interpreter &interpreter, ArrayRef<ReferenceTensor> inputs)
      : function(function), interpreter(interpreter), inputs(inputs) {}

  // Draws cotangents in [0.25, 1.25] for results of the shapes that `inputs` give.
  LogicalResult drawCotangents(uint64_t seed) {
    SmallVector<ReferenceTensor> results;
    if (failed(evaluate(results)))
      return failure();
    WordStream words(seed, streamOfName("cotangents"));
    for (const ReferenceTensor &result : results) {
      if (!result.isFloat())
        continue;
      cotangents.push_back(result);
      for (double &element : cotangents.back().getFloats())
        element = 0.25 + words.nextUniform();
      cotangents.back().roundToElementType();
    }
    return success();
  }

  ArrayRef<ReferenceTensor> getCotangents() const { return cotangents; }

  // d / d inputs[argument][position], and an estimate of its error.
  LogicalResult differentiate(unsigned argument, int64_t position, double &slope, double &error) {
    double x = inputs[argument].getFloat(position);
    double step = 0x1p-7 * std::min(1.0, std::max(std::fabs(x), 0x1p-6));
    double central[3];
    for (double &difference : central) {
      double up = 0, down = 0;
      if (failed(evaluateAt(argument, position, x + step, up)) ||
          failed(evaluateAt(argument, position, x - step, down)))
        return failure();
      difference = (up - down) / (2 * step);
      step /= 2;
    }
    double coarse = (4 * central[1] - central[0]) / 3;
    double fine = (4 * central[2] - central[1]) / 3;
    slope = (16 * fine - coarse) / 15;
    error = std::fabs(slope - fine);
    return success();
  }

private:
  LogicalResult evaluate(SmallVectorImpl<ReferenceTensor> &results) {
    return interpreter.evaluate(function, inputs, results);
  }

  LogicalResult evaluateAt(unsigned argument, int64_t position, double x, double &value) {
    double &element = inputs[argument].getFloats()[position];
    double kept = std::exchange(element, x);
    SmallVector<ReferenceTensor> results;
    LogicalResult status = evaluate(results);
    inputs[argument].getFloats()[position] = kept;
    auto cotangent = cotangents.begin();
    for (const ReferenceTensor &result : results) {
      if (!result.isFloat())
        continue;
      for (int64_t i = 0, e = result.getNumElements(); i < e; ++i)
        value += cotangent->getFloat(i) * result.getFloat(i);
      ++cotangent;
    }
    return status;
  }

  func::FuncOp function;
  Interpreter &interpreter;
  SmallVector<ReferenceTensor> inputs;
  SmallVector<ReferenceTensor> cotangents;
};
} // namespace

// Compares one argument's gradient, all of its elements.
static LogicalResult compareArgument(func::FuncOp function, Projection &projection,
                                     unsigned argument, const ReferenceTensor &gradient,
                                     double tolerance) {
  int64_t size = gradient.getNumElements();
  std::vector<double> slopes(size), errors(size);
  double scale = 1e-3; // below it, differences are absolute
  for (int64_t i = 0; i < size; ++i) {
    if (failed(projection.differentiate(argument, i, slopes[i], errors[i])))
      return failure();
    scale = std::max(scale, std::fabs(slopes[i]));
  }
  for (int64_t i = 0; i < size; ++i) {
    double actual = gradient.getFloat(i);
    if (!(errors[i] <= tolerance * scale))
      return emitCaseError(function) << "argument " << argument << ", element " << i
                                     << ": central differences do not converge (" << slopes[i]
                                     << " with an estimated error of " << errors[i]
                                     << "): is it near a kink, or outside of the domain?";
    if (!(std::fabs(actual - slopes[i]) <= tolerance * scale))
      return emitCaseError(function)
             << "argument " << argument << ", element " << i << ": expected a gradient of "
             << slopes[i] << " (central differences), got " << actual << " (off by "
             << std::fabs(actual - slopes[i]) / scale
             << " relative to the largest element, tolerance " << tolerance << ")";
  }
  return success();
}

static LogicalResult checkBuilt(func::FuncOp function, func::FuncOp gradient,
                                ArrayRef<unsigned> wrt, Interpreter &interpreter,
                                ArrayRef<ReferenceTensor> inputs,
                                const GradientCheckOptions &options, unsigned &numChecked) {
  Projection projection(function, interpreter, inputs);
  if (failed(projection.drawCotangents(options.seed)))
    return failure();
  SmallVector<ReferenceTensor> arguments(inputs), gradients;
  llvm::append_range(arguments, projection.getCotangents());
  if (failed(interpreter.evaluate(gradient, arguments, gradients)))
    return emitCaseError(function) << "its gradient cannot be evaluated";
  for (auto [argument, value] : llvm::zip_equal(wrt, gradients)) {
    if (failed(compareArgument(function, projection, argument, value, options.tolerance)))
      return failure();
    ++numChecked;
  }
  if (options.order <= 1)
    return success();
  GradientCheckOptions next = options;
  --next.order;
  return checkGradient(gradient, interpreter, arguments, next, numChecked);
}

LogicalResult checkGradient(func::FuncOp function, Interpreter &interpreter,
                            ArrayRef<ReferenceTensor> inputs, const GradientCheckOptions &options,
                            unsigned &numChecked) {
  SmallVector<unsigned> wrt;
  FailureOr<func::FuncOp> gradient = buildGradientFunction(function, wrt);
  if (failed(gradient))
    return failure();
  LogicalResult status =
      wrt.empty() ? LogicalResult(emitCaseError(function)
                                  << "expected a result that depends smoothly on an argument")
                  : checkBuilt(function, *gradient, wrt, interpreter, inputs, options, numChecked);
  gradient->erase();
  return status;
}

} // namespace weft
