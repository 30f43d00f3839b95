// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operand `like` of ops that make a tensor some of whose sizes no data gives.
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

// The dynamic dimensions of a tensor.
llvm::SmallVector<int64_t> getDynamicDims(mlir::Type type);

// That `like` is there exactly if dimensions of the result are `unknown` without it, and then has
// the same dimensions, dynamic.
llvm::LogicalResult verifyLike(mlir::Operation *op, mlir::Value like,
                               llvm::ArrayRef<int64_t> unknown);

} // namespace weft

#endif
