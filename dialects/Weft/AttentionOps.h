// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Attention family of ops.
#ifndef WEFT_DIALECT_ATTENTIONOPS_H
#define WEFT_DIALECT_ATTENTIONOPS_H

#include "dialects/Weft/WeftDialect.h"

#define GET_OP_CLASSES
#include "dialects/Weft/AttentionOps.h.inc"

#endif
