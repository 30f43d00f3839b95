// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Normalization family of ops.
#ifndef WEFT_DIALECT_NORMALIZATIONOPS_H
#define WEFT_DIALECT_NORMALIZATIONOPS_H

#include "dialects/Weft/WeftDialect.h"

#define GET_OP_CLASSES
#include "dialects/Weft/NormalizationOps.h.inc"

#endif
