// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From primitives of the graph dialect to linalg on tensors.
#ifndef WEFT_CONVERSION_WEFTTOLINALG_H
#define WEFT_CONVERSION_WEFTTOLINALG_H

#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"

namespace weft {

class MatmulOp;

#define GEN_PASS_DECL
#include "weft/Conversion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "weft/Conversion/Passes.h.inc"

void populateElementwiseToLinalgPatterns(mlir::RewritePatternSet &patterns);
void populateReductionToLinalgPatterns(mlir::RewritePatternSet &patterns);
void populateShapeToLinalgPatterns(mlir::RewritePatternSet &patterns);
void populateRandomToLinalgPatterns(mlir::RewritePatternSet &patterns);
void populateIndexingToLinalgPatterns(mlir::RewritePatternSet &patterns);
/// Products as loops over all three dimensions: for targets and types without a generator of their
/// own.
void populateContractionToLinalgPatterns(mlir::RewritePatternSet &patterns);

/// The attribute of a linalg.generic that adds up by index: the number of the loop that the first
/// input means. For each point of the other loops, only the index's own place of that loop is
/// changed.
constexpr llvm::StringLiteral kScatterLoopAttrName = "weft.scatter_loop";

/// The attribute of a linalg.generic that adds up along a loop and keeps each sum on the way: the
/// number of the loop, which the result's map has too; and that of one that begins at its end.
constexpr llvm::StringLiteral kScanLoopAttrName = "weft.scan_loop";
constexpr llvm::StringLiteral kReverseScanAttrName = "weft.reverse_scan";

/// Indexing maps of a, b and the result over the loops batch..., row, column, contracted.
llvm::SmallVector<mlir::AffineMap> getContractionMaps(MatmulOp op);

/// Converts all primitives below `op`, contractions only if asked to. Emits an error at an op that
/// is not a primitive.
llvm::LogicalResult convertToLinalg(mlir::Operation *op, bool convertContractions);

} // namespace weft

#endif // WEFT_CONVERSION_WEFTTOLINALG_H
