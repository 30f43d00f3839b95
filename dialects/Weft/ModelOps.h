// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Model family of ops.
#ifndef WEFT_DIALECT_MODELOPS_H
#define WEFT_DIALECT_MODELOPS_H

#include "dialects/Weft/WeftDialect.h"

#define GET_OP_CLASSES
#include "dialects/Weft/ModelOps.h.inc"

#endif
