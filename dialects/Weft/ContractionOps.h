// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Contraction family of ops.
#ifndef WEFT_DIALECT_CONTRACTIONOPS_H
#define WEFT_DIALECT_CONTRACTIONOPS_H

#include "dialects/Weft/WeftDialect.h"

#define GET_OP_CLASSES
#include "dialects/Weft/ContractionOps.h.inc"

#endif
