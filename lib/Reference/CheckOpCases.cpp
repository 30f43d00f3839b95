// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs numeric cases on every executor, and on the reference interpreter after decomposing and
// folding.
#include "dialects/Weft/Weft.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "weft/Reference/CaseExecutor.h"
#include "weft/Reference/Interpreter.h"
#include "weft/Reference/OpCases.h"
#include "weft/Reference/Passes.h"
#include "weft/Reference/TensorText.h"
#include "weft/Transforms/Passes.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_CHECKOPCASES
#include "weft/Reference/Passes.h.inc"

// Arguments of static type become constants, so that folds see them; the others stay.
static LogicalResult makeArgumentsConstant(func::FuncOp function,
                                           ArrayRef<ReferenceTensor> inputs) {
  OpBuilder builder = OpBuilder::atBlockBegin(&function.getBody().front());
  auto *dialect = builder.getContext()->getLoadedDialect<WeftDialect>();
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs)) {
    if (!cast<RankedTensorType>(argument.getType()).hasStaticShape() || argument.use_empty())
      continue;
    Operation *constant = dialect->materializeConstant(builder, input.toAttribute(),
                                                       argument.getType(), argument.getLoc());
    if (!constant)
      return emitCaseError(function) << "cannot make a constant of type " << argument.getType();
    argument.replaceAllUsesWith(constant->getResult(0));
  }
  return success();
}

namespace {
struct CheckOpCases : impl::CheckOpCasesBase<CheckOpCases> {
  using CheckOpCasesBase::CheckOpCasesBase;

  void runOnOperation() override {
    // Counted apart from the statistic, whose first value is anything.
    unsigned checked = 0;
    if (failed(checkAll(checked)))
      return signalPassFailure();
    numChecked += checked;
    if (checked == 0) {
      getOperation().emitError("weft-check-op-cases: expected a function with a result that has "
                               "'case.expect'");
      return signalPassFailure();
    }
    markAllAnalysesPreserved();
  }

  // Checks every case even if one fails.
  LogicalResult checkAll(unsigned &checked) {
    SmallVector<std::string> names(executors.begin(), executors.end());
    if (names.empty())
      for (StringRef name : getCaseExecutorNames())
        names.push_back(name.str());
    bool failedAny = false;
    for (const std::string &name : names) {
      std::unique_ptr<CaseExecutor> executor = createCaseExecutor(name);
      if (!executor)
        return getOperation().emitError("weft-check-op-cases: expected one of the executors ")
               << llvm::join(getCaseExecutorNames(), ", ") << ", got " << name;
      for (func::FuncOp function : collectCaseFunctions(getOperation()))
        if (hasExpectedValues(function)) {
          ++checked;
          failedAny |= failed(check(function, *executor, name));
        }
    }
    return failure(failedAny);
  }

  LogicalResult check(func::FuncOp function, CaseExecutor &executor, StringRef name) {
    SmallVector<ReferenceTensor> inputs, results;
    FailureOr<SmallVector<int64_t>> rows = getCaseRows(function);
    if (failed(rows) || failed(verifyEvaluable(function, rows->front())) ||
        failed(makeCaseInputs(function, rows->front(), 0, inputs)))
      return failure();
    if (failed(executor.evaluate(function, inputs, results)) ||
        failed(compare(function, name, results)))
      return failure();
    if (name != "reference")
      return success();
    LogicalResult decomposed = checkTransformed(function, inputs, "decomposed", false);
    return success(succeeded(checkTransformed(function, inputs, "folded", true)) &&
                   succeeded(decomposed));
  }

  // Runs a decomposed copy, or one with constant arguments that was canonicalized.
  LogicalResult checkTransformed(func::FuncOp function, ArrayRef<ReferenceTensor> inputs,
                                 StringRef what, bool fold) {
    OpBuilder builder(function);
    OwningOpRef<func::FuncOp> copy = cast<func::FuncOp>(builder.clone(*function));
    copy->setSymName((function.getSymName() + "." + what).str());
    if (fold && failed(makeArgumentsConstant(*copy, inputs)))
      return failure();
    OpPassManager pipeline(func::FuncOp::getOperationName());
    pipeline.addPass(fold ? createCanonicalizerPass() : createDecompose());
    SmallVector<ReferenceTensor> results;
    if (failed(runPipeline(pipeline, *copy)) ||
        failed(Interpreter().evaluate(*copy, inputs, results)))
      return emitCaseError(function) << "case fails when " << what;
    return compare(function, what, results);
  }

  LogicalResult compare(func::FuncOp function, StringRef what, ArrayRef<ReferenceTensor> results) {
    for (auto [index, result] : llvm::enumerate(results)) {
      Attribute attribute = function.getResultAttr(index, kCaseExpectAttr);
      if (!attribute)
        continue;
      auto expected = dyn_cast<DenseElementsAttr>(attribute);
      if (!expected)
        return emitCaseError(function)
               << "result " << index << ": 'case.expect': expected dense<...>, got " << attribute;
      Tolerance tolerance = getDefaultTolerance(result.getElementType());
      if (auto given = function->getAttrOfType<FloatAttr>(kCaseToleranceAttr))
        tolerance.relative = given.getValueAsDouble();
      std::string difference =
          describeDifference(ReferenceTensor::fromAttribute(expected), result, tolerance);
      if (!difference.empty())
        return emitCaseError(function)
               << "case (" << what << "), result " << index << ": " << difference;
    }
    return success();
  }
};
} // namespace
} // namespace weft
