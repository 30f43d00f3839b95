// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Order of functions by their calls, and inlining.
#include "weft/Transforms/Inlining.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace weft;

namespace {

class CallOrder {
public:
  explicit CallOrder(ModelOp model) : symbols(model) {}

  LogicalResult visit(func::FuncOp function);
  SmallVector<func::FuncOp> takeOrder() { return std::move(order); }

private:
  LogicalResult visitCall(Operation *call, FlatSymbolRefAttr callee);

  SymbolTable symbols;
  llvm::DenseSet<Operation *> done;
  llvm::SetVector<Operation *> stack;
  SmallVector<func::FuncOp> order;
};

// "@a -> @b -> @a"
std::string describeCycle(ArrayRef<Operation *> stack, func::FuncOp callee) {
  std::string text;
  for (Operation *function : stack.drop_until([&](Operation *op) { return op == callee; }))
    text += "@" + SymbolTable::getSymbolName(function).str() + " -> ";
  return text + "@" + callee.getName().str();
}

} // namespace

LogicalResult CallOrder::visitCall(Operation *call, FlatSymbolRefAttr symbol) {
  auto callee = symbols.lookup<func::FuncOp>(symbol.getValue());
  if (!callee || callee.isExternal())
    return call->emitOpError("expected a function of the model with a body, got ") << symbol;
  if (stack.contains(callee))
    return call->emitOpError("expected calls without recursion, got ")
           << describeCycle(stack.getArrayRef(), callee);
  if (stack.size() == kMaxCallDepth)
    return call->emitOpError("expected calls nested at most ") << kMaxCallDepth << " deep";
  return visit(callee);
}

LogicalResult CallOrder::visit(func::FuncOp function) {
  if (function.isExternal() || done.contains(function))
    return success();
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expected straight-line code (one block), got ")
           << function.getBody().getBlocks().size() << " blocks";
  stack.insert(function);
  for (Operation &op : function.getBody().front()) {
    auto call = dyn_cast<func::CallOp>(op);
    if (call && failed(visitCall(call, call.getCalleeAttr())))
      return failure();
    auto gradient = dyn_cast<ValueAndGradOp>(op);
    if (gradient && failed(visitCall(gradient, gradient.getCalleeAttr())))
      return failure();
  }
  stack.pop_back();
  done.insert(function);
  order.push_back(function);
  return success();
}

FailureOr<SmallVector<func::FuncOp>> weft::getFunctionsCalleesFirst(ModelOp model) {
  CallOrder calls(model);
  for (auto function : model.getBody().getOps<func::FuncOp>())
    if (failed(calls.visit(function)))
      return failure();
  return calls.takeOrder();
}

LogicalResult weft::checkInlinedSizes(ArrayRef<func::FuncOp> order) {
  llvm::StringMap<int64_t> sizes;
  for (func::FuncOp function : order) {
    int64_t size = 0;
    for (Operation &op : function.getBody().front()) {
      auto call = dyn_cast<func::CallOp>(op);
      size += call ? sizes.lookup(call.getCallee()) : 1;
      if (size > kMaxFunctionOps)
        return op.emitOpError("expected a function of at most ")
               << kMaxFunctionOps << " ops once its calls are inlined, @" << function.getName()
               << " has more";
    }
    sizes[function.getName()] = size;
  }
  return success();
}

SmallVector<Value> weft::inlineBody(OpBuilder &builder, func::FuncOp callee, ValueRange arguments) {
  IRMapping mapping;
  Block &body = callee.getBody().front();
  mapping.map(body.getArguments(), arguments);
  for (Operation &op : body.without_terminator())
    builder.clone(op, mapping);
  return llvm::map_to_vector(body.getTerminator()->getOperands(),
                             [&](Value value) { return mapping.lookupOrDefault(value); });
}

unsigned weft::inlineCalls(func::FuncOp function) {
  auto calls = llvm::to_vector(function.getBody().getOps<func::CallOp>());
  for (func::CallOp call : calls) {
    auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(call, call.getCalleeAttr());
    OpBuilder builder(call);
    call.replaceAllUsesWith(inlineBody(builder, callee, call.getOperands()));
    call.erase();
  }
  return calls.size();
}
