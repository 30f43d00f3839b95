// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading the attributes of numeric cases.
#include "weft/Reference/OpCases.h"

#include "dialects/Weft/Weft.h"
#include "weft/Reference/RandomValues.h"

using namespace mlir;

namespace weft {

InFlightDiagnostic emitCaseError(func::FuncOp function) {
  return emitError(function.getLoc()) << "@" << function.getSymName() << ": ";
}

bool hasExpectedValues(func::FuncOp function) {
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (function.getResultAttr(i, kCaseExpectAttr))
      return true;
  return false;
}

SmallVector<func::FuncOp> collectCaseFunctions(Operation *root) {
  SmallVector<func::FuncOp> functions;
  root->walk([&](func::FuncOp function) {
    if (!function.isDeclaration() && !function->getParentOfType<ModelOp>())
      functions.push_back(function);
  });
  return functions;
}

FailureOr<SmallVector<int64_t>> getCaseRows(func::FuncOp function) {
  bool dependsOnRows = false;
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    auto type = dyn_cast<RankedTensorType>(function.getArgumentTypes()[i]);
    if (!type)
      return emitCaseError(function)
             << "argument " << i << ": expected a tensor, got " << function.getArgumentTypes()[i];
    dependsOnRows |= !function.getArgAttr(i, kCaseValueAttr) && !type.hasStaticShape();
  }
  if (!dependsOnRows)
    return SmallVector<int64_t>{1};
  Attribute attribute = function->getAttr(kCaseRowsAttr);
  if (!attribute)
    return SmallVector<int64_t>{1, 3};
  auto rows = dyn_cast<DenseI64ArrayAttr>(attribute);
  if (!rows || rows.empty() || llvm::any_of(rows.asArrayRef(), [](int64_t n) { return n < 1; }))
    return emitCaseError(function)
           << "'case.rows': expected array<i64: ...> of positive numbers, got " << attribute;
  return SmallVector<int64_t>(rows.asArrayRef());
}

// `[low, high]` as two numbers, floating-point or integers.
static FailureOr<std::pair<double, double>> readRange(func::FuncOp function, unsigned index,
                                                      Attribute attribute) {
  auto toNumber = [](Attribute element) -> std::optional<double> {
    if (auto number = dyn_cast<FloatAttr>(element))
      return number.getValueAsDouble();
    if (auto number = dyn_cast<IntegerAttr>(element))
      return static_cast<double>(number.getInt());
    return std::nullopt;
  };
  auto range = dyn_cast<ArrayAttr>(attribute);
  if (range && range.size() == 2) {
    std::optional<double> low = toNumber(range[0]), high = toNumber(range[1]);
    if (low && high && *low < *high)
      return std::pair(*low, *high);
  }
  return emitCaseError(function) << "argument " << index
                                 << ": 'case.range': expected [low, high] with low < high, got "
                                 << attribute;
}

static LogicalResult readSpec(func::FuncOp function, unsigned index, int64_t rows,
                              SeededSpec &spec) {
  spec.type = cast<RankedTensorType>(function.getArgumentTypes()[index]);
  spec.dynamicSize = rows;
  if (Attribute times = function.getArgAttr(index, kCaseTimesAttr)) {
    auto number = dyn_cast<IntegerAttr>(times);
    if (!number || number.getInt() < 1)
      return emitCaseError(function)
             << "argument " << index << ": 'case.times': expected a positive integer, got "
             << times;
    spec.dynamicSize *= number.getInt();
  }
  if (spec.type.getElementType().isInteger(1))
    spec.intHigh = 2;
  if (Attribute attribute = function.getArgAttr(index, kCaseRangeAttr)) {
    auto range = readRange(function, index, attribute);
    if (failed(range))
      return failure();
    std::tie(spec.low, spec.high) = *range;
    spec.intLow = static_cast<int64_t>(range->first);
    spec.intHigh = static_cast<int64_t>(range->second);
  }
  return success();
}

LogicalResult makeCaseInputs(func::FuncOp function, int64_t rows, uint64_t seed,
                             SmallVectorImpl<ReferenceTensor> &inputs) {
  SmallVector<SeededSpec> specs;
  SmallVector<unsigned> seeded;
  inputs.resize(function.getNumArguments());
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    if (Attribute attribute = function.getArgAttr(i, kCaseValueAttr)) {
      auto value = dyn_cast<DenseElementsAttr>(attribute);
      if (!value)
        return emitCaseError(function)
               << "argument " << i << ": 'case.value': expected dense<...>, got " << attribute;
      inputs[i] = ReferenceTensor::fromAttribute(value);
      continue;
    }
    seeded.push_back(i);
    if (failed(readSpec(function, i, rows, specs.emplace_back())))
      return failure();
  }
  for (auto [index, tensor] : llvm::zip(seeded, makeSeededTensors(specs, seed)))
    inputs[index] = std::move(tensor);
  return success();
}

} // namespace weft
