// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is not there yet of the Elementwise, Shape and Random families: errors that say so.
#include "dialects/Weft/Weft.h"
using namespace mlir;
using namespace weft;
LogicalResult NegOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult AbsOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult ExpOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult LogOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult SqrtOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult RsqrtOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult TanhOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult SigmoidOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult ReluOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult ErfOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult SinOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult CosOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult AddOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult SubOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult MulOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult DivOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult PowOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult MaximumOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult MinimumOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult SelectOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult CastOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult ClampOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult GeluOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult SiluOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult ReshapeOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult PermuteOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult SliceOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult ConcatOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult PadOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult BroadcastOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult DropoutOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>, SmallVectorImpl<Value> &) { return emitOpError("no gradient yet"); }
LogicalResult NegOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult AbsOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult ExpOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult LogOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult SqrtOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult RsqrtOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult TanhOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult SigmoidOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult ReluOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult ErfOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult SinOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult CosOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult AddOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult SubOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult MulOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult DivOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult PowOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult MaximumOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult MinimumOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult SelectOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult CastOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult ClampOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult GeluOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult SiluOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult ReshapeOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult PermuteOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult SliceOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult ConcatOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult PadOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult BroadcastOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult DropoutOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult SignOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult AndOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult OrOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult NotOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult CompareOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult ConstantOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult IotaOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult OneHotOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult DropoutMaskOp::evaluate(ArrayRef<ReferenceTensor>, SmallVectorImpl<ReferenceTensor> &) { return emitOpError("no evaluation yet"); }
LogicalResult GeluOp::decompose(OpBuilder &, SmallVectorImpl<Value> &) { return failure(); }
LogicalResult SiluOp::decompose(OpBuilder &, SmallVectorImpl<Value> &) { return failure(); }
LogicalResult OneHotOp::decompose(OpBuilder &, SmallVectorImpl<Value> &) { return failure(); }
LogicalResult DropoutOp::decompose(OpBuilder &, SmallVectorImpl<Value> &) { return failure(); }
OpFoldResult NegOp::fold(FoldAdaptor) { return {}; }
OpFoldResult AbsOp::fold(FoldAdaptor) { return {}; }
OpFoldResult SignOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ExpOp::fold(FoldAdaptor) { return {}; }
OpFoldResult LogOp::fold(FoldAdaptor) { return {}; }
OpFoldResult SqrtOp::fold(FoldAdaptor) { return {}; }
OpFoldResult RsqrtOp::fold(FoldAdaptor) { return {}; }
OpFoldResult TanhOp::fold(FoldAdaptor) { return {}; }
OpFoldResult SigmoidOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ReluOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ErfOp::fold(FoldAdaptor) { return {}; }
OpFoldResult SinOp::fold(FoldAdaptor) { return {}; }
OpFoldResult CosOp::fold(FoldAdaptor) { return {}; }
OpFoldResult AddOp::fold(FoldAdaptor) { return {}; }
OpFoldResult SubOp::fold(FoldAdaptor) { return {}; }
OpFoldResult MulOp::fold(FoldAdaptor) { return {}; }
OpFoldResult DivOp::fold(FoldAdaptor) { return {}; }
OpFoldResult PowOp::fold(FoldAdaptor) { return {}; }
OpFoldResult MaximumOp::fold(FoldAdaptor) { return {}; }
OpFoldResult MinimumOp::fold(FoldAdaptor) { return {}; }
OpFoldResult AndOp::fold(FoldAdaptor) { return {}; }
OpFoldResult OrOp::fold(FoldAdaptor) { return {}; }
OpFoldResult NotOp::fold(FoldAdaptor) { return {}; }
OpFoldResult CompareOp::fold(FoldAdaptor) { return {}; }
OpFoldResult SelectOp::fold(FoldAdaptor) { return {}; }
OpFoldResult CastOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ClampOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ReshapeOp::fold(FoldAdaptor) { return {}; }
OpFoldResult PermuteOp::fold(FoldAdaptor) { return {}; }
OpFoldResult SliceOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ConcatOp::fold(FoldAdaptor) { return {}; }
OpFoldResult PadOp::fold(FoldAdaptor) { return {}; }
OpFoldResult BroadcastOp::fold(FoldAdaptor) { return {}; }
OpFoldResult DropoutOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }
void PermuteOp::getCanonicalizationPatterns(RewritePatternSet &, MLIRContext *) {}
