// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Optimizer family of ops.
#ifndef WEFT_DIALECT_OPTIMIZEROPS_TD
#define WEFT_DIALECT_OPTIMIZEROPS_TD

include "dialects/Weft/WeftAttrs.td"

#endif
