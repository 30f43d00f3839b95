// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluation of functions, op by op. What an op computes is in its ReferenceOpInterface; here are
// control (calls, dispatches), storage and the checks that every op's results fit their types.
#include "weft/Reference/Interpreter.h"

#include "dialects/Weft/Weft.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace weft {

static constexpr int64_t kMaxEvaluatedOps = 1 << 18;

const ReferenceTensor *Interpreter::getStorage(StringRef name) const {
  auto found = storage.find(name);
  return found == storage.end() ? nullptr : &found->second;
}

// Whether data of `value`'s shape and element type is a value of `type`.
static bool fits(const ReferenceTensor &value, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || tensor.getElementType() != value.getElementType() ||
      tensor.getRank() != value.getRank())
    return false;
  for (auto [expected, actual] : llvm::zip(tensor.getShape(), value.getShape()))
    if (!ShapedType::isDynamic(expected) && expected != actual)
      return false;
  return true;
}

static RankedTensorType getDataType(const ReferenceTensor &value) {
  return RankedTensorType::get(value.getShape(), value.getElementType());
}

static LogicalResult verifyOneBlock(func::FuncOp function) {
  if (function.isExternal() || function.getBody().hasOneBlock())
    return success();
  return function.emitOpError("cannot be evaluated: expected straight-line code (one block), got ")
         << function.getBody().getBlocks().size() << " blocks";
}

LogicalResult Interpreter::evaluate(func::FuncOp function, ArrayRef<ReferenceTensor> arguments,
                                    SmallVectorImpl<ReferenceTensor> &results) {
  if (function.isDeclaration())
    return function.emitOpError("cannot be evaluated: expected a body");
  if (failed(verifyOneBlock(function)))
    return failure();
  if (function.getNumArguments() != arguments.size())
    return function.emitOpError("expected ")
           << function.getNumArguments() << " arguments, got " << arguments.size();
  if (callDepth == 0)
    heldElements = evaluatedOps = 0;
  Frame frame;
  for (auto [index, argument, value] : llvm::enumerate(function.getArguments(), arguments)) {
    if (!fits(value, argument.getType()))
      return function.emitOpError("argument ")
             << index << ": expected data of type " << argument.getType() << ", got "
             << getDataType(value);
    frame[argument] = value;
  }
  for (Operation &op : function.getBody().front().without_terminator())
    if (failed(evaluateOp(&op, frame)))
      return failure();
  for (Value result : function.getBody().front().getTerminator()->getOperands())
    results.push_back(frame.at(result));
  return success();
}

// Elements of a tensor of this type with `dynamicSize` in place of dynamic dimensions.
static int64_t countElements(RankedTensorType type, int64_t dynamicSize) {
  int64_t elements = 1;
  for (int64_t size : type.getShape())
    elements = llvm::SaturatingMultiply<uint64_t>(elements,
                                                  ShapedType::isDynamic(size) ? dynamicSize : size);
  return std::min(elements, kMaxElements);
}

static LogicalResult addHeld(Operation *op, int64_t elements, int64_t &held) {
  held += elements;
  if (held <= kMaxHeldElements)
    return success();
  return op->emitOpError("cannot be evaluated: expected at most ")
         << kMaxHeldElements << " elements in all values, got " << held;
}

LogicalResult Interpreter::reserveResults(Operation *op, ArrayRef<ReferenceTensor> operands) {
  // Calls that double run long before they hold much.
  if (++evaluatedOps > kMaxEvaluatedOps)
    return op->emitOpError("cannot be evaluated: expected at most ")
           << kMaxEvaluatedOps << " ops, those of a call counted each time, got more";
  // A dynamic dimension has the size of a dynamic one of an operand, but for a reshape, which keeps
  // all.
  int64_t largest = 1, elements = 1;
  for (auto [value, operand] : llvm::zip_equal(op->getOperands(), operands)) {
    elements = std::max(elements, operand.getNumElements());
    auto type = dyn_cast<RankedTensorType>(value.getType());
    for (auto [dim, size] : llvm::enumerate(operand.getShape()))
      if (!type || type.isDynamicDim(dim))
        largest = std::max(largest, size);
  }
  if (isa<func::CallOp, DispatchOp>(op))
    return success(); // its own ops count
  for (Type type : op->getResultTypes())
    if (auto tensor = dyn_cast<RankedTensorType>(type))
      if (failed(addHeld(op, isa<ReshapeOp>(op) ? elements : countElements(tensor, largest),
                         heldElements)))
        return failure();
  return success();
}

