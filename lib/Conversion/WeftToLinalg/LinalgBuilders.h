// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the families share in building linalg ops.
#ifndef WEFT_LIB_CONVERSION_LINALGBUILDERS_H
#define WEFT_LIB_CONVERSION_LINALGBUILDERS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"

namespace weft {

using BodyBuilder =
    llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;

/// An uninitialized tensor. A dynamic dimension 0 has the size of dimension `dimension` of `like`.
mlir::Value createEmpty(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type,
                        mlir::Value like, int64_t dimension = 0);

/// A generic op whose loops are the dimensions of its result, `maps` giving the place of each
/// input. The body receives one element of each input.
mlir::Value createParallel(mlir::OpBuilder &builder, mlir::Location loc, mlir::ValueRange inputs,
                           llvm::ArrayRef<mlir::AffineMap> maps, mlir::Value empty,
                           BodyBuilder body);

/// The tensor with its elements cast; itself if they have the type already.
mlir::Value createCast(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value tensor,
                       mlir::Type elementType);

/// `tensor` filled with a number.
mlir::Value createFill(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value tensor,
                       double value);

/// The elements of `tensor`, in row-major order, under another shape: a view where they are in
/// memory.
mlir::Value createReshape(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value tensor,
                          mlir::RankedTensorType type);

} // namespace weft

#endif // WEFT_LIB_CONVERSION_LINALGBUILDERS_H
