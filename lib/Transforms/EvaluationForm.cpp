// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The predictions that a loss computes are found by their shape: the same ops on the same values,
// but for what stands in the place of buffers.
#include "EvaluationForm.h"
#include "dialects/Weft/Weft.h"

using namespace mlir;

namespace weft {

static llvm::DenseSet<Operation *> getOpsBehind(ValueRange values) {
  llvm::DenseSet<Operation *> ops;
  SmallVector<Value> worklist(values);
  while (!worklist.empty())
    if (Operation *op = worklist.pop_back_val().getDefiningOp(); op && ops.insert(op).second)
      llvm::append_range(worklist, op->getOperands());
  return ops;
}

static bool reducesBatch(Operation *op) {
  return TypeSwitch<Operation *, bool>(op)
      .Case<ReduceSumOp, ReduceMeanOp, ReduceMaxOp>(
          [](auto reduction) { return llvm::is_contained(reduction.getDims(), 0); })
      .Default(false);
}

bool sharesBatchStatistics(Value loss, ValueRange buffers) {
  llvm::DenseSet<Operation *> ofLoss = getOpsBehind(loss);
  return llvm::any_of(getOpsBehind(buffers),
                      [&](Operation *op) { return reducesBatch(op) && ofLoss.contains(op); });
}

// Whether `one` is computed as `other` is, and differs in what stands for a kept value.
static bool differsInKept(Value one, Value other, const llvm::DenseSet<Value> &kept) {
  llvm::DenseMap<Value, Value> partners;
  SmallVector<std::pair<Value, Value>> worklist = {{one, other}};
  bool differs = false;
  while (!worklist.empty()) {
    auto [a, b] = worklist.pop_back_val();
    auto [partner, isNew] = partners.insert({b, a});
    if (!isNew && partner->second != a)
      return false;
    if (!isNew || a == b)
      continue;
    if (a.getType() != b.getType())
      return false;
    if (kept.contains(b)) {
      differs = true;
      continue;
    }
    auto left = dyn_cast<OpResult>(a), right = dyn_cast<OpResult>(b);
    if (!left || !right || left.getResultNumber() != right.getResultNumber())
      return false;
    Operation *x = left.getOwner(), *y = right.getOwner();
    if (x->getName() != y->getName() || x->getNumOperands() != y->getNumOperands() ||
        x->getNumRegions() > 0 || x->getAttrDictionary() != y->getAttrDictionary())
      return false;
    for (auto [before, after] : llvm::zip_equal(x->getOperands(), y->getOperands()))
      worklist.push_back({before, after});
  }
  return differs;
}

static Value findPartner(Operation *end, Value prediction, const llvm::DenseSet<Value> &kept) {
  for (Operation *op = end; op; op = op->getPrevNode())
    for (Value result : op->getResults())
      if (result.getType() == prediction.getType() && differsInKept(result, prediction, kept))
        return result;
  return {};
}

bool usePredictions(Operation *end, ValueRange predictions, const llvm::DenseSet<Value> &kept) {
  SmallVector<std::pair<Value, Value>> partners;
  for (Value prediction : predictions)
    if (Value partner = findPartner(end, prediction, kept))
      partners.push_back({partner, prediction});
  if (partners.empty())
    return false;
  Block &body = *end->getBlock();
  llvm::DenseSet<Operation *> ofLoss;
  for (Operation *op = end; op; op = op->getPrevNode())
    ofLoss.insert(op);
  body.getOperations().splice(body.begin(), body.getOperations(), std::next(end->getIterator()),
                              body.end());
  for (auto [partner, prediction] : partners)
    partner.replaceUsesWithIf(prediction,
                              [&](OpOperand &use) { return ofLoss.contains(use.getOwner()); });
  return true;
}

} // namespace weft