LogicalResult verifyEvaluable(func::FuncOp function, int64_t rows) {
  if (rows < 1 || rows > kMaxRows)
    return function.emitOpError("cannot be evaluated: expected 1 to ")
           << kMaxRows << " rows, got " << rows;
  if (failed(verifyOneBlock(function)))
    return failure();
  int64_t held = 0;
  if (auto model = function->getParentOfType<ModelOp>())
    for (Operation &op : model.getBody().front())
      if (isa<ParameterOp, BufferOp>(op) &&
          failed(
              addHeld(&op,
                      countElements(
                          cast<RankedTensorType>(op.getAttrOfType<TypeAttr>("type").getValue()), 1),
                      held)))
        return failure();
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes())) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !isElementType(tensor.getElementType()))
      return function.emitOpError("cannot be evaluated: argument ")
             << index << ": expected a ranked tensor of f32, f64, bf16, f16, i64, i32, i8 or i1, "
             << "got " << type;
    if (std::string fault = describeShapeFault(type); !fault.empty())
      return function.emitOpError("cannot be evaluated: argument ") << index << ": " << fault;
    if (failed(addHeld(function, countElements(tensor, rows), held)))
      return failure();
  }
  return success();
}

LogicalResult Interpreter::evaluateOp(Operation *op, Frame &frame) {
  SmallVector<ReferenceTensor> operands, results;
  for (Value operand : op->getOperands())
    operands.push_back(frame.at(operand));
  if (failed(reserveResults(op, operands)) || failed(evaluateResults(op, operands, results)))
    return failure();
  if (results.size() != op->getNumResults())
    return op->emitOpError("reference evaluation: expected ")
           << op->getNumResults() << " results, got " << results.size();
  for (auto [result, value] : llvm::zip(op->getResults(), results)) {
    if (!fits(value, result.getType()))
      return op->emitOpError("reference evaluation: expected data of type ")
             << result.getType() << ", got " << getDataType(value);
    if (rounding == Rounding::PerOp || !value.isFloat())
      value.roundToElementType();
    frame[result] = std::move(value);
  }
  return success();
}

LogicalResult Interpreter::evaluateResults(Operation *op, ArrayRef<ReferenceTensor> operands,
                                           SmallVectorImpl<ReferenceTensor> &results) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](ReferenceOpInterface reference) { return reference.evaluate(operands, results); })
      .Case([&](ReadOp read) -> LogicalResult {
        const ReferenceTensor *value = getStorage(read.getStorage());
        if (!value)
          return read.emitOpError("cannot be evaluated: ")
                 << read.getStorageAttr() << " has no value";
        results.push_back(*value);
        return success();
      })
      .Case([&](WriteOp write) {
        setStorage(write.getStorage(), operands.front());
        return success();
      })
      .Case(
          [&](func::CallOp callOp) { return call(op, callOp.getCalleeAttr(), operands, results); })
      .Case([&](DispatchOp dispatch) {
        SmallVector<ReferenceTensor> arguments(operands);
        for (int64_t constant : dispatch.getConstants()) {
          arguments.emplace_back(IntegerType::get(op->getContext(), 64), ArrayRef<int64_t>());
          arguments.back().setInt(0, constant);
        }
        return call(op, dispatch.getKernelAttr(), arguments, results);
      })
      .Case([&](ValueAndGradOp gradient) {
        return gradient.emitOpError("cannot be evaluated: expected it to be expanded by "
                                    "--weft-differentiate first");
      })
      .Default([](Operation *other) {
        return other->emitOpError(
            "cannot be evaluated: expected a call, access to storage or an op "
            "that implements ReferenceOpInterface");
      });
}

LogicalResult Interpreter::call(Operation *op, FlatSymbolRefAttr callee,
                                ArrayRef<ReferenceTensor> operands,
                                SmallVectorImpl<ReferenceTensor> &results) {
  auto function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(op, callee);
  if (!function)
    return op->emitOpError("cannot be evaluated: expected a function ") << callee;
  if (callDepth == kMaxCallDepth)
    return op->emitOpError("cannot be evaluated: calls are nested more than ")
           << kMaxCallDepth << " deep (is " << callee << " recursive?)";
  ++callDepth;
  LogicalResult status = evaluate(function, operands, results);
  --callDepth;
  return status;
}

} // namespace weft
