// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The innermost loop of a contraction: a register tile of sums, one step of k at a time, and what
// happens to the sums when k ends.
#include "ContractionEmitter.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace weft::cpu {
namespace {

/// The loop's body fills the core already; unrolled copies of it only cost compile time. Null where
/// the LLVM dialect is not loaded.
Attribute doNotUnroll(OpBuilder &builder) {
  if (!builder.getContext()->getLoadedDialect<LLVM::LLVMDialect>())
    return {};
  auto unroll = LLVM::LoopUnrollAttr::get(builder.getContext(), builder.getBoolAttr(true), {}, {},
                                          {}, {}, {}, {});
  return LLVM::LoopAnnotationAttr::get(builder.getContext(), {}, {}, {}, unroll, {}, {}, {}, {}, {},
                                       {}, {}, {}, {}, {}, {});
}

} // namespace

/// Group after group takes a slot; in a remainder the second group begins short of a whole one, and
/// rounds up.
Value ContractionEmitter::groupSlot(const Group &group) {
  return ceilDiv(group.rowInBlock, constant(plan.rowsPerGroup));
}

void ContractionEmitter::emitMicroKernel(Group group, Panel panel, Depth depth) {
  Vectors sums = sumDepth(group, panel, depth, initialSums(group, panel, depth));
  if (plan.storesSums) {
    storeSums(group, panel, sums);
    return;
  }
  if (!depth.isLast) {
    finishSums(group, panel, sums);
    return;
  }
  auto branch = scf::IfOp::create(builder, loc, depth.isLast, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  finishSums(group, panel, sums);
  builder.setInsertionPointToStart(branch.elseBlock());
  storeSums(group, panel, sums);
}

/// Zeros in the first block of k, the waiting sums in the others.
ContractionEmitter::Vectors ContractionEmitter::initialSums(const Group &group, const Panel &panel,
                                                            const Depth &depth) {
  Vectors zeros(group.rows * vectorsOf(panel), zeroVector());
  if (!depth.isFirst)
    return zeros;
  auto branch = scf::IfOp::create(builder, loc, ValueRange(zeros).getTypes(), depth.isFirst,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(builder, loc, zeros);
  builder.setInsertionPointToStart(branch.elseBlock());
  Vectors waiting;
  for (int64_t row = 0; row < group.rows; ++row)
    for (int64_t vector = 0; vector < vectorsOf(panel); ++vector)
      waiting.push_back(vector::LoadOp::create(builder, loc, plan.vectorType(), partial,
                                               partialIndices(group, panel, row, vector)));
  scf::YieldOp::create(builder, loc, waiting);
  return Vectors(branch.getResults());
}

SmallVector<Value> ContractionEmitter::partialIndices(const Group &group, const Panel &panel,
                                                      int64_t row, int64_t vector) {
  return {add(group.rowInBlock, row), add(mul(panel.slot, plan.panelWidth()), vector * plan.lanes)};
}

void ContractionEmitter::storeSums(const Group &group, const Panel &panel, ValueRange sums) {
  for (int64_t row = 0; row < group.rows; ++row)
    for (int64_t vector = 0; vector < vectorsOf(panel); ++vector)
      vector::StoreOp::create(builder, loc, sums[row * vectorsOf(panel) + vector], partial,
                              partialIndices(group, panel, row, vector));
}

ContractionEmitter::Vectors ContractionEmitter::sumDepth(const Group &group, const Panel &panel,
                                                         const Depth &depth, ValueRange initial) {
  auto loop = scf::ForOp::create(builder, loc, constant(0), depth.length, constant(1), initial);
  if (Attribute annotation = doNotUnroll(builder))
    loop->setAttr("llvm.loop_annotation", annotation);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value k = loop.getInductionVar();
  Vectors sums(loop.getRegionIterArgs());
  Vectors columns;
  for (int64_t vector = 0; vector < vectorsOf(panel); ++vector)
    columns.push_back(loadB(panel, depth, vector, k));
  for (int64_t row = 0; row < group.rows; ++row) {
    Value factor =
        vector::BroadcastOp::create(builder, loc, plan.vectorType(), loadA(group, depth, row, k));
    for (auto [vector, column] : llvm::enumerate(columns)) {
      Value &sum = sums[row * columns.size() + vector];
      sum = vector::FMAOp::create(builder, loc, factor, column, sum);
    }
  }
  scf::YieldOp::create(builder, loc, sums);
  return Vectors(loop.getResults());
}

Value ContractionEmitter::loadA(const Group &group, const Depth &depth, int64_t row, Value k) {
  switch (plan.packA) {
  case ContractionPlan::PackA::Rows:
    return memref::LoadOp::create(builder, loc, packedA, ValueRange{add(group.rowInBlock, row), k});
  case ContractionPlan::PackA::Panels:
    return memref::LoadOp::create(builder, loc, packedA,
                                  ValueRange{groupSlot(group), k, constant(row)});
  case ContractionPlan::PackA::None:
    break;
  }
  Value outer = add(group.row, row), inner = add(depth.begin, k);
  if (plan.shape.transposeA)
    std::swap(outer, inner);
  Value element = memref::LoadOp::create(builder, loc, operands.a, indicesOf(outer, inner));
  if (element.getType() == plan.accumulator)
    return element;
  return arith::ExtFOp::create(builder, loc, plan.accumulator, element);
}

Value ContractionEmitter::loadB(const Panel &panel, const Depth &depth, int64_t vector, Value k) {
  if (plan.packB) {
    auto load = vector::LoadOp::create(builder, loc, plan.vectorType(), packedB,
                                       ValueRange{panel.slot, k, constant(vector * plan.lanes)});
    return load;
  }
  return loadConverted(operands.b,
                       indicesOf(add(depth.begin, k), add(panel.column, vector * plan.lanes)),
                       plan.lanes, columnMask(panel, vector));
}

/// Hands the sums to the sink.
void ContractionEmitter::finishSums(const Group &group, const Panel &panel, ValueRange sums) {
  ContractionResult::ColumnCache cache;
  for (int64_t row = 0; row < group.rows; ++row)
    for (int64_t vector = 0; vector < vectorsOf(panel); ++vector) {
      SmallVector<Value> coordinates =
          indicesOf(add(group.row, row), add(panel.column, vector * plan.lanes));
      ContractionResult result(builder, loc, sums[row * vectorsOf(panel) + vector], coordinates,
                               columnMask(panel, vector), vector, cache);
      sink(builder, loc, result);
    }
}

/// Hands the sums that wait to the sink: whole vectors of each row, then the last one under a mask.
void ContractionEmitter::finishStoredSums(Columns columns, Rows rows) {
  int64_t width = plan.panelWidth(), whole = plan.shape.n.fixed / plan.lanes * plan.lanes;
  Value first = mul(columns.begin, width);
  auto finish = [&](Value row, Value column, Value mask) {
    Value sums = vector::LoadOp::create(builder, loc, plan.vectorType(), partial,
                                        ValueRange{row, sub(column, first)});
    ContractionResult::ColumnCache cache;
    SmallVector<Value> coordinates = indicesOf(add(rows.begin, row), column);
    ContractionResult result(builder, loc, sums, coordinates, mask, /*vector=*/0, cache);
    sink(builder, loc, result);
  };
  forEach(constant(0), sub(rows.end, rows.begin), 1, [&](Value row) {
    Value end = min(mul(columns.end, width), constant(whole));
    auto loop = scf::ForOp::create(builder, loc, first, end, constant(plan.lanes));
    if (Attribute annotation = doNotUnroll(builder))
      loop->setAttr("llvm.loop_annotation", annotation);
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      finish(row, loop.getInductionVar(), {});
    }
    int64_t rest = plan.shape.n.fixed - whole;
    if (rest == 0)
      return;
    onlyIf(compare(arith::CmpIPredicate::eq, columns.end, constant(plan.panels())), [&] {
      auto type = VectorType::get({plan.lanes}, builder.getI1Type());
      finish(row, constant(whole),
             vector::ConstantMaskOp::create(builder, loc, type, ArrayRef<int64_t>{rest}));
    });
  });
}

} // namespace weft::cpu
