// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Optimizer family of ops.
#ifndef WEFT_DIALECT_OPTIMIZEROPS_H
#define WEFT_DIALECT_OPTIMIZEROPS_H

#include "dialects/Weft/WeftDialect.h"

#define GET_OP_CLASSES
#include "dialects/Weft/OptimizerOps.h.inc"

#endif
