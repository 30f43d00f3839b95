// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Elementwise family of ops.
#ifndef WEFT_DIALECT_ELEMENTWISEOPS_TD
#define WEFT_DIALECT_ELEMENTWISEOPS_TD

include "dialects/Weft/WeftAttrs.td"

#endif
