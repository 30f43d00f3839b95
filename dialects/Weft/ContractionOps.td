// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Contraction family of ops.
#ifndef WEFT_DIALECT_CONTRACTIONOPS_TD
#define WEFT_DIALECT_CONTRACTIONOPS_TD

include "dialects/Weft/WeftAttrs.td"

#endif
