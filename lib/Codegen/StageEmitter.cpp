// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emission of loop nests.
#include "weft/Codegen/StageEmitter.h"

#include "StageLoops.h"
#include "dialects/Assert.h"
#include "weft/Conversion/WeftToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace weft {

/// One stage's loops around a body.
class StageEmitter::Nest {
public:
  using Body = llvm::function_ref<SmallVector<Value>(ValueRange carried)>;

  Nest(StageEmitter &parent, const Stage &stage, Value begin, Value end)
      : builder(parent.builder), loc(parent.loc), plan(parent.plan), memory(parent.memory),
        stage(stage), lanes(parent.lanes), begin(begin), end(end),
        flat(!parent.memory.isStrided() && isFlat(plan, stage)),
        elements(builder, loc, plan, memory, stage.getNumLoops()) {
    if (flat)
      elements.setFlat(innerElements());
    vectorLoop = lanes == 1 ? -1 : flat ? 0 : chooseVectorLoop(plan, stage);
    elements.setVectorLoop(vectorLoop, lanes);
    identity = builder.getMultiDimIdentityMap(stage.getNumLoops());
  }

  void emit() {
    if (stage.kind == Stage::Kind::Reduction)
      return emitReduction(cast<linalg::GenericOp>(stage.op));
    SmallVector<int64_t> order;
    for (int64_t i = 0; i < (flat ? 1 : stage.getNumLoops()); ++i)
      order.push_back(i);
    emitLoops(order, {}, [&](ValueRange) {
      emitStores();
      return SmallVector<Value>();
    });
  }

private:
  //===--- Bodies ---------------------------------------------------------===//

  /// All values first: what a store overwrites may be an operand of another.
  void emitStores() {
    SmallVector<Value> values;
    for (const StageStore &store : stage.stores) {
      bool own = plan.findBuffer(store.value) == &plan.getBuffer(store.buffer);
      if (store.constant)
        values.push_back(arith::ConstantOp::create(builder, loc, store.constant));
      else
        values.push_back(own ? elements.produce(store.value, identity)
                             : elements.pull(store.value, identity));
    }
    for (auto [store, value] : llvm::zip(stage.stores, values))
      elements.store(value, plan.getBuffer(store.buffer), store.map);
  }

