// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Binding of a function's arguments and results to parameters and to seeded data.
#include "weft/Reference/EntryBinding.h"

#include "dialects/Weft/Weft.h"
#include "weft/Reference/OpCases.h"
#include "weft/Reference/RandomValues.h"
#include "weft/Transforms/IndexRange.h"

#include <cmath>

using namespace mlir;

namespace weft {

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

// Result dimension i is dimension permutation[i] of `tensor`.
static ReferenceTensor permuted(const ReferenceTensor &tensor, ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> shape, strides = tensor.getStrides();
  for (int64_t dimension : permutation)
    shape.push_back(tensor.getDimSize(dimension));
  ReferenceTensor result(tensor.getElementType(), shape);
  SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t i = 0, e = result.getNumElements(); i < e; ++i, nextIndex(index, shape)) {
    int64_t source = 0;
    for (auto [dimension, position] : llvm::zip(permutation, index))
      source += position * strides[dimension];
    if (tensor.isFloat())
      result.setFloat(i, tensor.getFloat(source));
    else
      result.setInt(i, tensor.getInt(source));
  }
  return result;
}

static SmallVector<int64_t> inverted(ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> inverse(permutation.size());
  for (auto [index, dimension] : llvm::enumerate(permutation))
    inverse[dimension] = index;
  return inverse;
}

// The name that the interpreter keeps under what attributes tie an argument or result to, or "".
static std::string getStorageKey(DictionaryAttr attributes) {
  Attribute storage = getStorage(attributes);
  if (!storage)
    return "";
  StringRef kind = isa<FlatSymbolRefAttr>(storage) ? ""
                   : isa<StateAttr>(storage)       ? "state "
                                                   : "sum ";
  return kind.str() + getStorageName(storage);
}

