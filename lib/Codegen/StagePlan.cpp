// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decides which tensors are kept in memory and which loop nests write them, and groups these in
// parts.
#include "weft/Codegen/StagePlan.h"

#include "dialects/Weft/Weft.h"
#include "weft/Conversion/WeftToLinalg.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace weft {
namespace {

bool isReduction(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  return generic && generic.getNumReductionLoops() > 0;
}

/// Whether an element costs much more than reading it.
bool isExpensive(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic)
    return false;
  return llvm::any_of(generic.getBody()->getOperations(), [](Operation &nested) {
    return isa<arith::DivFOp, RandomWordOp>(nested) ||
           (isa<math::MathDialect>(nested.getDialect()) && !isa<math::AbsFOp>(nested));
  });
}

/// Whether more than one loop nest would compute the value.
bool isSharedAcrossStages(Value value) {
  if (value.hasOneUse())
    return false;
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    if (isReduction(user))
      return true;
    // What returns the value or asks for its size does not compute it.
    auto type = user->getNumResults() == 0
                    ? RankedTensorType()
                    : dyn_cast<RankedTensorType>(user->getResult(0).getType());
    return type && type.getShape() != cast<RankedTensorType>(value.getType()).getShape();
  });
}

} // namespace

class StagePlanner {
public:
  explicit StagePlanner(func::FuncOp function) : context(function.getContext()) {
    plan.function = function;
  }

