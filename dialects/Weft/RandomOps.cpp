// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification and type inference of the Random family.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace weft;

// The limit of the last dimension, from three dimensions on: columns of different places differ.
static constexpr int64_t kMaxLastDimension = 65536;

static LogicalResult verifyDraw(Operation *op, const APFloat &p) {
  double probability = p.convertToDouble();
  if (!(probability >= 0 && probability < 1))
    return op->emitOpError("expected a probability p with 0 <= p < 1, got ")
           << probability << " (dropout_c1)";
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (type.getRank() >= 3 && type.getShape().back() > kMaxLastDimension)
    return op->emitOpError("expected a last dimension of at most ")
           << kMaxLastDimension << ", got " << type << " (dropout_c2)";
  return success();
}

//===----------------------------------------------------------------------===//
// DropoutOp
//===----------------------------------------------------------------------===//

void DropoutOp::build(OpBuilder &builder, OperationState &state, Value input, double p) {
  build(builder, state, input.getType(), input, /*seed=*/Value(), /*step=*/Value(),
        /*sample_offset=*/Value(), builder.getF64FloatAttr(p), /*id=*/IntegerAttr());
}

LogicalResult DropoutOp::verify() {
  unsigned numbers = !!getSeed() + !!getStep() + !!getSampleOffset() + !!getIdAttr();
  if (numbers != 0 && numbers != 4)
    return emitOpError("expected all of seed, step, sample offset and id or none of them, got ")
           << numbers << " of the 4 (dropout_c3)";
  return verifyDraw(*this, getP());
}

bool DropoutOp::isNumbered() { return getIdAttr() != nullptr; }

void DropoutOp::setNumber(int64_t id, Value seed, Value step, Value sampleOffset) {
  setId(id);
  getSeedMutable().assign(seed);
  getStepMutable().assign(step);
  getSampleOffsetMutable().assign(sampleOffset);
}

void DropoutOp::buildEvaluation(OpBuilder &, SmallVectorImpl<Value> &results) {
  results.push_back(getInput());
}

//===----------------------------------------------------------------------===//
// DropoutMaskOp
//===----------------------------------------------------------------------===//

void DropoutMaskOp::build(OpBuilder &builder, OperationState &state, Type result, Value seed,
                          Value step, Value sampleOffset, Value like, FloatAttr p, IntegerAttr id) {
  build(builder, state, result, seed, step, sampleOffset, like, /*numbers=*/ValueRange(), p, id,
        /*rows_per_sample=*/IntegerAttr());
}

LogicalResult DropoutMaskOp::verify() {
  if (failed(verifyDraw(*this, getP())))
    return failure();
  std::optional<int64_t> rowsPerSample = getRowsPerSample();
  if (rowsPerSample && (*rowsPerSample < 1 || getType().getRank() != 2))
    return emitOpError("expected a matrix and at least one row per sample, got ")
           << getType() << " and " << *rowsPerSample << " (dropout_mask_c1)";
  unsigned numbers = getNumbers().size(), expected = rowsPerSample ? 2 : 1;
  bool areFree = getId() == 0 && rowsPerSample.value_or(1) == 1;
  if (numbers != 0 && (numbers != expected || !areFree))
    return emitOpError("expected ")
           << expected << " numbers in place of id 0 and 1 row per sample, got " << numbers
           << (areFree ? "" : " beside others") << " (dropout_mask_c2)";
  return verifyLike(*this, getLike(), getDynamicDims(getType()));
}

FusionKind DropoutMaskOp::getFusionKind() { return FusionKind::Broadcast; }

int64_t DropoutMaskOp::mapDimension(int64_t dimension, unsigned operand) {
  // A slice along dimension 0 is the mask with a larger sample offset; other places are counted
  // within the whole tensor.
  if (dimension != 0)
    return kNotSliceable;
  return isShapeOperand(operand) ? 0 : kWholeOperand;
}

bool DropoutMaskOp::isShapeOperand(unsigned operand) { return operand == 3 && getLike(); }

#define GET_OP_CLASSES
#include "dialects/Weft/RandomOps.cpp.inc"
