// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Composite ops and what they stand for.
#ifndef WEFT_INTERFACES_DECOMPOSABLEOPINTERFACE_H
#define WEFT_INTERFACES_DECOMPOSABLEOPINTERFACE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include "dialects/Interfaces/DecomposableOpInterface.h.inc"

#endif
