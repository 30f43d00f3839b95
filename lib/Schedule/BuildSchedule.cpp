// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entry functions become programs: an order, barriers and a slot for every tensor.
#include "dialects/Exec/Exec.h"
#include "dialects/Weft/Weft.h"
#include "weft/Schedule/EntrySchedule.h"
#include "weft/Schedule/KernelModules.h"
#include "weft/Schedule/Passes.h"
#include "weft/Schedule/PersistentLayout.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_BUILDSCHEDULE
#include "weft/Schedule/Passes.h.inc"

namespace {
struct BuildSchedule : impl::BuildScheduleBase<BuildSchedule> {
  using BuildScheduleBase::BuildScheduleBase;

  void runOnOperation() override {
    SmallVector<ModuleOp> modules = getKernelModules(getOperation());
    for (auto model : llvm::make_early_inc_range(getOperation().getOps<ModelOp>())) {
      const auto *kernels = llvm::find_if(modules, [&](ModuleOp module) {
        auto processor = module->getAttrOfType<StringAttr>(kKernelProcessorAttr);
        return processor &&
               module.getSymName() == (model.getSymName() + "." + processor.getValue()).str();
      });
      if (kernels == modules.end()) {
        model.emitError("expected a module of kernels beside the model: build them first");
        return signalPassFailure();
      }
      FailureOr<PersistentLayout> layout = PersistentLayout::compute(model);
      if (failed(layout))
        return signalPassFailure();
      OpBuilder builder(&getContext());
      builder.setInsertionPointAfter(modules.back());
      for (auto entry : model.getOps<func::FuncOp>())
        if (entry.isPublic() && !entry.isExternal() &&
            failed(schedule(model, entry, *kernels, *layout, builder)))
          return signalPassFailure();
    }
  }

  // The function stays as a declaration: the signature of the entry point.
  LogicalResult schedule(ModelOp model, func::FuncOp entry, ModuleOp kernels,
                         const PersistentLayout &layout, OpBuilder &builder) {
    EntrySchedule schedule(model, entry, kernels, layout);
    if (failed(schedule.compute()))
      return failure();
    schedule.emit(builder);
    numCopies += schedule.getNumCopies();
    numBarriers += schedule.getNumBarriers();
    entry.getBody().dropAllReferences();
    entry.getBody().getBlocks().clear();
    entry.setPrivate();
    return success();
  }
};
} // namespace
} // namespace weft
