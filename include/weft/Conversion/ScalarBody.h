// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The arithmetic of elementwise primitives, on scalars or vectors: the bodies of linalg ops.
#ifndef WEFT_CONVERSION_SCALARBODY_H
#define WEFT_CONVERSION_SCALARBODY_H

#include "mlir/IR/Builders.h"

namespace weft {

/// Builds in `arith` and `math` what an elementwise primitive computes of one element of each
/// operand. `operands` are scalars of the operands' element types, or vectors of them, all of one
/// shape. Types narrower than f32 are computed in f32 and rounded. Returns null if `op` is not an
/// elementwise primitive.
mlir::Value emitScalarBody(mlir::OpBuilder &builder, mlir::Location loc, mlir::Operation *op,
                           mlir::ValueRange operands);

/// The value converted to another element type, as `weft.cast` does.
mlir::Value emitScalarCast(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                           mlir::Type elementType);

/// Sums are kept in f32, or in f64 if the elements are f64.
mlir::FloatType getAccumulatorType(mlir::Type elementType);

} // namespace weft

#endif // WEFT_CONVERSION_SCALARBODY_H
