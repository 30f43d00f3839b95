// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Random family of ops.
#ifndef WEFT_DIALECT_RANDOMOPS_H
#define WEFT_DIALECT_RANDOMOPS_H

#include "dialects/Weft/LikeOperand.h"
#include "dialects/Weft/WeftDialect.h"

#define GET_OP_CLASSES
#include "dialects/Weft/RandomOps.h.inc"

#endif
