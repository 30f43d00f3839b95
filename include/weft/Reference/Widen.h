// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A graph of f32 as one of f64, so that not even its constants are rounded.
#ifndef WEFT_REFERENCE_WIDEN_H
#define WEFT_REFERENCE_WIDEN_H

#include "mlir/IR/Operation.h"

namespace weft {

// Makes every f32 in `root` f64: types, literals, parameters. What passes and gradient rules then
// add to it (1 / n, sqrt(2 / pi)) is in double precision too, so that rounding does not hide what
// is compared.
void widenToDouble(mlir::Operation *root);

} // namespace weft

#endif
