// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Reduction family of ops.
#ifndef WEFT_DIALECT_REDUCTIONOPS_H
#define WEFT_DIALECT_REDUCTIONOPS_H

#include "dialects/Weft/WeftDialect.h"

#define GET_OP_CLASSES
#include "dialects/Weft/ReductionOps.h.inc"

#endif
