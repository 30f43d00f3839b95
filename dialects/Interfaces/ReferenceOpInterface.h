// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The meaning of ops: evaluation by the reference interpreter.
#ifndef WEFT_INTERFACES_REFERENCEOPINTERFACE_H
#define WEFT_INTERFACES_REFERENCEOPINTERFACE_H

#include "dialects/Interfaces/ReferenceTensor.h"
#include "mlir/IR/OpDefinition.h"

#include "dialects/Interfaces/ReferenceOpInterface.h.inc"

#endif
