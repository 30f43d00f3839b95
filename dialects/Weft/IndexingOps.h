// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Indexing family of ops.
#ifndef WEFT_DIALECT_INDEXINGOPS_H
#define WEFT_DIALECT_INDEXINGOPS_H

#include "dialects/Weft/WeftDialect.h"

#define GET_OP_CLASSES
#include "dialects/Weft/IndexingOps.h.inc"

#endif
