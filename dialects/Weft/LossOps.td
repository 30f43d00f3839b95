// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Loss family of ops.
#ifndef WEFT_DIALECT_LOSSOPS_TD
#define WEFT_DIALECT_LOSSOPS_TD

include "dialects/Weft/WeftAttrs.td"

#endif
