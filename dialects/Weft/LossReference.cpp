// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the losses compute.
#include "dialects/Weft/Weft.h"

#include <cmath>

using namespace mlir;
using namespace weft;

// The losses of samples, combined as `reduction` says; `weight` divides a mean.
static ReferenceTensor combine(const ReferenceTensor &losses, LossReduction reduction,
                               double weight) {
  if (reduction == LossReduction::None)
    return losses;
  ReferenceTensor result(losses.getElementType(), {});
  double sum = 0;
  for (double loss : losses.getFloats())
    sum += loss;
  result.setFloat(0, reduction == LossReduction::Mean ? sum / weight : sum);
  return result;
}

//===----------------------------------------------------------------------===//
// cross_entropy
//===----------------------------------------------------------------------===//

// The cross entropy of one row of logits.
static double getSampleLoss(ArrayRef<double> logits, int64_t label, double smoothing) {
  double maximum = -HUGE_VAL, sum = 0, mean = 0;
  for (double logit : logits)
    maximum = std::fmax(maximum, logit);
  for (double logit : logits) {
    sum += std::exp(logit - maximum);
    mean += (logit - maximum) / static_cast<double>(logits.size());
  }
  double logSum = std::log(sum);
  return (1 - smoothing) * (logSum - (logits[label] - maximum)) + smoothing * (logSum - mean);
}

LogicalResult CrossEntropyOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                       SmallVectorImpl<ReferenceTensor> &results) {
  const ReferenceTensor &logits = operands[0], &labels = operands[1];
  int64_t classes = logits.getShape().back();
  if (logits.getShape().drop_back() != labels.getShape())
    return emitOpError() << "expected a label per sample, got logits of shape ["
                         << logits.getShape() << "] and labels of shape [" << labels.getShape()
                         << "]";
  int64_t ignored = getIgnoreIndexAttr().getInt();
  double smoothing =
      getSmoothing() ? operands[2].getFloat(0) : getLabelSmoothing().convertToDouble();
  ReferenceTensor losses(getType().getElementType(), labels.getShape());
  double weight = 0;
  for (int64_t sample = 0, end = labels.getNumElements(); sample < end; ++sample) {
    int64_t label = labels.getInt(sample);
    if (label == ignored)
      continue;
    if (label < 0 || label >= classes)
      return emitOpError() << "expected label " << sample << " in [0, " << classes
                           << ") or ignore_index " << ignored << ", got " << label
                           << " (cross_entropy_c4)";
    ArrayRef<double> row = ArrayRef(logits.getFloats()).slice(sample * classes, classes);
    losses.setFloat(sample, getSampleLoss(row, label, smoothing));
    weight += 1;
  }
  results.push_back(combine(losses, getReduction(), std::fmax(weight, 1)));
  return success();
}

//===----------------------------------------------------------------------===//
// mse_loss, l1_loss, binary_cross_entropy_with_logits
//===----------------------------------------------------------------------===//

template <typename OpT>
static LogicalResult evaluatePairwise(OpT op, ArrayRef<ReferenceTensor> operands,
                                      SmallVectorImpl<ReferenceTensor> &results,
                                      function_ref<double(double, double)> getLoss) {
  const ReferenceTensor &input = operands[0], &target = operands[1];
  if (input.getShape() != target.getShape())
    return op.emitOpError() << "expected operands of one shape, got [" << input.getShape()
                            << "] and [" << target.getShape() << "]";
  ReferenceTensor losses(op.getType().getElementType(), input.getShape());
  for (int64_t i = 0, end = input.getNumElements(); i < end; ++i)
    losses.setFloat(i, getLoss(input.getFloat(i), target.getFloat(i)));
  results.push_back(
      combine(losses, op.getReduction(), static_cast<double>(input.getNumElements())));
  return success();
}

LogicalResult MseLossOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                  SmallVectorImpl<ReferenceTensor> &results) {
  return evaluatePairwise(*this, operands, results,
                          [](double x, double t) { return (x - t) * (x - t); });
}

LogicalResult L1LossOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                 SmallVectorImpl<ReferenceTensor> &results) {
  return evaluatePairwise(*this, operands, results,
                          [](double x, double t) { return std::fabs(x - t); });
}

LogicalResult BinaryCrossEntropyOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                             SmallVectorImpl<ReferenceTensor> &results) {
  return evaluatePairwise(*this, operands, results, [](double p, double t) {
    return -t * std::fmax(std::log(p), -100) - (1 - t) * std::fmax(std::log1p(-p), -100);
  });
}

LogicalResult BinaryCrossEntropyWithLogitsOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                                       SmallVectorImpl<ReferenceTensor> &results) {
  return evaluatePairwise(*this, operands, results, [](double x, double t) {
    return std::fmax(x, 0) - x * t + std::log1p(std::exp(-std::fabs(x)));
  });
}
