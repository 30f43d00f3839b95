// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Shape family of ops.
#ifndef WEFT_DIALECT_SHAPEOPS_H
#define WEFT_DIALECT_SHAPEOPS_H

#include "dialects/Weft/WeftDialect.h"

#define GET_OP_CLASSES
#include "dialects/Weft/ShapeOps.h.inc"

#endif
