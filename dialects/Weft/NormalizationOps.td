// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Normalization family of ops.
#ifndef WEFT_DIALECT_NORMALIZATIONOPS_TD
#define WEFT_DIALECT_NORMALIZATIONOPS_TD

include "dialects/Weft/WeftAttrs.td"

#endif
