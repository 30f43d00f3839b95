// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loops of a contraction around its register tiles: columns, rows, k, groups, panels.
#include "ContractionEmitter.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

#include <set>

using namespace mlir;

namespace weft::cpu {

void LoopBuilder::forEach(Value begin, Value end, int64_t step,
                          llvm::function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(builder, loc, begin, end, constant(step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

void LoopBuilder::onlyIf(Value condition, llvm::function_ref<void()> body) {
  if (std::optional<int64_t> known = getConstantIntValue(condition)) {
    if (*known)
      body();
    return;
  }
  auto branch = scf::IfOp::create(builder, loc, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  body();
}

ContractionEmitter::ContractionEmitter(OpBuilder &builder, Location loc,
                                       const ContractionPlan &plan,
                                       const ContractionOperands &operands,
                                       const ContractionRegion &region, ContractionSink sink)
    : LoopBuilder{builder, loc}, plan(plan), operands(operands), region(region), sink(sink) {}

void ContractionEmitter::emitRegion() {
  int64_t offset = operands.scratchOffset;
  if (plan.packB)
    packedB = scratchView(offset, {std::min(plan.panelsPerTile, plan.panels()), plan.packedDepthB(),
                                   plan.panelWidth()});
  offset += plan.packedBBytes();
  if (plan.packA == ContractionPlan::PackA::Rows)
    packedA = scratchView(offset, {plan.rowsPerBlock, plan.packedDepthA()});
  else if (plan.packA == ContractionPlan::PackA::Panels)
    packedA = scratchView(offset, {plan.rowsPerBlock / plan.rowsPerGroup + 1, plan.packedDepthA(),
                                   plan.rowsPerGroup});
  offset += plan.packedABytes();
  if (plan.hasPartialSums())
    partial = scratchView(offset, {plan.rowsPerBlock, plan.panelsPerTile * plan.panelWidth()});

  Value begin = region.panelBegin ? region.panelBegin : constant(0);
  Value end = region.panelEnd ? region.panelEnd : constant(plan.panels());
  if (!region.panelBegin && plan.panels() <= plan.panelsPerTile) {
    emitColumns({begin, end});
    return;
  }
  forEach(begin, end, plan.panelsPerTile,
          [&](Value first) { emitColumns({first, min(add(first, plan.panelsPerTile), end)}); });
}

ContractionEmitter::Depth ContractionEmitter::wholeDepth() {
  return {constant(0), depthExtent(), nullptr, nullptr};
}

Value ContractionEmitter::depthExtent() {
  return region.depth ? region.depth : plan.shape.k.materialize(builder, loc, operands.rows);
}

void ContractionEmitter::emitColumns(Columns columns) {
  bool packOnce = plan.packB && !plan.splitsDepth;
  if (packOnce)
    packB(columns, wholeDepth());
  if (!plan.rowsPerBlock) {
    emitRows(columns, {region.rowBegin, region.rowEnd}, /*packColumns=*/false);
    return;
  }
  forEach(region.rowBegin, region.rowEnd, plan.rowsPerBlock, [&](Value begin) {
    emitRows(columns, {begin, min(add(begin, plan.rowsPerBlock), region.rowEnd)},
             plan.packB && !packOnce);
  });
}

void ContractionEmitter::emitRows(Columns columns, Rows rows, bool packColumns) {
  if (!plan.splitsDepth) {
    emitDepth(columns, rows, wholeDepth());
    return;
  }
  // At least one block: the sums of an empty k are zeros.
  Value size = depthExtent();
  forEach(constant(0), max(size, constant(1)), plan.depthPerBlock, [&](Value begin) {
    Value end = min(add(begin, plan.depthPerBlock), size);
    Depth depth{begin, sub(end, begin), compare(arith::CmpIPredicate::eq, begin, constant(0)),
                compare(arith::CmpIPredicate::eq, end, size)};
    if (packColumns)
      packB(columns, depth);
    emitDepth(columns, rows, depth);
  });
}

void ContractionEmitter::emitDepth(Columns columns, Rows rows, Depth depth) {
  if (plan.packA != ContractionPlan::PackA::None)
    packA(rows, depth);
  forEachGroup(rows, [&](Group group) { emitPanels(columns, group, depth); });
  if (!plan.storesSums)
    return;
  if (depth.isLast)
    onlyIf(depth.isLast, [&] { finishStoredSums(columns, rows); });
  else
    finishStoredSums(columns, rows);
}

void ContractionEmitter::emitPanels(Columns columns, Group group, Depth depth) {
  forEachPanel(columns, [&](Panel panel) { emitMicroKernel(group, panel, depth); });
}

/// Whole groups in a loop, then one or two smaller ones: a remainder of a few rows would leave most
/// of the multiply-adds idle, so it shares rows with the group before it.
void ContractionEmitter::forEachGroup(Rows rows, llvm::function_ref<void(Group)> body) {
  int64_t size = plan.rowsPerGroup;
  Value extent = sub(rows.end, rows.begin);
  Value rest = rem(extent, constant(size));
  if (region.rowRemainders.empty())
    rest = constant(0);
  Value shares = both(both(compare(arith::CmpIPredicate::sgt, rest, constant(0)),
                           compare(arith::CmpIPredicate::sle, rest, constant(size / 2))),
                      compare(arith::CmpIPredicate::sge, extent, constant(size)));
  rest = select(shares, add(rest, size), rest);
  Value wholeRows = sub(extent, rest);
  forEach(constant(0), wholeRows, size,
          [&](Value offset) { body({add(rows.begin, offset), offset, size}); });
  if (!region.rowRemainders.empty())
    forEachSmallGroup(rows.begin, wholeRows, rest, body);
}

void ContractionEmitter::forEachSmallGroup(Value begin, Value wholeRows, Value rest,
                                           llvm::function_ref<void(Group)> body) {
  int64_t size = plan.rowsPerGroup;
  Value isTwo = compare(arith::CmpIPredicate::sgt, rest, constant(size));
  Value first = select(isTwo, div(add(rest, 1), constant(2)), rest);
  Value second = sub(rest, first);
  std::set<int64_t> heights;
  for (int64_t remainder : region.rowRemainders)
    if (remainder <= size)
      heights.insert(remainder);
    else
      heights.insert({remainder / 2, (remainder + 1) / 2});
  SmallVector<int64_t> cases(heights.begin(), heights.end());

  // Steps 0 and 1: the height of the group of a step selects code for it, which both share.
  Value count = select(isTwo, constant(2), min(rest, constant(1)));
  forEach(constant(0), count, 1, [&](Value step) {
    Value isFirst = compare(arith::CmpIPredicate::eq, step, constant(0));
    Value height = select(isFirst, first, second);
    Value offset = add(wholeRows, select(isFirst, constant(0), first));
    auto branch = scf::IndexSwitchOp::create(builder, loc, TypeRange{}, height, cases,
                                             static_cast<unsigned>(cases.size()));
    OpBuilder::InsertionGuard guard(builder);
    for (auto [rows, caseRegion] : llvm::zip(cases, branch.getCaseRegions())) {
      builder.createBlock(&caseRegion);
      body({add(begin, offset), offset, rows});
      scf::YieldOp::create(builder, loc);
    }
    builder.createBlock(&branch.getDefaultRegion());
    scf::YieldOp::create(builder, loc);
  });
}

void ContractionEmitter::forEachPanel(Columns columns, llvm::function_ref<void(Panel)> body) {
  Value whole = min(columns.end, constant(plan.fullPanels()));
  auto panelAt = [&](Value index, int64_t width) -> Panel {
    return {mul(index, plan.panelWidth()), sub(index, columns.begin), width};
  };
  if (plan.fullPanels())
    forEach(columns.begin, whole, 1, [&](Value index) { body(panelAt(index, plan.panelWidth())); });
  if (int64_t width = plan.tailColumns())
    onlyIf(compare(arith::CmpIPredicate::eq, columns.end, constant(plan.panels())),
           [&] { body(panelAt(constant(plan.fullPanels()), width)); });
}

Value ContractionEmitter::columnMask(const Panel &panel, int64_t vector) {
  int64_t present = panel.width - vector * plan.lanes;
  if (present >= plan.lanes)
    return {};
  return vector::ConstantMaskOp::create(
      builder, loc, VectorType::get({plan.lanes}, builder.getI1Type()), ArrayRef<int64_t>{present});
}

Value ContractionEmitter::zeroVector() {
  return arith::ConstantOp::create(builder, loc, builder.getZeroAttr(plan.vectorType()));
}

SmallVector<Value> ContractionEmitter::indicesOf(Value outer, Value inner) const {
  SmallVector<Value> indices(region.batch);
  indices.push_back(outer);
  indices.push_back(inner);
  return indices;
}

Value ContractionEmitter::scratchView(int64_t offset, ArrayRef<int64_t> shape) {
  return memref::ViewOp::create(builder, loc, MemRefType::get(shape, plan.accumulator),
                                operands.scratch, constant(offset), ValueRange{});
}

Value ContractionEmitter::loadConverted(Value memref, ValueRange indices, int64_t lanes,
                                        Value mask) {
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  auto type = VectorType::get({lanes}, element);
  Value loaded;
  if (mask) {
    Value zeros = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
    loaded = vector::MaskedLoadOp::create(builder, loc, type, memref, indices, mask, zeros);
  } else {
    loaded = vector::LoadOp::create(builder, loc, type, memref, indices);
  }
  if (element == plan.accumulator)
    return loaded;
  return arith::ExtFOp::create(builder, loc, VectorType::get({lanes}, plan.accumulator), loaded);
}

void emitContractionRegion(OpBuilder &builder, Location loc, const ContractionPlan &plan,
                           const ContractionOperands &operands, const ContractionRegion &region,
                           ContractionSink sink) {
  ContractionEmitter(builder, loc, plan, operands, region, sink).emitRegion();
}

} // namespace weft::cpu
