// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types of a function after those of its arguments have changed.
#ifndef WEFT_TRANSFORMS_TYPEPROPAGATION_H
#define WEFT_TRANSFORMS_TYPEPROPAGATION_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace weft {

/// Infers the types of all results in `function` again from its block arguments, which have become
/// more static, and sets its function type. Fails with an error at an op whose result would have a
/// dynamic dimension other than the outermost.
llvm::LogicalResult propagateTypes(mlir::func::FuncOp function);

} // namespace weft

#endif
