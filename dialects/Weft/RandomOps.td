// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Random family of ops.
#ifndef WEFT_DIALECT_RANDOMOPS_TD
#define WEFT_DIALECT_RANDOMOPS_TD

include "dialects/Weft/WeftAttrs.td"

#endif
