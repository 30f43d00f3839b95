// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of a model inside one another. They are straight-line code: one block each, no
// recursion.
#ifndef WEFT_TRANSFORMS_INLINING_H
#define WEFT_TRANSFORMS_INLINING_H

#include "dialects/Weft/Weft.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace weft {

/// The functions of `model` that have a body, callees (of func.call and weft.value_and_grad) before
/// callers and otherwise in declaration order. Fails with an error at a call that leads back to its
/// own function, that calls no function of the model or that is nested too deep, or at a function
/// of several blocks.
llvm::FailureOr<llvm::SmallVector<mlir::func::FuncOp>> getFunctionsCalleesFirst(ModelOp model);

/// Fails with an error where a function of `order`, callees first, would be too large with its
/// calls inlined: calls that double need few lines.
llvm::LogicalResult checkInlinedSizes(llvm::ArrayRef<mlir::func::FuncOp> order);

/// Clones the body of `callee` at the insertion point, `arguments` standing for its arguments, and
/// returns what it returns.
llvm::SmallVector<mlir::Value> inlineBody(mlir::OpBuilder &builder, mlir::func::FuncOp callee,
                                          mlir::ValueRange arguments);

/// Replaces each func.call in `function` by the body that it calls, which must hold no calls itself
/// (visit functions in the order of `getFunctionsCalleesFirst`). Returns the number of calls.
unsigned inlineCalls(mlir::func::FuncOp function);

} // namespace weft

#endif
