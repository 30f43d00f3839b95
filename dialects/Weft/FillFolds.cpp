// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonicalizations of ops of all families that have to do with repeated elements.
#include "dialects/Weft/ShapePatterns.h"
#include "dialects/Weft/TypeInference.h"
#include "dialects/Weft/Weft.h"

using namespace mlir;
using namespace weft;

bool weft::isElementwise(Operation *op) {
  auto fusable = dyn_cast_or_null<FusableOpInterface>(op);
  return fusable && fusable.getFusionKind() == FusionKind::Elementwise && op->getNumResults() == 1;
}

Value weft::cloneElementwise(RewriterBase &rewriter, Operation *op, ValueRange operands) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto shape = cast<RankedTensorType>(operands[0].getType()).getShape();
  Operation *copy = op->clone();
  copy->setOperands(operands);
  copy->getResult(0).setType(type.clone(shape));
  rewriter.insert(copy);
  return copy->getResult(0);
}

//===----------------------------------------------------------------------===//
// Where rows come from
//===----------------------------------------------------------------------===//

// Whether a reshape keeps the size of the outermost dimension.
static bool keepsRows(ReshapeOp op) {
  if (!hasStaticInnerDims(op.getInput().getType().getShape()) ||
      !hasStaticInnerDims(op.getType().getShape()))
    return false;
  return ShapedType::getNumElements(op.getInput().getType().getShape().drop_front()) ==
         ShapedType::getNumElements(op.getType().getShape().drop_front());
}

// An operand of the op that makes `value` with as many rows as it has, or null.
static Value getOperandWithSameRows(Value value) {
  auto op = value.getDefiningOp<FusableOpInterface>();
  if (!op)
    return {};
  if (auto reshape = dyn_cast<ReshapeOp>(op.getOperation()); reshape && !keepsRows(reshape))
    return {};
  for (OpOperand &operand : op->getOpOperands())
    if (isDynamicTensor(operand.get().getType()) &&
        op.mapDimension(0, operand.getOperandNumber()) == 0)
      return operand.get();
  return {};
}

// Whether operands of the op that give its shape give no more than its number of rows.
static bool hasLikeForRows(Operation *op) {
  return llvm::all_of(op->getResultTypes(), [](Type type) {
    return hasStaticInnerDims(cast<RankedTensorType>(type).getShape());
  });
}

// How many ops a pattern looks through; those farther away are for simplifyLikes().
static constexpr unsigned kMaxOpsToArgument = 256;

unsigned weft::simplifyLikes(Block &block) {
  unsigned count = 0;
  // The argument that each value has its rows from, and how many ops are in between.
  using Source = std::pair<Value, unsigned>;
  llvm::DenseMap<Value, Source> sources;
  auto getSource = [&](Value value) {
    return isa<BlockArgument>(value) ? Source(value, 0) : sources.lookup(value);
  };
  for (Operation &op : block) {
    auto fusable = dyn_cast<FusableOpInterface>(op);
    if (!fusable)
      continue;
    bool isForRows = hasLikeForRows(&op);
    for (OpOperand &operand : op.getOpOperands()) {
      if (!isForRows || !fusable.isShapeOperand(operand.getOperandNumber()))
        continue;
      auto [argument, distance] = getSource(operand.get());
      if (!argument || distance <= kMaxOpsToArgument)
        continue;
      operand.set(argument);
      ++count;
    }
    for (Value result : op.getResults())
      if (isDynamicTensor(result.getType()))
        if (Value operand = getOperandWithSameRows(result)) {
          auto [argument, distance] = getSource(operand);
          sources[result] = {argument, distance + 1};
        }
  }
  return count;
}

namespace {
// like %y -> like %x, an argument with as many rows: fills of the same type become equal, and
// nobody waits for y.
struct SimplifyLike : OpInterfaceRewritePattern<FusableOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(FusableOpInterface op, PatternRewriter &rewriter) const override {
    if (!hasLikeForRows(op))
      return rewriter.notifyMatchFailure(op, "'like' gives more than the number of rows");
    for (OpOperand &operand : op->getOpOperands()) {
      if (!op.isShapeOperand(operand.getOperandNumber()) || isa<BlockArgument>(operand.get()))
        continue;
      Value source = operand.get();
      for (unsigned i = 0; i < kMaxOpsToArgument; ++i)
        if (Value next = getOperandWithSameRows(source))
          source = next;
        else
          break;
      if (!isa<BlockArgument>(source))
        continue;
      rewriter.modifyOpInPlace(op, [&] { operand.set(source); });
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no operand 'like' that an argument could replace");
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Elementwise ops of repeated elements
//===----------------------------------------------------------------------===//

// What is broadcast, if `operand` is broadcast along the same dimensions as `model`, or null.
static Value getBeforeBroadcast(Value operand, BroadcastOp model) {
  auto broadcast = operand.getDefiningOp<BroadcastOp>();
  if (!broadcast || broadcast.getDimensions() != model.getDimensions() ||
      broadcast.getInput().getType().getShape() != model.getInput().getType().getShape())
    return {};
  return broadcast.getInput();
}

// One of the broadcasts among the operands: of a tensor rather than of a number.
static BroadcastOp findBroadcast(Operation *op) {
  BroadcastOp found;
  for (Value operand : op->getOperands()) {
    auto broadcast = operand.getDefiningOp<BroadcastOp>();
    if (broadcast && (!found || !getSplatValue(broadcast)))
      found = broadcast;
  }
  return found;
}

namespace {
// f(broadcast(a), broadcast(b)) -> broadcast(f(a, b)), where some operands may be splats.
struct SinkBroadcast : OpInterfaceRewritePattern<FusableOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(FusableOpInterface op, PatternRewriter &rewriter) const override {
    BroadcastOp model = isElementwise(op) ? findBroadcast(op) : BroadcastOp();
    if (!model)
      return rewriter.notifyMatchFailure(op, "no elementwise op of a broadcast");
    for (Value operand : op->getOperands())
      if (!getBeforeBroadcast(operand, model) && !getSplatValue(operand))
        return rewriter.notifyMatchFailure(op, "an operand is neither broadcast alike nor a splat");
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      Value inner = getBeforeBroadcast(operand, model);
      if (!inner)
        inner = createSplat(rewriter, op.getLoc(), model.getInput(), *getSplatValue(operand),
                            cast<RankedTensorType>(operand.getType()).getElementType());
      operands.push_back(inner);
    }
    Value value = cloneElementwise(rewriter, op, operands);
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, op->getResult(0).getType(), value, model.getLike(),
                                             model.getDimensions());
    return success();
  }
};
} // namespace

void weft::populateFillPatterns(RewritePatternSet &patterns) {
  patterns.add<SimplifyLike, SinkBroadcast>(patterns.getContext());
}
