// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interfaces of ops that draw random numbers, or that differ between training and evaluation.
#ifndef WEFT_INTERFACES_RANDOMOPINTERFACE_H
#define WEFT_INTERFACES_RANDOMOPINTERFACE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include "dialects/Interfaces/RandomOpInterface.h.inc"

#endif
