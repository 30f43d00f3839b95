// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which indices an input may hold.
#ifndef WEFT_TRANSFORMS_INDEXRANGE_H
#define WEFT_TRANSFORMS_INDEXRANGE_H

#include "dialects/Interfaces/LossOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace weft {

/// The range of `count` elements of a sample, one behind the other; nothing for no bound.
struct IndexRun {
  int64_t count = 1;
  std::optional<IndexRange> range;
};

/// The range in which the elements of `value` must lie for all ops that use it as indices, directly
/// or after a change of shape or integer type; nothing if none does.
std::optional<IndexRange> getIndexRange(mlir::Value value);

/// Records the range of each integer input of `function` as the attribute `weft.index_range`, which
/// stays when the ops that it comes from have been decomposed. Columns of an input that are read
/// apart, as rows of several tables, have ranges of their own.
void recordIndexRanges(mlir::func::FuncOp function);

/// The recorded ranges of an argument, which repeat to the end of a sample; empty if there is none.
llvm::SmallVector<IndexRun> getRecordedIndexRuns(mlir::func::FuncOp function, unsigned argument);

/// The range of all elements of `value`, an input or a part of one, by what is recorded; nothing if
/// one of them has no bound.
std::optional<IndexRange> getRecordedIndexRange(mlir::Value value);

} // namespace weft

#endif
