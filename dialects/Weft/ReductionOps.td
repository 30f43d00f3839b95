// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Reduction family of ops.
#ifndef WEFT_DIALECT_REDUCTIONOPS_TD
#define WEFT_DIALECT_REDUCTIONOPS_TD

include "dialects/Weft/WeftAttrs.td"

#endif
