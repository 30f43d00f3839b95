// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification and type inference of the Loss family.
#include "dialects/Weft/TypeInference.h"
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace weft;

#define GET_OP_CLASSES
#include "dialects/Weft/LossOps.cpp.inc"

// A loss that is combined is a scalar; one that is not has a result per sample.
static Type getLossType(LossReduction reduction, ArrayRef<int64_t> sampleShape, Type elementType) {
  return RankedTensorType::get(reduction == LossReduction::None ? sampleShape : ArrayRef<int64_t>(),
                               elementType);
}

//===----------------------------------------------------------------------===//
// cross_entropy
//===----------------------------------------------------------------------===//

LogicalResult CrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                               Adaptor adaptor, SmallVectorImpl<Type> &results) {
  InferenceError error(location, getOperationName());
  auto logits = cast<RankedTensorType>(adaptor.getLogits().getType());
  auto labels = cast<RankedTensorType>(adaptor.getLabels().getType());
  if (logits.getRank() < 1 || (logits.getRank() == 1 && logits.isDynamicDim(0)))
    return error() << "expected logits of rank at least 1 with classes, not the batch, as the last "
                      "dimension, got "
                   << logits << " (cross_entropy_c1)";
  ArrayRef<int64_t> samples = logits.getShape().drop_back();
  if (labels.getShape() != samples)
    return error() << "expected labels of the shape of logits without the last dimension, "
                   << RankedTensorType::get(samples, labels.getElementType()) << ", got " << labels
                   << " (cross_entropy_c2)";
  results.push_back(getLossType(adaptor.getReduction(), samples, logits.getElementType()));
  return success();
}

LogicalResult CrossEntropyOp::verify() {
  double smoothing = getLabelSmoothing().convertToDouble();
  if (!(smoothing >= 0 && smoothing <= 1))
    return emitOpError() << "expected label_smoothing in [0, 1], got " << smoothing
                         << " (cross_entropy_c3)";
  if (getSmoothing() && smoothing != 0)
    return emitOpError() << "expected label_smoothing 0 beside the operand smoothing, got "
                         << smoothing << " (cross_entropy_c5)";
  return success();
}

std::optional<IndexRange> CrossEntropyOp::getIndexRange(unsigned operand) {
  // Where the classes are places of a sequence, their number is known once that is bound.
  if (operand != 1 || ShapedType::isDynamic(getLogits().getType().getShape().back()))
    return std::nullopt;
  return IndexRange{0, getLogits().getType().getShape().back(),
                    static_cast<int64_t>(getIgnoreIndex())};
}

//===----------------------------------------------------------------------===//
// mse_loss, l1_loss, binary_cross_entropy_with_logits
//===----------------------------------------------------------------------===//

template <typename AdaptorT>
static LogicalResult inferPairwiseLoss(AdaptorT adaptor, SmallVectorImpl<Type> &results) {
  auto type = cast<RankedTensorType>(adaptor.getInput().getType());
  results.push_back(getLossType(adaptor.getReduction(), type.getShape(), type.getElementType()));
  return success();
}

LogicalResult MseLossOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  return inferPairwiseLoss(adaptor, results);
}

LogicalResult L1LossOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  return inferPairwiseLoss(adaptor, results);
}

LogicalResult BinaryCrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                                     Adaptor adaptor,
                                                     SmallVectorImpl<Type> &results) {
  return inferPairwiseLoss(adaptor, results);
}

LogicalResult BinaryCrossEntropyWithLogitsOp::inferReturnTypes(MLIRContext *,
                                                               std::optional<Location>,
                                                               Adaptor adaptor,
                                                               SmallVectorImpl<Type> &results) {
  return inferPairwiseLoss(adaptor, results);
}
