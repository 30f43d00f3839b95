// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes of dynamic dimensions, as multiples of the batch.
#ifndef WEFT_TRANSFORMS_ROWSANALYSIS_H
#define WEFT_TRANSFORMS_ROWSANALYSIS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace weft {

/// The multiplier k of each value whose dimension 0 is dynamic: its size is k times the batch
/// ("rows"). Understands all graph ops, and weft.dispatch by looking into its kernel.
class RowsAnalysis {
public:
  /// Analyzes `function`. `argumentMultipliers` has an entry per argument (not read for static
  /// ones); if it is empty, every dynamic argument has k = 1. Fails with an error at an op whose
  /// operands disagree or whose result is not a multiple of the batch.
  static llvm::FailureOr<RowsAnalysis> create(mlir::func::FuncOp function,
                                              llvm::ArrayRef<int64_t> argumentMultipliers = {});

  /// k, or 0 for a static shape.
  int64_t getMultiplier(mlir::Value value) const { return multipliers.lookup(value); }

  /// `copy` has the rows of `value`.
  void addCopy(mlir::Value value, mlir::Value copy) { multipliers[copy] = getMultiplier(value); }

private:
  llvm::LogicalResult visit(mlir::Operation &op, mlir::SymbolTableCollection &symbols);
  llvm::FailureOr<int64_t> getOperandMultiplier(mlir::Operation &op) const;

  llvm::DenseMap<mlir::Value, int64_t> multipliers;
};

} // namespace weft

#endif
