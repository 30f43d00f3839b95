// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reverse-mode differentiation of straight-line code. The engine knows ops only through
// DifferentiableOpInterface; the one op it builds itself is the sum of two cotangents.
#ifndef WEFT_AUTODIFF_AUTODIFF_H
#define WEFT_AUTODIFF_AUTODIFF_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace weft {

/// Builds the gradient of `results` with respect to `wrt` at the insertion point of `builder`,
/// which must come after all that `results` depends on, in the same block.
///
/// `seeds` has one entry per result: its cotangent, or null for zero. `gradients` receives one
/// entry per value of `wrt`, of that value's type, or null where the results do not depend on it.
///
/// Ops are visited in reverse program order, and only those on a path from `wrt` to `results`.
/// Cotangents of several uses are added in the order in which the visit meets them, so that the
/// sums always have the same bits. Fails with an error at the op that has no gradient where one is
/// needed.
llvm::LogicalResult differentiate(mlir::OpBuilder &builder, mlir::ValueRange results,
                                  llvm::ArrayRef<mlir::Value> seeds, mlir::ValueRange wrt,
                                  llvm::SmallVectorImpl<mlir::Value> &gradients);

} // namespace weft

#endif
