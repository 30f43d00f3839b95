// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates functions before and after a pipeline and compares.
#include "dialects/Weft/Weft.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "weft/Reference/EntryBinding.h"
#include "weft/Reference/OpCases.h"
#include "weft/Reference/Passes.h"
#include "weft/Reference/TensorText.h"
#include "weft/Reference/Widen.h"

#include <cmath>

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_CHECKEQUIVALENT
#include "weft/Reference/Passes.h.inc"

namespace {

struct CheckEquivalent : impl::CheckEquivalentBase<CheckEquivalent> {
  using CheckEquivalentBase::CheckEquivalentBase;
  CheckEquivalent(const CheckEquivalent &other)
      : CheckEquivalentBase(other), passes(other.passes) {}

  LogicalResult initializeOptions(StringRef options,
                                  function_ref<LogicalResult(const Twine &)> onError) override {
    if (failed(CheckEquivalentBase::initializeOptions(options, onError)))
      return failure();
    if (failed(parsePassPipeline(pipeline, passes)))
      return onError("weft-check-equivalent: expected a pipeline of passes, got '" + pipeline +
                     "'");
    return success();
  }

  void getDependentDialects(DialectRegistry &registry) const override {
    passes.getDependentDialects(registry);
  }

  void runOnOperation() override {
    // Copies stand in the module: a pass may run passes only on what is inside of its own op.
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    OwningOpRef<ModuleOp> before = cast<ModuleOp>(builder.clone(*getOperation()));
    widenToDouble(*before);
    OwningOpRef<ModuleOp> after = cast<ModuleOp>(builder.clone(**before));
    // Counted apart from the statistic, whose first value is anything.
    unsigned compared = 0;
    if (failed(runPipeline(passes, *after)) || failed(compareAll(*before, *after, compared)))
      return signalPassFailure();
    numCompared += compared;
    if (compared == 0) {
      getOperation().emitError(
          "weft-check-equivalent: expected a function that the pipeline keeps");
      return signalPassFailure();
    }
    markAllAnalysesPreserved();
  }

  LogicalResult compareAll(ModuleOp before, ModuleOp after, unsigned &compared) {
    SmallVector<func::FuncOp> originals;
    before.walk([&](func::FuncOp function) {
      if (isChosen(function))
        originals.push_back(function);
    });
    for (func::FuncOp original : originals)
      if (auto changed = findIn(after, original)) {
        if (failed(compare(original, changed)))
          return failure();
        ++compared;
      }
    return success();
  }

  bool isChosen(func::FuncOp function) {
    if (function.isDeclaration())
      return false;
    if (functions.empty())
      return function.isPublic();
    return llvm::is_contained(functions, function.getSymName());
  }

  // The function of the same name in the copy of the model.
  func::FuncOp findIn(ModuleOp copy, func::FuncOp original) {
    Operation *scope = copy;
    if (auto model = original->getParentOfType<ModelOp>())
      scope = SymbolTable::lookupSymbolIn(copy, model.getSymNameAttr());
    return scope ? dyn_cast_or_null<func::FuncOp>(
                       SymbolTable::lookupSymbolIn(scope, original.getSymNameAttr()))
                 : nullptr;
  }

  // Evaluates `function` from initial parameters, which `interpreter` then holds the new values of.
  LogicalResult evaluate(func::FuncOp function, const EntryOptions &options,
                         Interpreter &interpreter, SmallVectorImpl<ReferenceTensor> &results) {
    if (failed(verifyEvaluable(function, options.rows)))
      return failure();
    if (auto model = function->getParentOfType<ModelOp>())
      interpreter.initialize(model, seed);
    SmallVector<ReferenceTensor> arguments;
    if (failed(bindArguments(function, interpreter, options, arguments)) ||
        failed(interpreter.evaluate(function, arguments, results)))
      return failure();
    storeResults(function, interpreter, results);
    return success();
  }

  LogicalResult compare(func::FuncOp original, func::FuncOp changed) {
    Interpreter before, after;
    SmallVector<ReferenceTensor> expected, actual;
    EntryOptions options{rows, seed, collectIndexRanges(original)};
    if (failed(evaluate(original, options, before, expected)) ||
        failed(evaluate(changed, options, after, actual)))
      return emitCaseError(original)
             << "cannot be compared: one of both versions was not evaluated";
    if (expected.size() != actual.size())
      return emitCaseError(original) << "after the pipeline: expected " << expected.size()
                                     << " results, got " << actual.size();
    for (auto [index, value] : llvm::enumerate(expected))
      if (failed(compareValue(original, "result " + Twine(index), value, actual[index])))
        return failure();
    for (const auto &entry : before.getStorages()) {
      const ReferenceTensor *value = after.getStorage(entry.first());
      if (value && failed(compareValue(original, "@" + entry.first(), entry.second, *value)))
        return failure();
    }
    return success();
  }

  LogicalResult compareValue(func::FuncOp function, const Twine &what,
                             const ReferenceTensor &expected, const ReferenceTensor &actual) {
    double largest = 0;
    for (double element : expected.getFloats())
      largest = std::max(largest, std::fabs(element));
    std::string difference = describeDifference(expected, actual, {tolerance, tolerance * largest});
    if (difference.empty())
      return success();
    return emitCaseError(function) << "after the pipeline, " << what << ": " << difference;
  }

  OpPassManager passes{ModuleOp::getOperationName()};
};
} // namespace
} // namespace weft