  /// The initial values, then each element to be added, at the place that its index names and only
  /// if that is in this slice. Places see what comes to them in one order, whatever the slices are.
  void emitScatter(linalg::GenericOp op, int64_t target) {
    SmallVector<int64_t> places, outer, inner;
    for (auto [i, isReduction] : llvm::enumerate(stage.isReduction)) {
      if (!isReduction)
        places.push_back(i);
      if (static_cast<int64_t>(i) < target)
        outer.push_back(i);
      else if (!isReduction && static_cast<int64_t>(i) > target)
        inner.push_back(i);
    }
    emitLoops(places, {}, [&](ValueRange) {
      SmallVector<Value> start = initialSums(op);
      elements.store(start[0], plan.getBuffer(stage.stores[0].buffer), stage.stores[0].map);
      return SmallVector<Value>();
    });
    for (auto [i, isReduction] : llvm::enumerate(stage.isReduction))
      if (isReduction)
        outer.push_back(i);
    OpOperand *index = op.getDpsInputOperand(0);
    AffineMap indexMap = op.getMatchingIndexingMap(index);
    // Lanes whose places differ are taken one by one.
    bool isIndexInner =
        llvm::any_of(inner, [&](int64_t loop) { return indexMap.isFunctionOfDim(loop); });
    if (isIndexInner)
      outer.append(std::exchange(inner, {}));
    if (isIndexInner || vectorLoop == target)
      elements.setVectorLoop(vectorLoop = -1, 1);
    emitLoops(outer, {}, [&](ValueRange) {
      Value place = arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                               elements.pull(index->get(), indexMap));
      emitIfInSlice(target, place, [&] {
        emitLoops(inner, {}, [&](ValueRange) {
          addToPlace(op);
          return SmallVector<Value>();
        });
      });
      return SmallVector<Value>();
    });
  }

  void emitIfInSlice(int64_t target, Value place, llvm::function_ref<void()> body) {
    using P = arith::CmpIPredicate;
    Bounds bounds = boundsOf(target);
    Value isIn = arith::AndIOp::create(
        builder, loc, arith::CmpIOp::create(builder, loc, P::sge, place, bounds.lower),
        arith::CmpIOp::create(builder, loc, P::slt, place, bounds.upper));
    auto ifOp = scf::IfOp::create(builder, loc, isIn, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(ifOp.thenBlock());
    elements.pushLevel(target, place);
    body();
    elements.popLevel();
  }

  void addToPlace(linalg::GenericOp op) {
    const StageStore &store = stage.stores[0];
    SmallVector<Value> arguments;
    for (OpOperand *operand : op.getDpsInputOperands())
      arguments.push_back(elements.pull(operand->get(), op.getMatchingIndexingMap(operand)));
    arguments.push_back(elements.pull(store.value, store.map));
    elements.store(elements.cloneBody(op, arguments, identity)[0], plan.getBuffer(store.buffer),
                   store.map);
  }

  void emitReduction(linalg::GenericOp op) {
    if (auto target = op->getAttrOfType<IntegerAttr>(kScatterLoopAttrName))
      return emitScatter(op, target.getInt());
    if (auto loop = op->getAttrOfType<IntegerAttr>(kScanLoopAttrName))
      return emitScan(op, loop.getInt());
    SmallVector<int64_t> parallel, reduced;
    for (auto [i, isReduction] : llvm::enumerate(stage.isReduction))
      (isReduction ? reduced : parallel).push_back(i);
    emitLoops(parallel, {}, [&](ValueRange) {
      SmallVector<Value> sums = emitLoops(reduced, initialSums(op),
                                          [&](ValueRange carried) { return combine(op, carried); });
      for (StageStore store : stage.stores) {
        unsigned number = cast<OpResult>(store.value).getResultNumber();
        elements.store(combineLanes(op, number, sums[number]), plan.getBuffer(store.buffer),
                       store.map);
      }
      return SmallVector<Value>();
    });
  }

  //===--- Running sums ---------------------------------------------------===//

  void emitScan(linalg::GenericOp op, int64_t scan) {
    SmallVector<int64_t> others;
    for (int64_t i = 0; i < stage.getNumLoops(); ++i)
      if (i != scan)
        others.push_back(i);
    emitLoops(others, {}, [&](ValueRange) {
      if (scan == vectorLoop)
        emitScanOfVectors(op, scan);
      else
        emitScanOfElements(op, scan);
      return SmallVector<Value>();
    });
  }

  bool isReverseScan(linalg::GenericOp op) const { return op->hasAttr(kReverseScanAttrName); }

  /// One element after the other, of as many lines as there are lanes.
  void emitScanOfElements(linalg::GenericOp op, int64_t scan) {
    Value count = boundsOf(scan).upper;
    auto loop = scf::ForOp::create(builder, loc, constant(0), count, constant(1), initialSums(op));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value index = loop.getInductionVar();
    if (isReverseScan(op)) {
      Value last = arith::SubIOp::create(builder, loc, count, constant(1));
      index = arith::SubIOp::create(builder, loc, last, index);
    }
    elements.pushLevel(scan, index);
    SmallVector<Value> sums = combine(op, loop.getRegionIterArgs());
    storeSums(sums);
    elements.popLevel();
    scf::YieldOp::create(builder, loc, sums);
  }

  void storeSums(ValueRange sums) {
    for (const StageStore &store : stage.stores)
      elements.store(sums[cast<OpResult>(store.value).getResultNumber()],
                     plan.getBuffer(store.buffer), store.map);
  }

  /// Neighbours are added up among the lanes, then what comes before them: vectors follow each
  /// other at the pace of one addition.
  void emitScanOfVectors(linalg::GenericOp op, int64_t scan) {
    int64_t count = stage.extents[scan].fixed, full = count / lanes * lanes, rest = count - full;
    Type element = getElementTypeOrSelf(initialSums(op)[0].getType());
    Value sum = arith::ConstantOp::create(builder, loc, builder.getFloatAttr(element, 0.0));
    auto emitRest = [&] {
      if (rest == 0)
        return;
      Value mask = vector::ConstantMaskOp::create(
          builder, loc, VectorType::get({lanes}, builder.getI1Type()), ArrayRef<int64_t>{rest});
      sum = emitMasked(scan, constant(full), mask, sum, [&](ValueRange carried) {
        return SmallVector<Value>{scanVector(op, carried[0])};
      })[0];
    };
    bool isReversed = isReverseScan(op);
    if (isReversed)
      emitRest();
    if (full > 0) {
      auto loop =
          scf::ForOp::create(builder, loc, constant(0), constant(full), constant(lanes), sum);
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      Value index = loop.getInductionVar();
      if (isReversed)
        index = arith::SubIOp::create(builder, loc, constant(full - lanes), index);
      elements.pushLevel(scan, index);
      Value next = scanVector(op, loop.getRegionIterArgs()[0]);
      elements.popLevel();
      scf::YieldOp::create(builder, loc, next);
      sum = loop.getResult(0);
    }
    if (!isReversed)
      emitRest();
  }

  /// Stores the sums of a vector; returns the last one.
  Value scanVector(linalg::GenericOp op, Value before) {
    Value zeros = initialSums(op)[0], mask = elements.getMask();
    SmallVector<Value> arguments = {
        elements.pull(op.getDpsInputs()[0], op.getIndexingMapsArray()[0]), zeros};
    Value sums = elements.broadcast(elements.cloneBody(op, arguments, identity)[0]);
    if (mask)
      sums = arith::SelectOp::create(builder, loc, mask, sums, zeros);
    bool isReversed = isReverseScan(op);
    for (int64_t distance = 1; distance < lanes; distance *= 2) {
      SmallVector<int64_t> moved;
      for (int64_t lane = 0; lane < lanes; ++lane) {
        int64_t from = isReversed ? lane + distance : lane - distance;
        moved.push_back(from >= 0 && from < lanes ? from : lanes);
      }
      Value others = vector::ShuffleOp::create(builder, loc, sums, zeros, moved);
      sums = arith::AddFOp::create(builder, loc, sums, others);
    }
    sums = arith::AddFOp::create(builder, loc, sums, elements.broadcast(before));
    storeSums(sums);
    return vector::ExtractOp::create(builder, loc, sums, isReversed ? int64_t{0} : lanes - 1);
  }

  SmallVector<Value> initialSums(linalg::GenericOp op) {
    SmallVector<Value> sums;
    for (OpOperand &init : op.getDpsInitsMutable()) {
      auto fill = init.get().getDefiningOp<linalg::FillOp>();
      WEFT_ASSERT(fill && "reductions start from a constant");
      Value start = builder.clone(*fill.getInputs()[0].getDefiningOp())->getResult(0);
      sums.push_back(elements.broadcast(start));
    }
    return sums;
  }

  /// One step of a reduction.
  SmallVector<Value> combine(linalg::GenericOp op, ValueRange carried) {
    SmallVector<Value> arguments;
    for (OpOperand *operand : op.getDpsInputOperands())
      arguments.push_back(elements.pull(operand->get(), op.getMatchingIndexingMap(operand)));
    llvm::append_range(arguments, carried);
    SmallVector<Value> results = elements.cloneBody(op, arguments, identity);
    for (auto [result, before] : llvm::zip(results, carried)) {
      result = elements.broadcast(result);
      // Lanes beyond the end of the loop that is combined keep their sum.
      if (elements.getMask() && isReducedVector())
        result = arith::SelectOp::create(builder, loc, elements.getMask(), result, before);
    }
    return results;
  }

  bool isReducedVector() const { return vectorLoop >= 0 && stage.isReduction[vectorLoop]; }

  Value combineLanes(linalg::GenericOp op, unsigned result, Value sum) {
    if (!isReducedVector())
      return sum;
    // Any order of the lanes will do, as long as it is always the same.
    return vector::ReductionOp::create(builder, loc, *getCombiningKind(op, result), sum,
                                       arith::FastMathFlags::reassoc);
  }

  //===--- Loops ----------------------------------------------------------===//

  int64_t innerElements() const {
    int64_t count = 1;
    for (LinearSize extent : ArrayRef(stage.extents).drop_front())
      count *= extent.fixed;
    return count;
  }

  Value constant(int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); }

  struct Bounds {
    Value lower, upper;
    /// Number of indices, if known.
    std::optional<int64_t> count;
  };

  Bounds boundsOf(int64_t loop) {
    bool sliced = stage.axis == loop;
    LinearSize extent = stage.extents[loop];
    Bounds bounds;
    if (!sliced && extent.perRow == 0)
      bounds.count = extent.fixed;
    bounds.lower = sliced ? begin : constant(0);
    bounds.upper = sliced ? end : memory.size(builder, loc, extent);
    if (!flat)
      return bounds;
    Value inner = constant(innerElements());
    bounds.lower = arith::MulIOp::create(builder, loc, bounds.lower, inner);
    bounds.upper = arith::MulIOp::create(builder, loc, bounds.upper, inner);
    if (bounds.count)
      bounds.count = *bounds.count * innerElements();
    return bounds;
  }

  SmallVector<Value> emitLoops(ArrayRef<int64_t> order, ValueRange carried, Body body) {
    if (order.empty())
      return body(carried);
    int64_t loop = order.front();
    Bounds bounds = boundsOf(loop);
    auto inner = [&](ValueRange values) { return emitLoops(order.drop_front(), values, body); };
    if (loop == vectorLoop)
      return emitVectorLoop(loop, bounds, carried, inner);
    return emitFor(loop, bounds.lower, bounds.upper, 1, carried, inner);
  }

  SmallVector<Value> emitFor(int64_t loop, Value lower, Value upper, int64_t step,
                             ValueRange carried, Body inner) {
    auto forOp = scf::ForOp::create(builder, loc, lower, upper, constant(step), carried);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(forOp.getBody());
    elements.pushLevel(loop, forOp.getInductionVar());
    SmallVector<Value> results = inner(forOp.getRegionIterArgs());
    elements.popLevel();
    if (!results.empty())
      scf::YieldOp::create(builder, loc, results);
    if (vectorLoop >= 0)
      annotate(forOp);
    return forOp.getResults();
  }

  /// Loops of vectors are what they should be: LLVM's unrolling would only make them long, except
  /// for short ones, where the loop itself costs.
  void annotate(scf::ForOp loop) {
    constexpr int kShortBody = 12, kUnrolled = 4;
    MLIRContext *context = builder.getContext();
    bool isShort = loop.getInitArgs().empty() && loop.getBody()->getOps<scf::ForOp>().empty() &&
                   llvm::range_size(loop.getBody()->getOperations()) <= kShortBody;
    BoolAttr yes = builder.getBoolAttr(true);
    auto unroll = LLVM::LoopUnrollAttr::get(
        context, isShort ? BoolAttr() : yes,
        isShort ? builder.getI32IntegerAttr(kUnrolled) : IntegerAttr(), {}, {}, {}, {}, {});
    auto vectorize = LLVM::LoopVectorizeAttr::get(context, yes, {}, {}, {}, {}, {}, {});
    loop->setAttr("llvm.loop_annotation",
                  LLVM::LoopAnnotationAttr::get(context, {}, vectorize, {}, unroll, {}, {}, {}, {},
                                                {}, {}, {}, {}, {}, {}, {}));
  }

  /// Whole vectors, then the rest under a mask.
  SmallVector<Value> emitVectorLoop(int64_t loop, const Bounds &bounds, ValueRange carried,
                                    Body inner) {
    if (bounds.count)
      return emitStaticVectorLoop(loop, bounds, carried, inner);
    return emitDynamicVectorLoop(loop, bounds, carried, inner);
  }

  SmallVector<Value> emitStaticVectorLoop(int64_t loop, const Bounds &bounds, ValueRange carried,
                                          Body inner) {
    int64_t full = *bounds.count / lanes * lanes, rest = *bounds.count - full;
    SmallVector<Value> values(carried);
    if (full > 0)
      values = emitFor(loop, bounds.lower, constant(full), lanes, values, inner);
    if (rest == 0)
      return values;
    Value mask = vector::ConstantMaskOp::create(
        builder, loc, VectorType::get({lanes}, builder.getI1Type()), ArrayRef<int64_t>{rest});
    return emitMasked(loop, constant(full), mask, values, inner);
  }

  SmallVector<Value> emitDynamicVectorLoop(int64_t loop, const Bounds &bounds, ValueRange carried,
                                           Body inner) {
    Value count = arith::SubIOp::create(builder, loc, bounds.upper, bounds.lower);
    Value rest = arith::RemUIOp::create(builder, loc, count, constant(lanes));
    Value middle = arith::SubIOp::create(builder, loc, bounds.upper, rest);
    SmallVector<Value> values = emitFor(loop, bounds.lower, middle, lanes, carried, inner);
    Value some = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, rest, constant(0));
    auto ifOp = scf::IfOp::create(builder, loc, ValueRange(values).getTypes(), some,
                                  /*withElseRegion=*/!values.empty());
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(ifOp.thenBlock());
    Value mask = vector::CreateMaskOp::create(builder, loc,
                                              VectorType::get({lanes}, builder.getI1Type()), rest);
    SmallVector<Value> results = emitMasked(loop, middle, mask, values, inner);
    if (!values.empty()) {
      scf::YieldOp::create(builder, loc, results);
      builder.setInsertionPointToStart(ifOp.elseBlock());
      scf::YieldOp::create(builder, loc, values);
    }
    return ifOp.getResults();
  }

  SmallVector<Value> emitMasked(int64_t loop, Value index, Value mask, ValueRange carried,
                                Body inner) {
    elements.setMask(mask);
    elements.pushLevel(loop, index);
    SmallVector<Value> results = inner(carried);
    elements.popLevel();
    elements.setMask({});
    return results;
  }

  OpBuilder &builder;
  Location loc;
  const StagePlan &plan;
  StageMemory &memory;
  const Stage &stage;
  int64_t lanes;
  Value begin, end;
  bool flat;
  int64_t vectorLoop = -1;
  AffineMap identity;
  ElementEmitter elements;
};

void StageEmitter::emit(const Stage &stage, Value begin, Value end) {
  WEFT_ASSERT(stage.kind != Stage::Kind::Contraction && "contractions have a generator");
  Nest(*this, stage, begin, end).emit();
}

} // namespace weft