static ArrayRef<int64_t> getLayout(DictionaryAttr attributes) {
  auto layout = attributes ? attributes.getAs<DenseI64ArrayAttr>(kLayoutAttr) : nullptr;
  return layout ? layout.asArrayRef() : ArrayRef<int64_t>();
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

// The range of the indices that `argument` holds: as recorded, or as the ops say that it reaches,
// also through calls.
static std::optional<IndexRange> findIndexRange(BlockArgument argument, unsigned depth = 0) {
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  std::optional<IndexRange> recorded;
  for (const IndexRun &run : getRecordedIndexRuns(function, argument.getArgNumber()))
    if (run.range)
      recorded = recorded ? IndexRange{std::max(recorded->low, run.range->low),
                                       std::min(recorded->high, run.range->high), std::nullopt}
                          : run.range;
  if (recorded)
    return recorded;
  if (std::optional<IndexRange> range = getIndexRange(argument))
    return range;
  for (OpOperand &use : argument.getUses()) {
    Operation *user = use.getOwner();
    auto call = dyn_cast<func::CallOp>(user);
    if (!call || depth > 64)
      continue;
    auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(user, call.getCalleeAttr());
    if (callee && !callee.isDeclaration())
      if (auto range = findIndexRange(callee.getArgument(use.getOperandNumber()), depth + 1))
        return range;
  }
  return std::nullopt;
}

// A plausible value of a number of the step.
static double getScalarValue(ScalarRole role) {
  switch (role) {
  case ScalarRole::LearningRate:
    return 0.05;
  case ScalarRole::WeightDecay:
    return 0.01;
  case ScalarRole::Momentum:
  case ScalarRole::Beta1:
    return 0.9;
  case ScalarRole::Beta2:
    return 0.99;
  case ScalarRole::Epsilon:
    return 1e-3;
  case ScalarRole::BiasCorrection1:
    return 1 - std::pow(0.9, 3);
  case ScalarRole::BiasCorrection2:
    return 1 - std::pow(0.99, 3);
  case ScalarRole::MaxGradNorm:
    return 0.5;
  case ScalarRole::Step:
    return 3;
  case ScalarRole::Seed:
    return 42;
  case ScalarRole::Dampening:
  case ScalarRole::LabelSmoothing:
    return 0.1;
  case ScalarRole::SampleOffset:
    return 0;
  }
  return 1;
}

static ReferenceTensor makeScalar(RankedTensorType type, double value) {
  ReferenceTensor tensor(type.getElementType(), type.getShape());
  if (tensor.isFloat())
    tensor.setFloat(0, value);
  else
    tensor.setInt(0, static_cast<int64_t>(value));
  tensor.roundToElementType();
  return tensor;
}

// Data that the caller brings: drawn from a stream of its own place among such arguments.
static ReferenceTensor drawInput(BlockArgument argument, const EntryOptions &options,
                                 unsigned place) {
  SeededSpec spec;
  spec.type = cast<RankedTensorType>(argument.getType());
  spec.dynamicSize = options.rows;
  if (spec.type.getElementType().isInteger(1))
    spec.intHigh = 2;
  std::optional<IndexRange> range =
      place < options.indexRanges.size() ? options.indexRanges[place] : findIndexRange(argument);
  if (range) {
    spec.intLow = range->low;
    spec.intHigh = range->high;
  }
  return makeSeededTensors(spec, options.seed * 1000 + place).front();
}

SmallVector<std::optional<IndexRange>> collectIndexRanges(func::FuncOp function) {
  SmallVector<std::optional<IndexRange>> ranges;
  for (BlockArgument argument : function.getArguments()) {
    DictionaryAttr attributes = function.getArgAttrDict(argument.getArgNumber());
    if (!getStorage(attributes) && !(attributes && attributes.contains(kScalarAttr)))
      ranges.push_back(findIndexRange(argument));
  }
  return ranges;
}

// Optimizer state, in its logical layout: moments of a gradient, squares among them, so nothing is
// negative.
static ReferenceTensor drawState(RankedTensorType physical, ArrayRef<int64_t> layout,
                                 StringRef name, uint64_t seed) {
  SmallVector<int64_t> shape(physical.getShape());
  for (auto [index, dimension] : llvm::enumerate(layout))
    shape[dimension] = physical.getDimSize(index);
  SeededSpec spec;
  spec.type = RankedTensorType::get(shape, physical.getElementType());
  spec.low = 0;
  spec.high = 1;
  return makeSeededTensors(spec, seed ^ streamOfName(name)).front();
}

LogicalResult bindArguments(func::FuncOp function, Interpreter &interpreter,
                            const EntryOptions &options,
                            SmallVectorImpl<ReferenceTensor> &arguments) {
  unsigned numInputs = 0;
  for (auto [index, argument] : llvm::enumerate(function.getArguments())) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type)
      return emitCaseError(function)
             << "argument " << index << ": expected a tensor, got " << argument.getType();
    DictionaryAttr attributes = function.getArgAttrDict(index);
    std::string name = getStorageKey(attributes);
    if (!name.empty()) {
      ArrayRef<int64_t> layout = getLayout(attributes);
      if (!interpreter.getStorage(name)) {
        if (attributes.contains(kParameterAttr))
          return emitCaseError(function)
                 << "argument " << index << ": expected a parameter or buffer of the model, got @"
                 << name;
        interpreter.setStorage(name, drawState(type, layout, name, options.seed));
      }
      const ReferenceTensor &value = *interpreter.getStorage(name);
      arguments.push_back(layout.empty() ? value : permuted(value, layout));
    } else if (auto value = function.getArgAttrOfType<DenseElementsAttr>(index, kCaseValueAttr)) {
      arguments.push_back(ReferenceTensor::fromAttribute(value));
      numInputs += !function.getArgAttr(index, kScalarAttr);
    } else if (auto role = function.getArgAttrOfType<ScalarRoleAttr>(index, kScalarAttr)) {
      arguments.push_back(makeScalar(type, getScalarValue(role.getValue())));
    } else {
      arguments.push_back(drawInput(argument, options, numInputs++));
    }
  }
  return success();
}

void storeResults(func::FuncOp function, Interpreter &interpreter,
                  SmallVectorImpl<ReferenceTensor> &results) {
  llvm::StringMap<ArrayRef<int64_t>> layouts;
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    layouts[getStorageKey(function.getArgAttrDict(i))] = getLayout(function.getArgAttrDict(i));
  SmallVector<ReferenceTensor> others;
  for (auto [index, result] : llvm::enumerate(results)) {
    DictionaryAttr attributes = function.getResultAttrDict(index);
    std::string name = getStorageKey(attributes);
    if (name.empty()) {
      others.push_back(std::move(result));
      continue;
    }
    ArrayRef<int64_t> layout = getLayout(attributes);
    if (layout.empty())
      layout = layouts.lookup(name); // new values have the layout of the old ones
    interpreter.setStorage(name, layout.empty() ? result : permuted(result, inverted(layout)));
  }
  results = std::move(others);
}

} // namespace weft
