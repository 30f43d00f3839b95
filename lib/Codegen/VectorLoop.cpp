// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which loop of a stage vectors can run along.
#include "weft/Codegen/StageEmitter.h"

#include "StageLoops.h"
#include "dialects/Weft/Weft.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace weft {
namespace {

/// Whether each op of the body can work on vectors.
bool hasVectorBody(linalg::GenericOp op) {
  return llvm::all_of(op.getBody()->without_terminator(), [](Operation &nested) {
    return isa<linalg::IndexOp, tensor::ExtractOp, RandomWordOp, GuardedIndexOp>(nested) ||
           nested.hasTrait<OpTrait::ConstantLike>() ||
           OpTrait::hasElementwiseMappableTraits(&nested);
  });
}

bool allVectorAccesses(const StagePlan &plan, const Stage &stage, int64_t loop) {
  bool possible = true;
  auto visitRead = [&](Value, AffineMap map) { possible &= isVectorAccess(map, loop); };
  auto visitOp = [&](Operation *op, AffineMap map) {
    auto generic = dyn_cast<linalg::GenericOp>(op);
    if (!generic)
      return;
    possible &= hasVectorBody(generic);
    // All lanes read at one index: the tensor's elements are neighbours.
    if (!generic.getBody()->getOps<tensor::ExtractOp>().empty())
      for (OpOperand *operand : generic.getDpsInputOperands())
        possible &= !generic.getMatchingIndexingMap(operand).compose(map).isFunctionOfDim(loop);
    // Indices of lanes are computed from a stride.
    for (AffineExpr expr : map.getResults())
      possible &= getLaneStride(expr, loop).has_value();
  };
  AffineMap identity =
      AffineMap::getMultiDimIdentityMap(stage.getNumLoops(), plan.getFunction()->getContext());
  if (stage.op)
    plan.forEachRead(stage, visitRead);
  for (const StageStore &store : stage.stores) {
    possible &= isVectorAccess(store.map, loop);
    if (!stage.op && !store.constant)
      forEachStoreRead(plan, store, identity, visitRead, visitOp);
  }
  if (auto generic = dyn_cast_or_null<linalg::GenericOp>(stage.op)) {
    possible &= hasVectorBody(generic);
    for (OpOperand *operand : generic.getDpsInputOperands())
      plan.forEachRead(operand->get(), generic.getMatchingIndexingMap(operand), visitRead, visitOp);
  }
  return possible;
}

} // namespace

void forEachStoreRead(const StagePlan &plan, const StageStore &store, AffineMap identity,
                      llvm::function_ref<void(Value, AffineMap)> visitRead,
                      llvm::function_ref<void(Operation *, AffineMap)> visitOp) {
  const StageBuffer *own = plan.findBuffer(store.value);
  if (own != &plan.getBuffer(store.buffer))
    return plan.forEachRead(store.value, identity, visitRead, visitOp);
  plan.forEachInput(store.value.getDefiningOp(), identity, visitRead, visitOp);
}

std::optional<vector::CombiningKind> getCombiningKind(linalg::GenericOp op, unsigned result) {
  Value yielded = op.getBody()->getTerminator()->getOperand(result);
  Operation *combiner = yielded.getDefiningOp();
  Value sum = op.getBody()->getArgument(op.getNumDpsInputs() + result);
  if (!combiner || !sum.hasOneUse() || !llvm::is_contained(combiner->getOperands(), sum))
    return std::nullopt;
  if (isa<arith::AddFOp>(combiner))
    return vector::CombiningKind::ADD;
  if (isa<arith::MaximumFOp>(combiner))
    return vector::CombiningKind::MAXIMUMF;
  return std::nullopt;
}

int64_t chooseVectorLoop(const StagePlan &plan, const Stage &stage) {
  int64_t lastParallel = -1, lastReduction = -1;
  for (auto [i, reduction] : llvm::enumerate(stage.isReduction))
    (reduction ? lastReduction : lastParallel) = i;
  if (lastParallel >= 0 && allVectorAccesses(plan, stage, lastParallel))
    return lastParallel;
  if (lastReduction < 0 || !allVectorAccesses(plan, stage, lastReduction))
    return -1;
  auto generic = cast<linalg::GenericOp>(stage.op);
  for (unsigned i = 0; i < generic->getNumResults(); ++i)
    if (!getCombiningKind(generic, i))
      return -1;
  return lastReduction;
}

bool isFlat(const StagePlan &plan, const Stage &stage) {
  if (stage.kind != Stage::Kind::Elementwise || stage.getNumLoops() < 2 || stage.axis > 0)
    return false;
  bool flat = true;
  // The same place in each tensor, or the same element throughout.
  auto visitRead = [&](Value value, AffineMap map) {
    flat &= (map.isIdentity() && plan.getSizes(value) == stage.extents) ||
            llvm::all_of(map.getResults(),
                         [](AffineExpr expr) { return isa<AffineConstantExpr>(expr); });
  };
  auto visitOp = [&](Operation *op, AffineMap) {
    if (auto generic = dyn_cast<linalg::GenericOp>(op))
      flat &= generic.getBody()->getOps<linalg::IndexOp>().empty() &&
              generic.getBody()->getOps<tensor::ExtractOp>().empty() && hasVectorBody(generic);
  };
  AffineMap identity =
      AffineMap::getMultiDimIdentityMap(stage.getNumLoops(), plan.getFunction()->getContext());
  for (const StageStore &store : stage.stores) {
    flat &= store.map.isIdentity() &&
            plan.getSizes(plan.getBuffer(store.buffer).value) == stage.extents;
    if (!store.constant)
      forEachStoreRead(plan, store, identity, visitRead, visitOp);
  }
  return flat;
}

} // namespace weft
