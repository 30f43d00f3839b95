// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules of families whose operands' families are not there yet.
#include "dialects/Weft/Weft.h"
using namespace mlir;
using namespace weft;
#define VJP(Op)                                                                                    \
  LogicalResult Op::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) {  \
    return emitOpError("has no gradient rule in this build");                                      \
  }
#define DECOMPOSE(Op)                                                                              \
  LogicalResult Op::decompose(OpBuilder &, SmallVectorImpl<Value> &) { return failure(); }
#define EVALUATE(Op)                                                                               \
  LogicalResult Op::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) {      \
    return emitOpError("has no evaluation in this build");                                         \
  }
#define LOSS(Op)                                                                                   \
  LogicalResult Op::buildSumAndWeight(OpBuilder &, Value &, Value &) { return failure(); }
VJP(MatmulOp)
VJP(LinearOp) VJP(ReduceSumOp) VJP(ReduceMaxOp) VJP(ReduceMeanOp) VJP(SoftmaxOp) VJP(LogSoftmaxOp)
    VJP(CrossEntropyOp) VJP(MseLossOp) VJP(L1LossOp) VJP(BinaryCrossEntropyWithLogitsOp) DECOMPOSE(
        LinearOp) DECOMPOSE(ReduceMeanOp) DECOMPOSE(SizeOp) DECOMPOSE(SoftmaxOp)
        DECOMPOSE(LogSoftmaxOp) DECOMPOSE(CrossEntropyOp) DECOMPOSE(MseLossOp) DECOMPOSE(L1LossOp)
            DECOMPOSE(BinaryCrossEntropyWithLogitsOp) DECOMPOSE(SGDUpdateOp) DECOMPOSE(AdamUpdateOp)
                DECOMPOSE(AdamWUpdateOp) EVALUATE(MatmulOp) EVALUATE(LinearOp) EVALUATE(ReduceSumOp)
                    EVALUATE(ReduceMaxOp) EVALUATE(ReduceMeanOp) EVALUATE(ArgmaxOp) EVALUATE(SizeOp)
                        EVALUATE(SoftmaxOp) EVALUATE(LogSoftmaxOp) EVALUATE(CrossEntropyOp)
                            EVALUATE(MseLossOp) EVALUATE(L1LossOp)
                                EVALUATE(BinaryCrossEntropyWithLogitsOp) EVALUATE(SGDUpdateOp)
                                    EVALUATE(AdamUpdateOp) EVALUATE(AdamWUpdateOp)
                                        LOSS(CrossEntropyOp) LOSS(MseLossOp) LOSS(L1LossOp)
                                            LOSS(BinaryCrossEntropyWithLogitsOp) void MatmulOp::
                                                getCanonicalizationPatterns(RewritePatternSet &,
                                                                            MLIRContext *) {}
void ReduceSumOp::getCanonicalizationPatterns(RewritePatternSet &, MLIRContext *) {}
void ReduceMaxOp::getCanonicalizationPatterns(RewritePatternSet &, MLIRContext *) {}
OpFoldResult ReduceSumOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ReduceMaxOp::fold(FoldAdaptor) { return {}; }
OpFoldResult SizeOp::fold(FoldAdaptor) { return {}; }
