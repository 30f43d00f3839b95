// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Shape family of ops.
#ifndef WEFT_DIALECT_SHAPEOPS_TD
#define WEFT_DIALECT_SHAPEOPS_TD

include "dialects/Weft/WeftAttrs.td"

#endif
