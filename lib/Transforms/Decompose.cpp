// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Composite ops become primitives, through DecomposableOpInterface.
#include "dialects/Weft/Weft.h"
#include "weft/Transforms/Passes.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_DECOMPOSE
#include "weft/Transforms/Passes.h.inc"

namespace {
struct Decompose : impl::DecomposeBase<Decompose> {
  using DecomposeBase::DecomposeBase;

  bool isKept(Operation *op) const {
    // The gradient of a bias may be a sum over heads, which kernels keep in its own type.
    auto gradient = dyn_cast<AttentionGradientOp>(op);
    bool isNarrow = gradient && gradient.getDbias() && !gradient.getDbias().use_empty() &&
                    !cast<RankedTensorType>(gradient.getDbias().getType()).getElementType().isF32();
    return isa<FusableOpInterface>(op) && !isNarrow &&
           llvm::is_contained(keep, op->getName().getStringRef().str());
  }

  void runOnOperation() override {
    SmallVector<DecomposableOpInterface> worklist;
    getOperation()->walk([&](DecomposableOpInterface op) { worklist.push_back(op); });
    IRRewriter rewriter(&getContext());
    while (!worklist.empty()) {
      DecomposableOpInterface op = worklist.pop_back_val();
      if (isKept(op))
        continue;
      // What it is made of may be composite in turn.
      Operation *before = op->getPrevNode();
      rewriter.setInsertionPoint(op);
      SmallVector<Value> results;
      if (failed(op.decompose(rewriter, results)))
        continue;
      ++numDecomposed;
      Operation *first = before ? before->getNextNode() : &op->getBlock()->front();
      for (Operation *inner = first; inner != op; inner = inner->getNextNode())
        if (auto composite = dyn_cast<DecomposableOpInterface>(inner))
          worklist.push_back(composite);
      rewriter.replaceOp(op, results);
    }
  }
};
} // namespace
} // namespace weft
