// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The state that the parts of the contraction generator share while one region is emitted.
#ifndef WEFT_LIB_TARGET_CPU_CONTRACTIONEMITTER_H
#define WEFT_LIB_TARGET_CPU_CONTRACTIONEMITTER_H

#include "weft/Target/CPU/Contraction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace weft::cpu {

/// Index arithmetic and loops at the insertion point of a builder; constants fold.
struct LoopBuilder {
  mlir::OpBuilder &builder;
  mlir::Location loc;

  mlir::Value constant(int64_t value) {
    return mlir::arith::ConstantIndexOp::create(builder, loc, value);
  }
  template <typename Op>
  mlir::Value binary(mlir::Value lhs, mlir::Value rhs) {
    return builder.createOrFold<Op>(loc, lhs, rhs);
  }
  mlir::Value add(mlir::Value lhs, mlir::Value rhs) {
    return binary<mlir::arith::AddIOp>(lhs, rhs);
  }
  mlir::Value add(mlir::Value lhs, int64_t rhs) { return rhs ? add(lhs, constant(rhs)) : lhs; }
  mlir::Value sub(mlir::Value lhs, mlir::Value rhs) {
    return binary<mlir::arith::SubIOp>(lhs, rhs);
  }
  mlir::Value mul(mlir::Value lhs, mlir::Value rhs) {
    return binary<mlir::arith::MulIOp>(lhs, rhs);
  }
  mlir::Value mul(mlir::Value lhs, int64_t rhs) { return rhs == 1 ? lhs : mul(lhs, constant(rhs)); }
  mlir::Value div(mlir::Value lhs, mlir::Value rhs) {
    return binary<mlir::arith::DivUIOp>(lhs, rhs);
  }
  mlir::Value rem(mlir::Value lhs, mlir::Value rhs) {
    return binary<mlir::arith::RemUIOp>(lhs, rhs);
  }
  mlir::Value min(mlir::Value lhs, mlir::Value rhs) {
    return binary<mlir::arith::MinSIOp>(lhs, rhs);
  }
  mlir::Value max(mlir::Value lhs, mlir::Value rhs) {
    return binary<mlir::arith::MaxSIOp>(lhs, rhs);
  }
  mlir::Value ceilDiv(mlir::Value lhs, mlir::Value rhs) {
    return div(add(lhs, sub(rhs, constant(1))), rhs);
  }
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value lhs, mlir::Value rhs) {
    return builder.createOrFold<mlir::arith::CmpIOp>(loc, predicate, lhs, rhs);
  }

  mlir::Value both(mlir::Value lhs, mlir::Value rhs) {
    return binary<mlir::arith::AndIOp>(lhs, rhs);
  }
  mlir::Value select(mlir::Value condition, mlir::Value ifTrue, mlir::Value ifFalse) {
    return builder.createOrFold<mlir::arith::SelectOp>(loc, condition, ifTrue, ifFalse);
  }

  /// for (i = begin; i < end; i += step) body(i)
  void forEach(mlir::Value begin, mlir::Value end, int64_t step,
               llvm::function_ref<void(mlir::Value)> body);
  /// if (condition) body(); no branch if `condition` is a true constant, nothing if a false one.
  void onlyIf(mlir::Value condition, llvm::function_ref<void()> body);
};

/// Emits one region. Loops, from the outside: blocks of columns, blocks of rows, blocks of k,
/// groups of rows, panels.
class ContractionEmitter : LoopBuilder {
public:
  ContractionEmitter(mlir::OpBuilder &builder, mlir::Location loc, const ContractionPlan &plan,
                     const ContractionOperands &operands, const ContractionRegion &region,
                     ContractionSink sink);

  void emitRegion();

private:
  /// Panels [begin, end) of a block of columns.
  struct Columns {
    mlir::Value begin, end;
  };
  /// Rows [begin, end) of a block of rows.
  struct Rows {
    mlir::Value begin, end;
  };
  /// Block of k: [begin, begin + length). The flags are null where k is not split.
  struct Depth {
    mlir::Value begin, length, isFirst, isLast;
  };
  /// A group of rows: the first one, its place within the block of rows, how many.
  struct Group {
    mlir::Value row, rowInBlock;
    int64_t rows;
  };
  /// A panel: its first column, its place within the block of columns, its width in columns.
  struct Panel {
    mlir::Value column, slot;
    int64_t width;
  };
  using Vectors = llvm::SmallVector<mlir::Value>;

