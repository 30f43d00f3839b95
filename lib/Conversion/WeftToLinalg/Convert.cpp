// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The conversion of all families together.
#include "weft/Conversion/WeftToLinalg.h"

#include "dialects/Weft/Weft.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace weft {

#define GEN_PASS_DEF_CONVERTWEFTTOLINALG
#include "weft/Conversion/Passes.h.inc"

LogicalResult convertToLinalg(Operation *op, bool convertContractions) {
  RewritePatternSet patterns(op->getContext());
  populateElementwiseToLinalgPatterns(patterns);
  populateReductionToLinalgPatterns(patterns);
  populateShapeToLinalgPatterns(patterns);
  populateRandomToLinalgPatterns(patterns);
  populateIndexingToLinalgPatterns(patterns);
  if (convertContractions)
    populateContractionToLinalgPatterns(patterns);
  // Each pattern replaces one op by others that no pattern matches: one walk is enough.
  walkAndApplyPatterns(op, std::move(patterns));
  WalkResult left = op->walk([&](Operation *nested) {
    // What has an order is no structured op: code generation has loops for it.
    bool isKept = isa<SortOp, TopKOp>(nested) || (!convertContractions && isa<MatmulOp>(nested));
    if (!isa<FusableOpInterface>(nested) || isKept)
      return isa<DecomposableOpInterface>(nested)
                 ? WalkResult(nested->emitOpError("expected primitives only, decompose first"))
                 : WalkResult::advance();
    return WalkResult(nested->emitOpError("has no conversion to linalg for these types"));
  });
  return failure(left.wasInterrupted());
}

namespace {

struct ConvertWeftToLinalg : impl::ConvertWeftToLinalgBase<ConvertWeftToLinalg> {
  using ConvertWeftToLinalgBase::ConvertWeftToLinalgBase;

  void runOnOperation() override {
    auto count = [&] {
      unsigned primitives = 0;
      getOperation()->walk([&](FusableOpInterface) { ++primitives; });
      return primitives;
    };
    unsigned before = count();
    if (failed(convertToLinalg(getOperation(), convertContractions)))
      return signalPassFailure();
    numConverted += before - count();
  }
};

} // namespace
} // namespace weft
