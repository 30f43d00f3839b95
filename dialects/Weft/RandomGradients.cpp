// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradients of the Random family.
#include "dialects/Weft/Weft.h"

using namespace mlir;
using namespace weft;

LogicalResult DropoutOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                  SmallVectorImpl<Value> &operandCotangents) {
  if (!isNumbered())
    return emitOpError(
        "expected an id before differentiation, got none: the op is not numbered yet "
        "(weft-flatten-model does it)");
  if (needed[0])
    operandCotangents[0] = DropoutOp::create(builder, getLoc(), getType(), cotangents[0], getSeed(),
                                             getStep(), getSampleOffset(), getPAttr(), getIdAttr());
  return success();
}