  // ContractionRegion.cpp: the loops.
  void emitColumns(Columns columns);
  void emitRows(Columns columns, Rows rows, bool packColumns);
  void emitDepth(Columns columns, Rows rows, Depth depth);
  void emitGroups(Columns columns, Rows rows, Depth depth);
  void emitPanels(Columns columns, Group group, Depth depth);
  void forEachGroup(Rows rows, llvm::function_ref<void(Group)> body);
  void forEachSmallGroup(mlir::Value begin, mlir::Value wholeRows, mlir::Value rest,
                         llvm::function_ref<void(Group)> body);
  void forEachPanel(Columns columns, llvm::function_ref<void(Panel)> body);
  Depth wholeDepth();
  mlir::Value depthExtent();

  // ContractionPacking.cpp: copies that the inner loop reads.
  void packB(Columns columns, Depth depth);
  void packBRows(Columns columns, Depth depth);
  void packBRow(const Panel &panel, mlir::Value k, const Depth &depth);
  void forEachRun(mlir::Value length, llvm::function_ref<void(mlir::Value, int64_t)> body);
  void packBTransposed(Panel panel, Depth depth);
  void packBTransposedBlock(Panel panel, Depth depth, mlir::Value k, mlir::Value depthMask);
  void packA(Rows rows, Depth depth);
  void packARows(Rows rows, Depth depth);
  void packAPanel(Group group, mlir::Value k, Depth depth);
  void copyVector(mlir::Value from, mlir::ValueRange fromIndices, mlir::Value to,
                  mlir::ValueRange toIndices, int64_t lanes, mlir::Value mask);

  // ContractionMicroKernel.cpp: a register tile.
  void emitMicroKernel(Group group, Panel panel, Depth depth);
  Vectors initialSums(const Group &group, const Panel &panel, const Depth &depth);
  Vectors sumDepth(const Group &group, const Panel &panel, const Depth &depth,
                   mlir::ValueRange initial);
  void storeSums(const Group &group, const Panel &panel, mlir::ValueRange sums);
  llvm::SmallVector<mlir::Value> partialIndices(const Group &group, const Panel &panel, int64_t row,
                                                int64_t vector);
  void finishSums(const Group &group, const Panel &panel, mlir::ValueRange sums);
  void finishStoredSums(Columns columns, Rows rows);
  mlir::Value loadA(const Group &group, const Depth &depth, int64_t row, mlir::Value k);
  mlir::Value loadB(const Panel &panel, const Depth &depth, int64_t vector, mlir::Value k);

  // Shared.
  /// The place of a group's packed A.
  mlir::Value groupSlot(const Group &group);
  int64_t vectorsOf(const Panel &panel) const { return llvm::divideCeil(panel.width, plan.lanes); }
  /// The lanes of a panel's vector that exist; null if all do.
  mlir::Value columnMask(const Panel &panel, int64_t vector);
  mlir::Value zeroVector();
  /// Loads `lanes` elements, zeros where masked off, converted to the accumulator's type.
  mlir::Value loadConverted(mlir::Value memref, mlir::ValueRange indices, int64_t lanes,
                            mlir::Value mask);
  llvm::SmallVector<mlir::Value> indicesOf(mlir::Value outer, mlir::Value inner) const;
  mlir::Value scratchView(int64_t offset, llvm::ArrayRef<int64_t> shape);

  const ContractionPlan &plan;
  const ContractionOperands &operands;
  const ContractionRegion &region;
  ContractionSink sink;
  mlir::Value packedA, packedB, partial;
};

/// Transposes `rows.size()` vectors of as many lanes with shuffles that are single instructions.
llvm::SmallVector<mlir::Value> transposeSquare(mlir::OpBuilder &builder, mlir::Location loc,
                                               llvm::ArrayRef<mlir::Value> rows);

} // namespace weft::cpu

#endif // WEFT_LIB_TARGET_CPU_CONTRACTIONEMITTER_H
