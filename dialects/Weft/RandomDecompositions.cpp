// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the composites of the Random family stand for.
#include "dialects/Weft/Expression.h"

using namespace mlir;
using namespace weft;

// select(mask, x / (1 - p), 0).
LogicalResult DropoutOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  if (!isNumbered())
    return failure();
  Value like = getType().hasStaticShape() ? Value() : getInput();
  Expr mask(builder, getLoc(),
            DropoutMaskOp::create(builder, getLoc(), getBoolTensorType(getType()), getSeed(),
                                  getStep(), getSampleOffset(), like, getPAttr(), getIdAttr()));
  Expr x(builder, getLoc(), getInput());
  results.push_back(select(mask, 1 / (1 - getP().convertToDouble()) * x, 0.0));
  return success();
}
