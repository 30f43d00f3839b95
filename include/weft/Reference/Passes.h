// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes that evaluate and check functions with the reference interpreter. They leave the IR as it
// is.
#ifndef WEFT_REFERENCE_PASSES_H
#define WEFT_REFERENCE_PASSES_H

#include "mlir/Pass/Pass.h"

namespace weft {

#define GEN_PASS_DECL
#include "weft/Reference/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "weft/Reference/Passes.h.inc"

} // namespace weft

#endif
