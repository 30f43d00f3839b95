// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dispatch functions become kernels, once per processor.
#include "dialects/Weft/Weft.h"
#include "weft/Schedule/KernelModules.h"
#include "weft/Schedule/Passes.h"
#include "weft/Target/TargetInterface.h"
#include "weft/Target/TargetRegistry.h"
#include "weft/Transforms/RowsAnalysis.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_BUILDKERNELS
#include "weft/Schedule/Passes.h.inc"

namespace {

// What code generation takes for granted of a dispatch function.
LogicalResult verifyDispatchFunction(func::FuncOp function) {
  for (Operation &op : function.getBody().front().without_terminator())
    if (!isa<FusableOpInterface, RandomWordOp, GuardedIndexOp>(op))
      return op.emitOpError("expected a primitive, composite ops are decomposed before kernels are "
                            "built");
  SmallVector<int64_t> rowsOf;
  for (unsigned i : llvm::seq(function.getNumArguments())) {
    auto rows = function.getArgAttrOfType<IntegerAttr>(i, kRowsAttrName);
    rowsOf.push_back(rows ? rows.getInt() : 1);
    if (rowsOf.back() < 1 || rowsOf.back() > kMaxRowElements)
      return function.emitOpError("argument ") << i << ": expected a number of rows from 1 to "
                                               << kMaxRowElements << ", got " << rowsOf.back();
  }
  return success(succeeded(RowsAnalysis::create(function, rowsOf)));
}

struct BuildKernels : impl::BuildKernelsBase<BuildKernels> {
  using BuildKernelsBase::BuildKernelsBase;

  // Which dialects a kernel is made of is the target's business.
  void getDependentDialects(DialectRegistry &registry) const override {
    registerTargetDialects(registry);
  }

  void runOnOperation() override {
    SmallVector<std::string> processors(cpus.begin(), cpus.end());
    if (processors.empty())
      processors.push_back("native");
    for (auto model : llvm::make_early_inc_range(getOperation().getOps<ModelOp>()))
      for (const std::string &processor : processors)
        if (failed(buildFor(model, processor)))
          return signalPassFailure();
  }

  LogicalResult buildFor(ModelOp model, const std::string &processor) {
    std::string error;
    if (tunedRows < 1 || tunedRows > kMaxRows)
      return model.emitError("expected 1 to ")
             << kMaxRows << " rows to tune for, got " << tunedRows.getValue();
    std::unique_ptr<TargetInterface> compiler = createTarget({target, processor, tunedRows}, error);
    if (!compiler)
      return model.emitError() << error;
    OpBuilder builder(&getContext());
    builder.setInsertionPointToEnd(getOperation().getBody());
    auto kernels =
        ModuleOp::create(builder, model.getLoc(), (model.getSymName() + "." + processor).str());
    kernels->setAttr(kKernelTargetAttr, builder.getStringAttr(target));
    kernels->setAttr(kKernelProcessorAttr, builder.getStringAttr(processor));
    for (auto function : model.getOps<func::FuncOp>()) {
      if (!isDispatchFunction(function))
        continue;
      if (failed(verifyDispatchFunction(function)) ||
          failed(compiler->buildKernel(function, kernels)))
        return failure();
      ++numKernels;
    }
    return success();
  }
};
} // namespace
} // namespace weft
