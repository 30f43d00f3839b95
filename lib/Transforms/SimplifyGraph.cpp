// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Simplifications across ops: operands that only give a shape, choices that are casts.
#include "dialects/Weft/ShapePatterns.h"
#include "dialects/Weft/Weft.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "weft/Transforms/Passes.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_SIMPLIFYGRAPH
#include "weft/Transforms/Passes.h.inc"

namespace {

bool isDynamic(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getRank() > 0 && type.isDynamicDim(0);
}

bool isShapeUse(OpOperand &use) {
  auto fusable = dyn_cast<FusableOpInterface>(use.getOwner());
  return fusable && fusable.isShapeOperand(use.getOperandNumber());
}

// What `value` has its rows from, if it need not be computed for them: it is made by repeating
// something, or nothing reads its elements. Reshapes have other rows than their operand.
Value getSourceOfRows(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || isa<ReshapeOp, DispatchOp, ValueAndGradOp>(op) || !isPure(op))
    return {};
  auto fusable = dyn_cast<FusableOpInterface>(op);
  bool isFill = fusable && fusable.getFusionKind() == FusionKind::Broadcast;
  if (!isFill && !llvm::all_of(value.getUses(), isShapeUse))
    return {};
  Value source;
  for (OpOperand &operand : op->getOpOperands())
    if (isDynamic(operand.get()) && (!source || !isShapeUse(operand)))
      source = operand.get();
  return source;
}

struct ReplaceShapeOperand : RewritePattern {
  ReplaceShapeOperand(MLIRContext *context, Pass::Statistic &count)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), count(count) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isDynamic(operand.get()) || !isShapeUse(operand))
        continue;
      Value source = getSourceOfRows(operand.get());
      if (!source)
        continue;
      rewriter.modifyOpInPlace(op, [&] { operand.set(source); });
      ++count;
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no operand that is computed for its shape only");
  }

  Pass::Statistic &count;
};

// Whether all elements are the floating-point number `number`.
bool isSplatOf(Value value, double number) {
  if (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getInput();
  auto constant = value.getDefiningOp<ConstantOp>();
  auto splat = constant ? dyn_cast<SplatElementsAttr>(constant.getValue()) : nullptr;
  return splat && isa<FloatType>(splat.getElementType()) &&
         splat.getSplatValue<APFloat>().convertToDouble() == number;
}

struct SelectToCast : OpRewritePattern<SelectOp> {
  SelectToCast(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(SelectOp op, PatternRewriter &rewriter) const override {
    if (!isSplatOf(op.getLhs(), 1.0) || !isSplatOf(op.getRhs(), 0.0))
      return rewriter.notifyMatchFailure(op, "not a choice between 1 and 0");
    auto type = cast<RankedTensorType>(op.getType());
    rewriter.replaceOpWithNewOp<CastOp>(op, op.getCondition(), type.getElementType());
    ++count;
    return success();
  }

  Pass::Statistic &count;
};

struct SimplifyGraph : impl::SimplifyGraphBase<SimplifyGraph> {
  void runOnOperation() override {
    getOperation()->walk([&](func::FuncOp function) {
      for (Block &block : function.getBody())
        numShapeOperands += simplifyLikes(block);
    });
    RewritePatternSet patterns(&getContext());
    patterns.add<ReplaceShapeOperand>(&getContext(), numShapeOperands);
    patterns.add<SelectToCast>(&getContext(), numCasts);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
} // namespace weft
