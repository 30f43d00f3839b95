// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiles of a contraction and the function around them.
#include "ContractionEmitter.h"

#include "dialects/Assert.h"

using namespace mlir;

namespace weft::cpu {
namespace {

/// The position of a tile range in the batch, from a linear index.
SmallVector<Value> batchIndices(LoopBuilder &loops, ArrayRef<Extent> batch, Value linear) {
  SmallVector<Value> indices(batch.size());
  for (size_t i = batch.size(); i-- > 1;) {
    Value size = loops.constant(batch[i].fixed);
    indices[i] = loops.rem(linear, size);
    linear = loops.div(linear, size);
  }
  if (!batch.empty())
    indices[0] = linear;
  return indices;
}

DictionaryAttr tileAttribute(Builder &builder, const TileCount &tiles) {
  auto entry = [&](StringRef name, int64_t value) {
    return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
  };
  return builder.getDictionaryAttr({entry("extent_fixed", tiles.extentFixed),
                                    entry("extent_per_row", tiles.extentPerRow),
                                    entry("tile", tiles.tile), entry("times", tiles.times)});
}

} // namespace

Value Extent::materialize(OpBuilder &builder, Location loc, Value rows) const {
  LoopBuilder loops{builder, loc};
  return isDynamic() ? loops.mul(rows, perRow) : loops.constant(fixed);
}

void emitContractionTiles(OpBuilder &builder, Location loc, const ContractionPlan &plan,
                          const ContractionOperands &operands, Value tileBegin, Value tileEnd,
                          ContractionSink sink) {
  LoopBuilder loops{builder, loc};
  Value allRows = plan.shape.m.materialize(builder, loc, operands.rows);
  Value tileRows = loops.constant(plan.rowsPerTile);
  Value rowBlocks = plan.shape.m.isDynamic()
                        ? loops.max(loops.ceilDiv(allRows, tileRows), loops.constant(1))
                        : loops.constant(llvm::divideCeil(plan.shape.m.fixed, plan.rowsPerTile));

  // Tiles of one block of columns follow each other, so that a worker packs B once for all it has
  // of them: index = (batch * columnBlocks + columnBlock) * rowBlocks + rowBlock.
  Value first = loops.div(tileBegin, rowBlocks), last = loops.ceilDiv(tileEnd, rowBlocks);
  loops.forEach(first, last, 1, [&](Value block) {
    Value firstTile = loops.mul(block, rowBlocks);
    Value begin = loops.max(loops.sub(tileBegin, firstTile), loops.constant(0));
    Value end = loops.min(loops.sub(tileEnd, firstTile), rowBlocks);
    Value columnBlock = loops.rem(block, loops.constant(plan.columnBlocks()));
    Value batch = loops.div(block, loops.constant(plan.columnBlocks()));

    ContractionRegion region;
    region.batch = batchIndices(loops, plan.shape.batch, batch);
    region.rowBegin = loops.mul(begin, tileRows);
    region.rowEnd = loops.min(loops.mul(end, tileRows), allRows);
    if (plan.columnBlocks() > 1) {
      region.panelBegin = loops.mul(columnBlock, plan.panelsPerTile);
      region.panelEnd = loops.min(loops.add(region.panelBegin, plan.panelsPerTile),
                                  loops.constant(plan.panels()));
    }
    region.rowRemainders = plan.rowRemainders(plan.rowsPerTile);
    emitContractionRegion(builder, loc, plan, operands, region, sink);
  });
}

func::FuncOp buildContractionKernel(OpBuilder &builder, Location loc, StringRef name,
                                    const ContractionPlan &plan, MemRefType a, MemRefType b,
                                    const ContractionEpilogue &epilogue) {
  SmallVector<Type> arguments{a, b};
  llvm::append_range(arguments, epilogue.operands);
  llvm::append_range(arguments, epilogue.outputs);
  arguments.append(3, builder.getIndexType());
  arguments.push_back(MemRefType::get({ShapedType::kDynamic}, builder.getI8Type()));
  auto function = func::FuncOp::create(builder, loc, name, builder.getFunctionType(arguments, {}));
  function.setPrivate();
  function->setAttr("weft.tiles", tileAttribute(builder, plan.tiles()));
  function->setAttr("weft.scratch_bytes", builder.getI64IntegerAttr(plan.scratchBytes()));

  OpBuilder::InsertionGuard guard(builder);
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  ValueRange values = entry->getArguments();
  ValueRange extra = values.slice(2, epilogue.operands.size());
  ValueRange outputs = values.slice(2 + extra.size(), epilogue.outputs.size());
  ValueRange rest = values.take_back(4);

  ContractionOperands operands{values[0], values[1], /*rows=*/rest[0], /*scratch=*/rest[3]};
  auto sink = [&](OpBuilder &nested, Location nestedLoc, ContractionResult &result) {
    SmallVector<Value> stored{result.getValue()};
    if (epilogue.compute)
      stored = epilogue.compute(nested, nestedLoc, result, extra);
    WEFT_ASSERT(stored.size() == outputs.size() && "an epilogue gives one vector per output");
    for (auto [vector, output] : llvm::zip(stored, outputs))
      result.store(vector, output);
  };
  emitContractionTiles(builder, loc, plan, operands, rest[1], rest[2], sink);
  func::ReturnOp::create(builder, loc);
  return function;
}

} // namespace weft::cpu
