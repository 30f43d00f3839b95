// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Elementwise family of ops.
#ifndef WEFT_DIALECT_ELEMENTWISEOPS_H
#define WEFT_DIALECT_ELEMENTWISEOPS_H

#include "dialects/Weft/WeftDialect.h"

namespace weft {

// The i1 tensor of the same shape.
mlir::Type getBoolTensorType(mlir::Type type);

} // namespace weft

#define GET_OP_CLASSES
#include "dialects/Weft/ElementwiseOps.h.inc"

#endif
