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

// A tensor of `like`'s type, all of whose elements are `value`: a constant, or the broadcast of one
// if the shape is dynamic.
mlir::Value createSplat(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value like,
                        double value);

} // namespace weft

#endif
