// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the composites of the Elementwise family stand for.
#include "dialects/Weft/Expression.h"

#include <cmath>
#include <numbers>

using namespace mlir;
using namespace weft;

LogicalResult GeluOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  Expr x(builder, getLoc(), getInput());
  if (getApproximate() == GeluApproximation::None) {
    results.push_back((0.5 * x) * (1.0 + erf(std::numbers::sqrt2 / 2 * x)));
    return success();
  }
  double scale = std::sqrt(2 / std::numbers::pi);
  Expr inner = scale * (x * (1.0 + 0.044715 * (x * x)));
  results.push_back((0.5 * x) * (1.0 + tanh(inner)));
  return success();
}

LogicalResult SiluOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  Expr x(builder, getLoc(), getInput());
  results.push_back(x * sigmoid(x));
  return success();
}
