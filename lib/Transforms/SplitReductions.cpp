// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reductions over the outermost and other dimensions become two, so that the large one can be cut
// along the outermost dimension and fused with what makes its operand.
#include "dialects/Weft/Weft.h"
#include "weft/Transforms/Passes.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_SPLITREDUCTIONS
#include "weft/Transforms/Passes.h.inc"

namespace {

// Below this many elements one reduction is as good.
constexpr int64_t kMinElements = 1024;

bool isWorthSplitting(RankedTensorType type, ArrayRef<int64_t> dims) {
  if (dims.size() < 2 || dims.front() != 0)
    return false;
  return !type.hasStaticShape() || type.getNumElements() >= kMinElements;
}

template <typename ReduceOp>
bool split(ReduceOp op, IRRewriter &rewriter) {
  auto type = cast<RankedTensorType>(op.getX().getType());
  ArrayRef<int64_t> dims = op.getDims();
  if (!isWorthSplitting(type, dims))
    return false;
  rewriter.setInsertionPoint(op);
  bool keepdim = op.getKeepdim();
  auto inner = ReduceOp::create(rewriter, op.getLoc(), op.getX(), dims.drop_front(), keepdim);
  rewriter.replaceOpWithNewOp<ReduceOp>(op, op.getType(), inner.getResult(), ArrayRef<int64_t>{0},
                                        keepdim);
  return true;
}

struct SplitReductions : impl::SplitReductionsBase<SplitReductions> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](Operation *op) {
      bool isSplit = false;
      if (auto sum = dyn_cast<ReduceSumOp>(op))
        isSplit = split(sum, rewriter);
      else if (auto max = dyn_cast<ReduceMaxOp>(op))
        isSplit = split(max, rewriter);
      numSplit += isSplit;
    });
  }
};

} // namespace
} // namespace weft
