// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The copies of A and B that the inner loop of a contraction reads: contiguous in the order of use,
// converted to the accumulator's type, transposed where B is, padded with zeros at the edge of the
// columns.
#include "ContractionEmitter.h"

using namespace mlir;

namespace weft::cpu {

/// Copies `lanes` elements with conversion.
void ContractionEmitter::copyVector(Value from, ValueRange fromIndices, Value to,
                                    ValueRange toIndices, int64_t lanes, Value mask) {
  Value loaded = loadConverted(from, fromIndices, lanes, mask);
  vector::StoreOp::create(builder, loc, loaded, to, toIndices);
}

void ContractionEmitter::packB(Columns columns, Depth depth) {
  if (!plan.shape.transposeB) {
    packBRows(columns, depth);
    return;
  }
  forEachPanel(columns, [&](Panel panel) { packBTransposed(panel, depth); });
}

/// body(k, count) for runs of `count` steps of k that together cover a block: enough for whole
/// cache lines to be written at a time.
void ContractionEmitter::forEachRun(Value length, llvm::function_ref<void(Value, int64_t)> body) {
  constexpr int64_t run = 4;
  Value whole = sub(length, rem(length, constant(run)));
  forEach(constant(0), whole, run, [&](Value k) { body(k, run); });
  onlyIf(compare(arith::CmpIPredicate::slt, whole, length),
         [&] { forEach(whole, length, 1, [&](Value k) { body(k, 1); }); });
}

/// k outermost, so that B's rows are read contiguously.
void ContractionEmitter::packBRows(Columns columns, Depth depth) {
  forEachRun(depth.length, [&](Value k, int64_t count) {
    forEachPanel(columns, [&](Panel panel) {
      for (int64_t step = 0; step < count; ++step)
        packBRow(panel, add(k, step), depth);
    });
  });
}

void ContractionEmitter::packBRow(const Panel &panel, Value k, const Depth &depth) {
  Value row = add(depth.begin, k);
  for (int64_t vector = 0; vector < vectorsOf(panel); ++vector) {
    Value column = add(panel.column, vector * plan.lanes);
    copyVector(operands.b, indicesOf(row, column), packedB,
               {panel.slot, k, constant(vector * plan.lanes)}, plan.lanes,
               columnMask(panel, vector));
  }
}

/// B is stored [n, k]: square blocks are transposed in registers.
void ContractionEmitter::packBTransposed(Panel panel, Depth depth) {
  Value whole = sub(depth.length, rem(depth.length, constant(plan.lanes)));
  forEach(constant(0), whole, plan.lanes,
          [&](Value k) { packBTransposedBlock(panel, depth, k, /*depthMask=*/nullptr); });
  onlyIf(compare(arith::CmpIPredicate::slt, whole, depth.length), [&] {
    Value mask = vector::CreateMaskOp::create(builder, loc,
                                              VectorType::get({plan.lanes}, builder.getI1Type()),
                                              ValueRange{sub(depth.length, whole)});
    packBTransposedBlock(panel, depth, whole, mask);
  });
}

void ContractionEmitter::packBTransposedBlock(Panel panel, Depth depth, Value k, Value depthMask) {
  Value column = add(depth.begin, k);
  for (int64_t first = 0; first < vectorsOf(panel) * plan.lanes; first += plan.lanes) {
    SmallVector<Value> block;
    for (int64_t lane = 0; lane < plan.lanes; ++lane)
      block.push_back(first + lane < panel.width
                          ? loadConverted(operands.b,
                                          indicesOf(add(panel.column, first + lane), column),
                                          plan.lanes, depthMask)
                          : zeroVector());
    block = transposeSquare(builder, loc, block);
    for (int64_t lane = 0; lane < plan.lanes; ++lane)
      vector::StoreOp::create(builder, loc, block[lane], packedB,
                              ValueRange{panel.slot, add(k, lane), constant(first)});
  }
}

void ContractionEmitter::packA(Rows rows, Depth depth) {
  if (plan.packA == ContractionPlan::PackA::Rows) {
    packARows(rows, depth);
    return;
  }
  // A is stored [k, m]: k outermost, so that its rows are read contiguously.
  forEachRun(depth.length, [&](Value k, int64_t count) {
    forEachGroup(rows, [&](Group group) {
      for (int64_t step = 0; step < count; ++step)
        packAPanel(group, add(k, step), depth);
    });
  });
}

/// Converts A row by row, in order.
void ContractionEmitter::packARows(Rows rows, Depth depth) {
  Value whole = sub(depth.length, rem(depth.length, constant(plan.lanes)));
  forEach(constant(0), sub(rows.end, rows.begin), 1, [&](Value row) {
    Value source = add(rows.begin, row);
    auto copy = [&](Value k, int64_t lanes) {
      copyVector(operands.a, indicesOf(source, add(depth.begin, k)), packedA, {row, k}, lanes,
                 nullptr);
    };
    forEach(constant(0), whole, plan.lanes, [&](Value k) { copy(k, plan.lanes); });
    forEach(whole, depth.length, 1, [&](Value k) { copy(k, 1); });
  });
}

/// Copies the elements of a group at one k, in powers of two.
void ContractionEmitter::packAPanel(Group group, Value k, Depth depth) {
  Value slot = groupSlot(group);
  Value source = add(depth.begin, k);
  for (int64_t row = 0; row < group.rows;) {
    int64_t lanes = std::min<int64_t>(plan.lanes, llvm::bit_floor<uint64_t>(group.rows - row));
    copyVector(operands.a, indicesOf(source, add(group.row, row)), packedA,
               {slot, k, constant(row)}, lanes, nullptr);
    row += lanes;
  }
}

} // namespace weft::cpu
