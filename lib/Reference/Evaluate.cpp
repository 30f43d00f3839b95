// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Prints what functions compute.
#include "dialects/Weft/Weft.h"
#include "weft/Reference/EntryBinding.h"
#include "weft/Reference/Passes.h"
#include "weft/Reference/TensorText.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_EVALUATE
#include "weft/Reference/Passes.h.inc"

namespace {
struct Evaluate : impl::EvaluateBase<Evaluate> {
  using EvaluateBase::EvaluateBase;

  void runOnOperation() override {
    SmallVector<func::FuncOp> chosen;
    if (failed(choose(chosen)))
      return signalPassFailure();
    for (func::FuncOp function : chosen) {
      if (failed(evaluate(function)))
        return signalPassFailure();
      ++numEvaluated;
    }
    markAllAnalysesPreserved();
  }

  LogicalResult choose(SmallVectorImpl<func::FuncOp> &chosen) {
    llvm::StringMap<bool> found;
    for (const std::string &name : functions)
      found[name] = false;
    getOperation()->walk([&](func::FuncOp function) {
      auto entry = found.find(function.getSymName());
      if (entry != found.end())
        entry->second = true;
      if (entry != found.end() || (functions.empty() && function.getNumArguments() == 0))
        chosen.push_back(function);
    });
    for (auto &entry : found)
      if (!entry.second)
        return getOperation().emitError("weft-evaluate: expected a function @") << entry.first();
    if (chosen.empty())
      return getOperation().emitError(
          "weft-evaluate: expected a function without arguments, or the "
          "name of one as function=NAME");
    return success();
  }

  LogicalResult evaluate(func::FuncOp function) {
    if (failed(verifyEvaluable(function, rows)))
      return failure();
    Interpreter interpreter(typed ? Rounding::PerOp : Rounding::Never);
    if (auto model = function->getParentOfType<ModelOp>())
      interpreter.initialize(model, seed);
    SmallVector<ReferenceTensor> arguments, results;
    if (failed(bindArguments(function, interpreter, {rows, seed}, arguments)) ||
        failed(interpreter.evaluate(function, arguments, results)))
      return failure();
    for (auto [index, result] : llvm::enumerate(results)) {
      llvm::outs() << "@" << function.getSymName() << "#" << index << ": "
                   << RankedTensorType::get(result.getShape(), result.getElementType()) << " = ";
      printElements(llvm::outs(), result, precision);
      llvm::outs() << "\n";
    }
    return success();
  }
};
} // namespace
} // namespace weft
