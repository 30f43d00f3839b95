// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification of the Normalization family.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace weft;

#define GET_OP_CLASSES
#include "dialects/Weft/NormalizationOps.cpp.inc"

static LogicalResult verifyDim(Operation *op, int64_t dim, int64_t rank, StringRef constraint) {
  if (dim >= 0 && dim < rank)
    return success();
  return op->emitOpError() << "expected dim of an operand of rank " << rank << ", got " << dim
                           << " (" << constraint << ")";
}

LogicalResult SoftmaxOp::verify() {
  return verifyDim(*this, getDim(), getType().getRank(), "softmax_c1");
}

LogicalResult LogSoftmaxOp::verify() {
  return verifyDim(*this, getDim(), getType().getRank(), "log_softmax_c1");
}
