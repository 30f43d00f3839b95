// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expansion of weft.value_and_grad by the reverse-mode engine.
#include "dialects/Weft/Weft.h"
#include "weft/Autodiff/Autodiff.h"
#include "weft/Transforms/Inlining.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_DIFFERENTIATE
#include "weft/Transforms/Passes.h.inc"

namespace {

// The values in `function` that the entries of `wrt` stand for; null for a parameter that it does
// not read.
SmallVector<Value> findWrt(func::FuncOp function, ArrayAttr wrt) {
  Block &body = function.getBody().front();
  SmallVector<Value> values;
  for (Attribute entry : wrt) {
    if (auto number = dyn_cast<IntegerAttr>(entry)) {
      values.push_back(body.getArgument(number.getInt()));
      continue;
    }
    // All reads of a parameter give the same value, so the first one stands for all.
    ReadOp first;
    for (auto read : llvm::make_early_inc_range(body.getOps<ReadOp>())) {
      if (read.getStorageAttr() != entry)
        continue;
      if (first) {
        read.replaceAllUsesWith(first.getResult());
        read.erase();
      } else {
        first = read;
      }
    }
    values.push_back(first ? first.getResult() : Value());
  }
  return values;
}

Value buildFull(OpBuilder &builder, Location loc, double number, RankedTensorType type,
                Value like) {
  auto scalarType = RankedTensorType::get({}, type.getElementType());
  if (type.hasStaticShape())
    return ConstantOp::create(builder, loc, type, number);
  Value scalar = ConstantOp::create(builder, loc, scalarType, number);
  return BroadcastOp::create(builder, loc, scalar, like, ArrayRef<int64_t>());
}

// Makes `function` return the gradient of its first result behind its results.
LogicalResult appendGradients(func::FuncOp function, ValueAndGradOp op) {
  SmallVector<Value> wrt = findWrt(function, op.getWrt());
  auto terminator = cast<func::ReturnOp>(function.getBody().front().getTerminator());
  OpBuilder builder(terminator);
  Value result = terminator.getOperand(0);
  Value one = buildFull(builder, op.getLoc(), 1.0, cast<RankedTensorType>(result.getType()), {});
  SmallVector<Value> present = llvm::filter_to_vector(wrt, [](Value value) { return !!value; });
  SmallVector<Value> gradients;
  if (failed(differentiate(builder, result, one, present, gradients)))
    return failure();
  auto next = gradients.begin();
  for (auto [value, replaced] : llvm::zip_equal(wrt, op.getResults().take_back(wrt.size()))) {
    Value gradient = value ? *next++ : Value();
    if (!gradient)
      gradient =
          buildFull(builder, op.getLoc(), 0.0, cast<RankedTensorType>(replaced.getType()), value);
    terminator.getOperandsMutable().append(gradient);
  }
  return success();
}

// Differentiates a copy of the callee, where an operand that is passed twice is two values, and
// puts it in the op's place.
LogicalResult expand(ValueAndGradOp op) {
  auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(op, op.getCalleeAttr());
  OwningOpRef<func::FuncOp> gradient = callee.clone();
  if (failed(appendGradients(*gradient, op))) {
    op.emitRemark("while differentiating ") << op.getCalleeAttr() << " here";
    return failure();
  }
  auto function = op->getParentOfType<func::FuncOp>();
  int64_t size = function.getBody().front().getOperations().size() +
                 gradient->getBody().front().getOperations().size();
  if (size > kMaxFunctionOps)
    return op.emitOpError("expected a function of at most ")
           << kMaxFunctionOps << " ops once its gradients are built, @" << function.getName()
           << " has " << size;
  OpBuilder builder(op);
  op.replaceAllUsesWith(inlineBody(builder, *gradient, op.getOperands()));
  op.erase();
  return success();
}

struct Differentiate : impl::DifferentiateBase<Differentiate> {
  void runOnOperation() override {
    FailureOr<SmallVector<func::FuncOp>> order = getFunctionsCalleesFirst(getOperation());
    if (failed(order) || failed(checkInlinedSizes(*order)))
      return signalPassFailure();
    llvm::StringSet<> differentiated = inlineIntoCallees(*order);
    for (func::FuncOp function : *order) {
      // Callees come first, so that what is inlined is expanded already.
      for (auto op : llvm::make_early_inc_range(function.getBody().getOps<ValueAndGradOp>())) {
        if (failed(expand(op)))
          return signalPassFailure();
        ++numExpanded;
      }
    }
    for (func::FuncOp function : llvm::reverse(*order))
      if (!function.isPublic() && differentiated.contains(function.getName()) &&
          SymbolTable::symbolKnownUseEmpty(function, getOperation()))
        function.erase();
  }

  // Inlines calls in all that is differentiated, directly or not, and returns the callees' names.
  llvm::StringSet<> inlineIntoCallees(ArrayRef<func::FuncOp> order) {
    llvm::StringSet<> callees, inlined;
    for (func::FuncOp function : llvm::reverse(order)) {
      bool isNeeded = callees.contains(function.getName()) || inlined.contains(function.getName());
      function.walk([&](Operation *op) {
        if (auto gradient = dyn_cast<ValueAndGradOp>(op))
          callees.insert(gradient.getCallee());
        else if (auto call = dyn_cast<func::CallOp>(op); call && isNeeded)
          inlined.insert(call.getCallee());
      });
    }
    for (func::FuncOp function : order)
      if (callees.contains(function.getName()) || inlined.contains(function.getName()))
        inlineCalls(function);
    return callees;
  }
};
} // namespace
} // namespace weft
