// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// sin, cos and pow of f32 and f64, which are right for numbers of any size.
#ifndef WEFT_LIB_TARGET_CPU_ELEMENTARYFUNCTIONS_H
#define WEFT_LIB_TARGET_CPU_ELEMENTARYFUNCTIONS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"

namespace weft::cpu {

/// Adds what `math.sin` and `math.cos` call for angles that are too large to be reduced by
/// subtraction, if the module has such ops. The patterns below expect that.
void addLargeAngleFunction(mlir::ModuleOp module);

void populateElementaryFunctionPatterns(mlir::RewritePatternSet &patterns);

} // namespace weft::cpu

#endif // WEFT_LIB_TARGET_CPU_ELEMENTARYFUNCTIONS_H
