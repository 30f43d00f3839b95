// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reverse-mode engine: which values depend on what is differentiated for, then one walk
// backwards that carries cotangents from results to operands.
#include "weft/Autodiff/Autodiff.h"
#include "dialects/Weft/Weft.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace weft;

namespace {

class ReverseMode {
public:
  ReverseMode(OpBuilder &builder, ValueRange wrt) : builder(builder) {
    active.insert(wrt.begin(), wrt.end());
  }

  LogicalResult run(ValueRange results, ArrayRef<Value> seeds);
  Value getCotangent(Value value) const { return cotangents.lookup(value); }

private:
  void markActive(Block &block, Block::iterator end);
  SmallVector<bool> getNeeded(Operation &op) const;
  LogicalResult visit(Operation &op);
  void accumulate(Value value, Value cotangent);

  OpBuilder &builder;
  // Values that depend smoothly on `wrt`.
  DenseSet<Value> active;
  DenseMap<Value, Value> cotangents;
};

bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

} // namespace

// The operands that a cotangent must reach. An op without the interface counts all of its
// active operands: whether that is an error is known only when a cotangent arrives.
SmallVector<bool> ReverseMode::getNeeded(Operation &op) const {
  auto differentiable = dyn_cast<DifferentiableOpInterface>(op);
  SmallVector<bool> needed;
  for (auto [index, operand] : llvm::enumerate(op.getOperands()))
    needed.push_back(active.contains(operand) &&
                     (!differentiable || differentiable.isDifferentiableOperand(index)));
  return needed;
}

void ReverseMode::markActive(Block &block, Block::iterator end) {
  for (Operation &op : llvm::make_range(block.begin(), end)) {
    if (op.hasTrait<NoGradient>() || !llvm::is_contained(getNeeded(op), true))
      continue;
    for (Value result : op.getResults())
      if (isFloatTensor(result.getType()))
        active.insert(result);
  }
}

void ReverseMode::accumulate(Value value, Value cotangent) {
  Value &sum = cotangents[value];
  sum = sum ? AddOp::create(builder, value.getLoc(), sum, cotangent).getResult() : cotangent;
}

LogicalResult ReverseMode::visit(Operation &op) {
  SmallVector<Value> resultCotangents;
  for (Value result : op.getResults())
    resultCotangents.push_back(active.contains(result) ? cotangents.lookup(result) : Value());
  if (llvm::none_of(resultCotangents, [](Value cotangent) { return !!cotangent; }))
    return success();
  // Only the values themselves were asked for: nothing flows further.
  SmallVector<bool> needed = getNeeded(op);
  if (op.hasTrait<NoGradient>() || !llvm::is_contained(needed, true))
    return success();

  auto differentiable = dyn_cast<DifferentiableOpInterface>(op);
  if (!differentiable)
    return op.emitOpError(
        "has no gradient, but the gradient of a value that depends on it is needed");
  SmallVector<Value> operandCotangents(op.getNumOperands());
  if (failed(differentiable.buildVjp(builder, resultCotangents, needed, operandCotangents)))
    return failure();
  for (auto [operand, cotangent, isNeeded] :
       llvm::zip_equal(op.getOperands(), operandCotangents, needed)) {
    if (!isNeeded || !cotangent)
      continue;
    if (cotangent.getType() != operand.getType())
      return op.emitOpError("expected a cotangent of type ")
             << operand.getType() << " from its gradient, got " << cotangent.getType();
    accumulate(operand, cotangent);
  }
  return success();
}

LogicalResult ReverseMode::run(ValueRange results, ArrayRef<Value> seeds) {
  Block &block = *builder.getInsertionBlock();
  Block::iterator end = builder.getInsertionPoint();
  markActive(block, end);
  for (auto [result, seed] : llvm::zip_equal(results, seeds))
    if (seed && active.contains(result))
      accumulate(result, seed);
  // Rules insert behind the ops that are visited, so the list is taken first.
  SmallVector<Operation *> ops;
  for (Operation &op : llvm::make_range(block.begin(), end))
    ops.push_back(&op);
  for (Operation *op : llvm::reverse(ops))
    if (failed(visit(*op)))
      return failure();
  return success();
}

LogicalResult weft::differentiate(OpBuilder &builder, ValueRange results, ArrayRef<Value> seeds,
                                  ValueRange wrt, SmallVectorImpl<Value> &gradients) {
  ReverseMode engine(builder, wrt);
  if (failed(engine.run(results, seeds)))
    return failure();
  for (Value value : wrt)
    gradients.push_back(engine.getCotangent(value));
  return success();
}
