// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonicalizations around the ops of the Shape family that concern ops of all families.
#ifndef WEFT_DIALECT_SHAPEPATTERNS_H
#define WEFT_DIALECT_SHAPEPATTERNS_H

#include "mlir/IR/PatternMatch.h"

namespace weft {

// Operands `like` are replaced by arguments of the function with as many rows; elementwise ops of
// repeated elements are done before the repetition.
void populateFillPatterns(mlir::RewritePatternSet &patterns);

// The same for all operands `like` of a block, however far away the arguments are; in one walk.
// Says how many were replaced.
unsigned simplifyLikes(mlir::Block &block);

// A copy of an elementwise op on operands of another shape, which is that of its result.
mlir::Value cloneElementwise(mlir::RewriterBase &rewriter, mlir::Operation *op,
                             mlir::ValueRange operands);

// Whether the op is a primitive of one result, computed element by element.
bool isElementwise(mlir::Operation *op);

} // namespace weft

#endif
