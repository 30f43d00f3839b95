// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a model works for any batch.
#include "dialects/Weft/Weft.h"
#include "weft/Transforms/Passes.h"
#include "weft/Transforms/RowsAnalysis.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_VERIFYROWS
#include "weft/Transforms/Passes.h.inc"

namespace {
struct VerifyRows : impl::VerifyRowsBase<VerifyRows> {
  using VerifyRowsBase::VerifyRowsBase;

  void runOnOperation() override {
    markAllAnalysesPreserved();
    for (auto function : getOperation().getBody().getOps<func::FuncOp>()) {
      if (function.isExternal() || !function.isPublic())
        continue;
      FailureOr<RowsAnalysis> rows = RowsAnalysis::create(function);
      if (failed(rows)) {
        function.emitRemark("shapes in @")
            << function.getName()
            << " are not a multiple of the batch; bind it (static-batch and bind=batch=<size>) to "
               "compile the model for one size";
        return signalPassFailure();
      }
      ++numFunctions;
      if (show)
        showRows(function, *rows);
    }
  }

  static void showRows(func::FuncOp function, const RowsAnalysis &rows) {
    for (Operation &op : function.getBody().front())
      for (Value result : op.getResults())
        if (int64_t multiplier = rows.getMultiplier(result))
          op.emitRemark("rows: ") << multiplier << " per sample";
  }
};
} // namespace
} // namespace weft