  FailureOr<StagePlan> run() {
    auto terminator = cast<func::ReturnOp>(plan.function.getBody().front().getTerminator());
    for (Operation &op : plan.function.getBody().front().without_terminator())
      if (failed(visit(&op)))
        return failure();
    for (auto [number, value] : llvm::enumerate(terminator.getOperands()))
      addResult(value, number);
    addStages();
    addCopies();
    formParts();
    return std::move(plan);
  }

private:
  LogicalResult visit(Operation *op) {
    if (isReduction(op) || isa<MatmulOp, SortOp, TopKOp, tensor::ConcatOp, tensor::PadOp>(op)) {
      for (Value result : op->getResults())
        if (!result.use_empty() || op->getNumResults() == 1)
          addBuffer(result);
      if (isa<MatmulOp, SortOp, TopKOp>(op))
        for (Value operand : op->getOperands())
          keep(operand);
      return success();
    }
    if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op)) {
      keep(op->getOperand(0));
      return success();
    }
    if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
      for (auto extract : generic.getBody()->getOps<tensor::ExtractOp>())
        keep(extract.getTensor());
      if (!isExpensive(op) && !readsExpensive(generic))
        return success();
      if (isSharedAcrossStages(op->getResult(0)))
        addBuffer(op->getResult(0));
      else
        expensive.insert(op->getResult(0));
      return success();
    }
    if (isa<linalg::FillOp, tensor::EmptyOp, tensor::DimOp, tensor::ExtractSliceOp>(op) ||
        op->hasTrait<OpTrait::ConstantLike>() || isa<arith::ArithDialect>(op->getDialect()))
      return success();
    return op->emitOpError("cannot be part of a kernel");
  }

  /// Whether something expensive is computed for each element, not once for a row.
  bool readsExpensive(linalg::GenericOp op) {
    return llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *operand) {
      return op.getMatchingIndexingMap(operand).isIdentity() && expensive.contains(operand->get());
    });
  }

  unsigned addBuffer(Value value) {
    auto [entry, isNew] = plan.bufferOf.try_emplace(value, plan.buffers.size());
    if (isNew)
      plan.buffers.push_back({value, {}, kNoAxis});
    return entry->second;
  }

  /// Sees to it that `value` has memory.
  void keep(Value value) {
    if (!plan.getStorage(value))
      addBuffer(rootOfView(value));
  }

  static Value rootOfView(Value value) {
    while (Operation *op = value.getDefiningOp()) {
      if (!isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op))
        break;
      value = op->getOperand(0);
    }
    return value;
  }

  void addResult(Value value, unsigned number) {
    Value root = rootOfView(value);
    if (isa<BlockArgument>(root) || root.getDefiningOp()->hasTrait<OpTrait::ConstantLike>()) {
      copies.push_back({value, number});
      return;
    }
    plan.buffers[addBuffer(root)].results.push_back(number);
  }

  /// One stage, or several, for each buffer, in the order of the ops.
  void addStages() {
    for (Operation &op : plan.function.getBody().front()) {
      if (isReduction(&op)) {
        addReduction(cast<linalg::GenericOp>(op));
        continue;
      }
      if (auto matmul = dyn_cast<MatmulOp>(op)) {
        addContraction(matmul);
        continue;
      }
      if (isa<SortOp, TopKOp>(op)) {
        addOrder(&op);
        continue;
      }
      for (Value result : op.getResults())
        if (plan.bufferOf.contains(result))
          addElementwise(result, plan.bufferOf[result]);
    }
  }

  void addReduction(linalg::GenericOp op) {
    Stage stage;
    stage.kind = Stage::Kind::Reduction;
    stage.op = op;
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    for (auto [i, iterator] : llvm::enumerate(op.getIteratorTypesArray())) {
      stage.isReduction.push_back(iterator == utils::IteratorType::reduction);
      stage.extents.push_back(loopExtent(op->getOperands(), maps, i));
    }
    for (OpResult result : op->getResults()) {
      auto buffer = plan.bufferOf.find(result);
      if (buffer != plan.bufferOf.end())
        stage.stores.push_back(
            {result, buffer->second, op.getIndexingMapMatchingResult(result), {}});
    }
    stages.push_back(std::move(stage));
  }

  void addContraction(MatmulOp op) {
    Stage stage;
    stage.kind = Stage::Kind::Contraction;
    stage.op = op;
    SmallVector<AffineMap> maps = getContractionMaps(op);
    SmallVector<Value> values = {op.getA(), op.getB(), op.getResult()};
    for (unsigned i = 0; i < maps[0].getNumDims(); ++i) {
      stage.isReduction.push_back(!maps[2].isFunctionOfDim(i));
      stage.extents.push_back(loopExtent(values, maps, i));
    }
    stage.stores.push_back({op.getResult(), plan.bufferOf[op.getResult()], maps[2], {}});
    stages.push_back(std::move(stage));
  }

  /// A line is needed as a whole.
  void addOrder(Operation *op) {
    Stage stage;
    stage.kind = Stage::Kind::Order;
    stage.op = op;
    stage.extents = plan.getSizes(op->getOperand(0));
    stage.isReduction.assign(stage.extents.size(), false);
    auto sort = dyn_cast<SortOp>(op);
    stage.isReduction[sort ? sort.getDim() : cast<TopKOp>(op).getDim()] = true;
    AffineMap identity = AffineMap::getMultiDimIdentityMap(stage.getNumLoops(), context);
    for (Value result : op->getResults())
      if (auto buffer = plan.bufferOf.find(result); buffer != plan.bufferOf.end())
        stage.stores.push_back({result, buffer->second, identity, {}});
    if (!stage.stores.empty())
      stages.push_back(std::move(stage));
  }

  LinearSize loopExtent(ValueRange values, ArrayRef<AffineMap> maps, unsigned loop) {
    for (auto [value, map] : llvm::zip(values, maps))
      for (auto [dimension, expr] : llvm::enumerate(map.getResults()))
        if (expr == getAffineDimExpr(loop, context))
          return plan.getSize(value, dimension);
    llvm_unreachable("each loop of a reduction runs along a dimension of an operand");
  }

  Stage elementwiseOver(Value value) {
    Stage stage;
    stage.extents = plan.getSizes(value);
    stage.isReduction.assign(stage.extents.size(), false);
    return stage;
  }

  void addElementwise(Value value, unsigned buffer) {
    Operation *op = value.getDefiningOp();
    if (auto concat = dyn_cast_or_null<tensor::ConcatOp>(op)) {
      int64_t offset = 0;
      for (Value input : concat.getInputs()) {
        SmallVector<int64_t> offsets(plan.getSizes(value).size(), 0);
        offsets[concat.getDim()] = offset;
        addShifted(input, buffer, offsets);
        offset += cast<RankedTensorType>(input.getType()).getDimSize(concat.getDim());
      }
      return;
    }
    AffineMap identity = AffineMap::getMultiDimIdentityMap(plan.getSizes(value).size(), context);
    Stage stage = elementwiseOver(value);
    stage.stores.push_back({value, buffer, identity, {}});
    if (auto pad = dyn_cast_or_null<tensor::PadOp>(op)) {
      matchPattern(pad.getConstantPaddingValue(), m_Constant(&stage.stores[0].constant));
      stages.push_back(std::move(stage));
      addShifted(pad.getSource(), buffer, SmallVector<int64_t>(pad.getStaticLow()));
      return;
    }
    stages.push_back(std::move(stage));
  }

  /// Stores all of `value` at an offset in the buffer.
  void addShifted(Value value, unsigned buffer, ArrayRef<int64_t> offsets) {
    Stage stage = elementwiseOver(value);
    SmallVector<AffineExpr> exprs;
    for (auto [i, offset] : llvm::enumerate(offsets))
      exprs.push_back(getAffineDimExpr(i, context) + offset);
    stage.stores.push_back({value, buffer, AffineMap::get(exprs.size(), 0, exprs, context), {}});
    stages.push_back(std::move(stage));
  }

  /// Results that are arguments or constants.
  void addCopies() {
    for (auto [value, number] : copies) {
      plan.buffers.push_back({value, {number}, kNoAxis});
      Stage stage = elementwiseOver(value);
      AffineMap identity = AffineMap::getMultiDimIdentityMap(stage.getNumLoops(), context);
      stage.stores.push_back({value, static_cast<unsigned>(plan.buffers.size() - 1), identity, {}});
      stages.push_back(std::move(stage));
    }
  }

  /// What a stage has in common with the stages that must be in its part: buffers, and full-size
  /// values that both compute.
  SmallVector<const void *> connections(const Stage &stage) {
    SmallVector<const void *> keys;
    auto addRead = [&](Value value, AffineMap) {
      if (const StageBuffer *buffer = plan.findBuffer(plan.getStorage(value)))
        keys.push_back(buffer);
    };
    auto addOp = [&](Operation *op, AffineMap) {
      auto generic = dyn_cast<linalg::GenericOp>(op);
      if (generic &&
          llvm::any_of(generic.getIndexingMapsArray(),
                       [&](AffineMap map) { return map.isIdentity() && map.getNumDims() > 0; }) &&
          generic.getNumDpsInputs() > 0 &&
          cast<RankedTensorType>(generic.getDpsInputs()[0].getType()).getRank() ==
              static_cast<int64_t>(generic.getNumLoops()))
        keys.push_back(op);
    };
    plan.forEachRead(stage, addRead);
    AffineMap identity = AffineMap::getMultiDimIdentityMap(stage.getNumLoops(), context);
    for (const StageStore &store : stage.stores) {
      keys.push_back(&plan.buffers[store.buffer]);
      if (!stage.op && !store.constant)
        plan.forEachRead(store.value, identity, [](Value, AffineMap) {}, addOp);
    }
    return keys;
  }

  void formParts() {
    llvm::EquivalenceClasses<const void *> classes;
    for (const Stage &stage : stages) {
      const void *self = plan.buffers.data() + stage.stores[0].buffer;
      classes.insert(self);
      for (const void *key : connections(stage))
        classes.unionSets(self, key);
    }
    llvm::MapVector<const void *, StagePart> parts;
    for (Stage &stage : stages) {
      const void *self = plan.buffers.data() + stage.stores[0].buffer;
      appendTo(parts[classes.getLeaderValue(self)], std::move(stage));
    }
    for (auto &entry : parts)
      plan.parts.push_back(std::move(entry.second));
  }

  /// Joins the stage with the last one of the part if the same loops can compute both.
  void appendTo(StagePart &part, Stage stage) {
    if (!part.stages.empty() && canJoin(part.stages.back(), stage))
      llvm::append_range(part.stages.back().stores, stage.stores);
    else
      part.stages.push_back(std::move(stage));
  }

  bool canJoin(const Stage &last, const Stage &stage) {
    if (last.kind != Stage::Kind::Elementwise || stage.kind != Stage::Kind::Elementwise ||
        last.extents != stage.extents)
      return false;
    bool fits = true;
    for (const Stage *either : {&last, &stage})
      for (const StageStore &store : either->stores)
        fits &= store.map.isIdentity() && !store.constant;
    plan.forEachRead(stage, [&](Value value, AffineMap map) {
      Value storage = plan.getStorage(value);
      for (const StageStore &store : last.stores)
        if (plan.findBuffer(storage) == &plan.buffers[store.buffer])
          fits &= map.isIdentity() && value == store.value;
    });
    return fits;
  }

  MLIRContext *context;
  StagePlan plan;
  std::vector<Stage> stages;
  SmallVector<std::pair<Value, unsigned>> copies;
  /// Values that are computed where they are read, and cost much.
  llvm::DenseSet<Value> expensive;
};

FailureOr<StagePlan> StagePlan::create(func::FuncOp function) {
  return StagePlanner(function).run();
}

} // namespace weft
