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

// That `weight` has the last dimensions of `x`.
static LogicalResult verifyRow(Operation *op, RankedTensorType x, RankedTensorType weight,
                               StringRef constraint) {
  bool fits = weight.getRank() >= 1 && weight.getRank() <= x.getRank() && weight.hasStaticShape() &&
              weight.getElementType() == x.getElementType() &&
              weight.getShape() == x.getShape().take_back(weight.getRank());
  if (fits)
    return success();
  return op->emitOpError() << "expected a weight with the last dimensions of " << x
                           << ", all static, got " << weight << " (" << constraint << ")";
}

static LogicalResult verifyEps(Operation *op, const APFloat &eps, StringRef constraint) {
  if (eps.convertToDouble() >= 0)
    return success();
  return op->emitOpError() << "expected eps of at least 0, got " << eps.convertToDouble() << " ("
                           << constraint << ")";
}

LogicalResult LayerNormOp::verify() {
  if (failed(verifyRow(*this, getX().getType(), getWeight().getType(), "layer_norm_c1")))
    return failure();
  if (getBias() && getBias().getType() != getWeight().getType())
    return emitOpError() << "expected a bias of the type of weight, " << getWeight().getType()
                         << ", got " << getBias().getType() << " (layer_norm_c2)";
  return verifyEps(*this, getEps(), "layer_norm_c3");
}

LogicalResult RmsNormOp::verify() {
  if (failed(verifyRow(*this, getX().getType(), getWeight().getType(), "rms_norm_c1")))
    return failure();
  return verifyEps(*this, getEps(), "rms_norm_c2");
}
