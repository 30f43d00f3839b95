// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluation of functions, op by op. What an op computes is in its ReferenceOpInterface; here are
// control (calls, dispatches), storage and the checks that every op's results fit their types.
#include "weft/Reference/Interpreter.h"

#include "dialects/Weft/Weft.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace weft {

// Deeper calls are recursion, which a graph cannot have.
static constexpr unsigned kMaxCallDepth = 256;

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

LogicalResult Interpreter::evaluate(func::FuncOp function, ArrayRef<ReferenceTensor> arguments,
                                    SmallVectorImpl<ReferenceTensor> &results) {
  if (function.isDeclaration())
    return function.emitOpError("cannot be evaluated: expected a body");
  if (function.getNumArguments() != arguments.size())
    return function.emitOpError("expected ")
           << function.getNumArguments() << " arguments, got " << arguments.size();
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

LogicalResult Interpreter::evaluateOp(Operation *op, Frame &frame) {
  SmallVector<ReferenceTensor> operands, results;
  for (Value operand : op->getOperands())
    operands.push_back(frame.at(operand));
  if (failed(evaluateResults(op, operands, results)))
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
