// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which indices an input may hold.
#ifndef WEFT_TRANSFORMS_INDEXRANGE_H
#define WEFT_TRANSFORMS_INDEXRANGE_H

#include "dialects/Interfaces/LossOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace weft {

/// The range in which the elements of `value` must lie for all ops that use it as indices, directly
/// or after a change of shape or integer type; nothing if none does.
std::optional<IndexRange> getIndexRange(mlir::Value value);

/// Records the range of each integer input of `function` as the attribute `weft.index_range`, which
/// stays when the ops that it comes from have been decomposed.
void recordIndexRanges(mlir::func::FuncOp function);

/// The recorded range of an argument.
std::optional<IndexRange> getRecordedIndexRange(mlir::func::FuncOp function, unsigned argument);

} // namespace weft

#endif
