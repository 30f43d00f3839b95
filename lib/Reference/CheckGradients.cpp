// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks the gradients of the functions that ask for it.
#include "dialects/Weft/Weft.h"
#include "weft/Reference/EntryBinding.h"
#include "weft/Reference/GradientCheck.h"
#include "weft/Reference/OpCases.h"
#include "weft/Reference/Passes.h"
#include "weft/Reference/Widen.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_CHECKGRADIENTS
#include "weft/Reference/Passes.h.inc"

namespace {
struct CheckGradients : impl::CheckGradientsBase<CheckGradients> {
  using CheckGradientsBase::CheckGradientsBase;

  void runOnOperation() override {
    OwningOpRef<ModuleOp> copy = getOperation().clone();
    widenToDouble(*copy);
    SmallVector<func::FuncOp> marked;
    copy->walk([&](func::FuncOp function) {
      if (function->hasAttr(kCaseGradientAttr))
        marked.push_back(function);
    });
    if (marked.empty()) {
      getOperation().emitError("weft-check-gradients: expected a function with 'case.gradient'");
      return signalPassFailure();
    }
    bool failedAny = false;
    for (func::FuncOp function : marked)
      failedAny |= failed(check(function));
    if (failedAny)
      return signalPassFailure();
    markAllAnalysesPreserved();
  }

  LogicalResult check(func::FuncOp function) {
    Attribute attribute = function->getAttr(kCaseGradientAttr);
    auto order = dyn_cast<IntegerAttr>(attribute);
    if (!isa<UnitAttr>(attribute) && !(order && order.getInt() >= 1 && order.getInt() <= 2))
      return emitCaseError(function)
             << "'case.gradient': expected nothing, 1 or 2 (orders), got " << attribute;
    FailureOr<SmallVector<int64_t>> rows = getCaseRows(function);
    if (failed(rows))
      return failure();
    for (int64_t count : *rows) {
      if (failed(verifyEvaluable(function, count)))
        return failure();
      Interpreter interpreter;
      SmallVector<ReferenceTensor> inputs;
      GradientCheckOptions options{tolerance, seed, order ? unsigned(order.getInt()) : 1};
      if (auto model = function->getParentOfType<ModelOp>())
        interpreter.initialize(model, seed);
      LogicalResult bound = function->getParentOfType<ModelOp>()
                                ? bindArguments(function, interpreter, {count, seed}, inputs)
                                : makeCaseInputs(function, count, seed, inputs);
      unsigned checked = 0;
      if (failed(bound) || failed(checkGradient(function, interpreter, inputs, options, checked)))
        return failure();
      numChecked += checked;
    }
    return success();
  }
};
} // namespace
} // namespace weft
