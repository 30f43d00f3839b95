// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Loss family of ops.
#ifndef WEFT_DIALECT_LOSSOPS_H
#define WEFT_DIALECT_LOSSOPS_H

#include "dialects/Weft/WeftDialect.h"

#define GET_OP_CLASSES
#include "dialects/Weft/LossOps.h.inc"

#endif
