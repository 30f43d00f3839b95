// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operand `like` of ops that make a tensor whose outermost size no data gives.
#ifndef WEFT_DIALECT_LIKEOPERAND_H
#define WEFT_DIALECT_LIKEOPERAND_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpImplementation.h"

namespace weft {

// `L -> R` with a `like` operand, else `R`.
mlir::ParseResult parseLikeAndResultTypes(mlir::OpAsmParser &parser, mlir::Type &likeType,
                                          mlir::Type &resultType);
void printLikeAndResultTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::Type likeType,
                             mlir::Type resultType);

// Whether dimension 0 of a tensor is dynamic.
bool isDynamicTensor(mlir::Type type);

// That `like` is there exactly if it is `needed`, and then has a dynamic dimension 0.
llvm::LogicalResult verifyLike(mlir::Operation *op, mlir::Value like, bool needed);

} // namespace weft

#endif
