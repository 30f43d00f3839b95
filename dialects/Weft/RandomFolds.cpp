// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folds of the Random family.
#include "dialects/Weft/Weft.h"

using namespace mlir;
using namespace weft;

// Without anything to drop there is nothing to do.
OpFoldResult DropoutOp::fold(FoldAdaptor) {
  return getP().isZero() ? OpFoldResult(getInput()) : OpFoldResult();
}
