// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Permutations move up through elementwise ops where that makes them fewer. It is what makes a
// parameter's transposed layout free: the update of one that is read as permute(p) ends in
//
//   permute(sub(permute(p), mul(lr, g)))  ->  sub(p, mul(lr, permute(g)))
//
// and the last permutation goes into the matmul that makes g.
#include "dialects/Weft/ShapePatterns.h"
#include "dialects/Weft/Weft.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace weft;

//===----------------------------------------------------------------------===//
// permute(broadcast(x))
//===----------------------------------------------------------------------===//

// Where the dimensions of a broadcast's operand lie in its permuted result, if they still rise.
static std::optional<SmallVector<int64_t>> permuteDimensions(BroadcastOp op,
                                                             ArrayRef<int64_t> dims) {
  SmallVector<int64_t> inverse = invertPermutationVector(dims), places;
  for (int64_t dim : op.getDimensions())
    places.push_back(inverse[dim]);
  if (!llvm::is_sorted(places))
    return std::nullopt;
  return places;
}

static LogicalResult permuteOfBroadcast(PermuteOp op, PatternRewriter &rewriter) {
  auto broadcast = op.getInput().getDefiningOp<BroadcastOp>();
  if (!broadcast)
    return rewriter.notifyMatchFailure(op, "no permutation of a broadcast");
  std::optional<SmallVector<int64_t>> places = permuteDimensions(broadcast, op.getDims());
  if (!places)
    return rewriter.notifyMatchFailure(op, "the broadcast's dimensions would no longer rise");
  rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), broadcast.getInput(),
                                           broadcast.getLike(), *places);
  return success();
}

//===----------------------------------------------------------------------===//
// permute(elementwise(...))
//===----------------------------------------------------------------------===//

namespace {
// The elementwise ops above a permutation that can all take its order, and what that costs.
class PermutedRegion {
public:
  PermutedRegion(PermuteOp root) : dims(root.getDims()) {
    if (isElementwise(root.getInput().getDefiningOp()))
      collect(root.getInput().getDefiningOp());
    dropOpsWithOtherUses();
    // Without the op right above the permutation there is nothing to gain.
    if (!ops.contains(root.getInput().getDefiningOp()))
      ops.clear();
  }

  // By how many permutations the IR gets shorter.
  int64_t countSaved() const {
    int64_t saved = 0;
    llvm::SmallDenseSet<Value> seen;
    for (Operation *op : ops) {
      saved += llvm::count_if(op->getUsers(), [&](Operation *user) { return isSamePermute(user); });
      for (Value operand : op->getOperands())
        if (!ops.contains(operand.getDefiningOp()) && seen.insert(operand).second)
          saved -= getCost(operand);
    }
    return saved;
  }

  bool empty() const { return ops.empty(); }

  void rewrite(PatternRewriter &rewriter) {
    IRMapping permuted;
    // Operands come before their users in this order.
    SmallVector<Operation *> ordered(ops.begin(), ops.end());
    llvm::sort(ordered, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    for (Operation *op : ordered) {
      rewriter.setInsertionPoint(op);
      SmallVector<Value> operands;
      for (Value operand : op->getOperands()) {
        if (!permuted.contains(operand))
          permuted.map(operand,
                       PermuteOp::create(rewriter, op->getLoc(), operand, dims).getResult());
        operands.push_back(permuted.lookup(operand));
      }
      permuted.map(op->getResult(0), cloneElementwise(rewriter, op, operands));
    }
    for (Operation *op : llvm::reverse(ordered)) {
      for (Operation *user : llvm::make_early_inc_range(op->getUsers()))
        if (isSamePermute(user))
          rewriter.replaceOp(user, permuted.lookup(op->getResult(0)));
      rewriter.eraseOp(op);
    }
  }

private:
  bool isSamePermute(Operation *op) const {
    auto permute = dyn_cast<PermuteOp>(op);
    return permute && permute.getDims() == ArrayRef<int64_t>(dims);
  }

  bool isUsedInsideOnly(Value value) const {
    return llvm::all_of(value.getUsers(), [&](Operation *user) { return ops.contains(user); });
  }

  // All elementwise ops above, in the block.
  void collect(Operation *op) {
    if (!ops.insert(op))
      return;
    for (Value operand : op->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (isElementwise(producer) && producer->getBlock() == op->getBlock() && !isFill(operand))
        collect(producer);
    }
  }

  // An op that somebody else needs in the old order would have to be computed twice. Dropping it
  // makes its operands' ops used outside in turn.
  void dropOpsWithOtherUses() {
    for (bool changed = true; changed;) {
      changed = ops.remove_if([&](Operation *op) {
        return llvm::any_of(op->getUsers(), [&](Operation *user) {
          return !ops.contains(user) && !isSamePermute(user);
        });
      });
    }
  }

  // Elements that can as well be made in the other order.
  bool isFill(Value value) const {
    if (value.getDefiningOp<ConstantOp>())
      return getSplatValue(value).has_value();
    auto broadcast = value.getDefiningOp<BroadcastOp>();
    return broadcast && permuteDimensions(broadcast, dims);
  }

  // The permutations that an operand needs more than before.
  int64_t getCost(Value operand) const {
    if (isFill(operand))
      return 0;
    if (auto permute = operand.getDefiningOp<PermuteOp>()) {
      bool cancels =
          isIdentityPermutation(applyPermutation(permute.getDims(), ArrayRef<int64_t>(dims)));
      return cancels && isUsedInsideOnly(operand) ? -1 : 0;
    }
    // A contraction writes its result in either order.
    bool isContraction = false;
    if (auto fusable = operand.getDefiningOp<FusableOpInterface>())
      isContraction = fusable.getFusionKind() == FusionKind::Contraction;
    return isContraction && isMatrixTranspose() && isUsedInsideOnly(operand) ? 0 : 1;
  }

  bool isMatrixTranspose() const {
    SmallVector<int64_t> transpose = llvm::to_vector(llvm::seq<int64_t>(0, dims.size()));
    if (transpose.size() >= 2)
      std::swap(transpose[transpose.size() - 2], transpose.back());
    return transpose == dims;
  }

  SmallVector<int64_t> dims;
  llvm::SetVector<Operation *> ops;
};
} // namespace

static LogicalResult permuteOfElementwise(PermuteOp op, PatternRewriter &rewriter) {
  PermutedRegion region(op);
  if (region.empty())
    return rewriter.notifyMatchFailure(op,
                                       "no permutation of an elementwise op without other uses");
  if (region.countSaved() <= 0)
    return rewriter.notifyMatchFailure(op, "as many permutations would be needed above");
  region.rewrite(rewriter);
  return success();
}

void PermuteOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(permuteOfBroadcast);
  patterns.add(permuteOfElementwise);
}
