// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the cross entropy of class indices, its gradient and its weight have in common. Each is
// built from these in the same words, so that together they are one pass over a row.
#ifndef WEFT_DIALECT_CROSSENTROPYPARTS_H
#define WEFT_DIALECT_CROSSENTROPYPARTS_H

#include "dialects/Weft/GraphBuilder.h"

namespace weft {

class CrossEntropyParts {
public:
  // `logits` are those of `op`, perhaps in a wider type.
  CrossEntropyParts(GraphBuilder &g, CrossEntropyOp op, mlir::Value logits);

  // The loss of each sample, 0 where it is ignored.
  mlir::Value buildSampleLosses();
  // The target distribution over the classes of each sample.
  mlir::Value buildTargets();
  // `values`, one per sample, and 0 where it is ignored.
  mlir::Value maskIgnored(mlir::Value values);
  // The number of samples that are not ignored, as a rank-0 tensor.
  mlir::Value buildWeight(mlir::Type elementType);
  // What a mean divides by: that number, or 1 where there are none, so that their mean is 0.
  mlir::Value buildDivisor(mlir::Type elementType);
  // The dimension of the classes.
  int64_t getClassDim() { return classDim; }

private:
  // Whether a class is the label of its sample; whether a sample is not ignored.
  mlir::Value buildIsLabel();
  mlir::Value buildIsCounted();
  // Whether targets are smoothed, or may be.
  bool isSmoothed();
  // The label smoothing times `factor`, plus `start`, in every place of `like`'s shape.
  mlir::Value fillSmoothing(mlir::Value like, double start, double factor);
  // A number for each sample. Shapes come from the op's operands, so that equal numbers are one
  // value.
  mlir::Value fillSamples(double value);

  GraphBuilder &g;
  CrossEntropyOp op;
  mlir::Value logits;
  int64_t classDim;
};

// max(log(x), -100), of the binary cross entropy of probabilities and its gradient.
inline mlir::Value buildClampedLog(GraphBuilder &g, mlir::Value x) {
  mlir::Value logarithm = g.log(x);
  return g.build<MaximumOp>(logarithm, g.fill(logarithm, -100.0));
}

} // namespace weft

#endif
