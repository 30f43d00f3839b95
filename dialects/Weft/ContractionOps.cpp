// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification and type inference of the Contraction family.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace weft;

#define GET_OP_CLASSES
#include "dialects/Weft/ContractionOps.cpp.inc"
