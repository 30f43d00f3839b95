// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What layer_norm, rms_norm and their gradients have in common. The statistics of a row are built
// in the same words everywhere, so that the gradient reads those of the forward pass; normalized
// elements are not, so that it computes them again rather than having them stored.
#ifndef WEFT_DIALECT_NORMPARTS_H
#define WEFT_DIALECT_NORMPARTS_H

#include "dialects/Weft/GraphBuilder.h"

namespace weft {

class NormParts {
public:
  // `x` and `weight` in the type that is computed with. Without `isCentered` the mean is not
  // subtracted.
  NormParts(GraphBuilder &g, mlir::Value x, mlir::Value weight, double eps, bool isCentered);

  // (x - mean) * r * weight.
  mlir::Value buildResult();
  // dx, from dy; and dweight.
  mlir::Value buildOperandGradient(mlir::Value dy);
  mlir::Value buildWeightGradient(mlir::Value dy);
  // The sum over rows of a tensor of x's shape, in weight's shape.
  mlir::Value sumRows(mlir::Value value);
  // A tensor of weight's shape, repeated for each row.
  mlir::Value repeat(mlir::Value value);

private:
  mlir::Value meanOverRow(mlir::Value value);
  mlir::Value spread(mlir::Value perRow) { return g.expand(perRow, x, rowDims); }
  // x - mean and the statistics, for the result.
  mlir::Value buildCentered();
  mlir::Value buildScale();
  // (x - mean) * r, for the gradient.
  mlir::Value buildNormalized();

  GraphBuilder &g;
  mlir::Value x, weight;
  double eps;
  bool isCentered;
  // The dimensions of a row, and those before them.
  llvm::SmallVector<int64_t> rowDims, outerDims;
  mlir::Value mean;
};

} // namespace weft

#endif
