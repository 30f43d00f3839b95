// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Shape family of ops.
#ifndef WEFT_DIALECT_SHAPEOPS_H
#define WEFT_DIALECT_SHAPEOPS_H

#include "dialects/Weft/LikeOperand.h"
#include "dialects/Weft/WeftDialect.h"

namespace weft {

// The label that losses ignore by default, and that `one_hot` gives no 1.
constexpr int64_t kIgnoredLabel = -100;

} // namespace weft

#define GET_OP_CLASSES
#include "dialects/Weft/ShapeOps.h.inc"

namespace weft {

// A tensor of `like`'s shape, and element type unless one is given, all of whose elements are
// `value`: a constant, or the broadcast of one if the shape is dynamic.
mlir::Value createSplat(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value like,
                        double value, mlir::Type elementType = {});

// The number that all elements of a value are, as far as one can see: of a constant or the
// broadcast of one.
std::optional<double> getSplatValue(mlir::Value value);

} // namespace weft

#endif
