// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folds and canonicalization of the Reduction family.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace weft;

// The number of elements that are combined into one, or nothing if it is not static.
static std::optional<int64_t> getReducedCount(RankedTensorType type, ArrayRef<int64_t> dims) {
  int64_t count = 1;
  for (int64_t dim : dims) {
    if (type.isDynamicDim(dim))
      return std::nullopt;
    count *= type.getDimSize(dim);
  }
  return count;
}

// A constant of `type`, all of whose elements are `value` rounded to it.
static DenseElementsAttr getSplat(RankedTensorType type, APFloat value) {
  bool losesInfo = false;
  value.convert(cast<FloatType>(type.getElementType()).getFloatSemantics(),
                APFloat::rmNearestTiesToEven, &losesInfo);
  return DenseElementsAttr::get(type, value);
}

// The element that all of a constant operand's elements are, in double precision.
static std::optional<double> getSplatOperand(Attribute operand) {
  auto elements = dyn_cast_if_present<DenseElementsAttr>(operand);
  if (!elements || !elements.isSplat())
    return std::nullopt;
  APFloat value = elements.getSplatValue<APFloat>();
  bool losesInfo = false;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return value.convertToDouble();
}

OpFoldResult ReduceSumOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  std::optional<double> splat = getSplatOperand(adaptor.getX());
  std::optional<int64_t> count = getReducedCount(getX().getType(), getDims());
  if (!splat || !count || !getType().hasStaticShape())
    return {};
  return getSplat(getType(), APFloat(*splat * static_cast<double>(*count)));
}

OpFoldResult ReduceMaxOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  std::optional<double> splat = getSplatOperand(adaptor.getX());
  if (!splat || !getType().hasStaticShape())
    return {};
  return getSplat(getType(), APFloat(*splat));
}

OpFoldResult SizeOp::fold(FoldAdaptor) {
  std::optional<int64_t> count = getReducedCount(getX().getType(), getDims());
  if (!count)
    return {};
  return getSplat(getType(), APFloat(static_cast<double>(*count)));
}

// A reduction of dimensions of size 1 only drops them.
template <typename OpT>
static LogicalResult reduceOfOneToReshape(OpT op, PatternRewriter &rewriter) {
  if (getReducedCount(op.getX().getType(), op.getDims()) != 1)
    return rewriter.notifyMatchFailure(op, "more than one element is combined");
  rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getX());
  return success();
}

// reduce(reduce(x, inner), outer) -> reduce(x, inner and outer), where neither keeps dimensions.
template <typename OpT>
static LogicalResult mergeReductions(OpT op, PatternRewriter &rewriter) {
  auto inner = op.getX().template getDefiningOp<OpT>();
  if (!inner || !inner->hasOneUse() || inner.getKeepdim() || op.getKeepdim())
    return rewriter.notifyMatchFailure(op, "not a reduction of one that has no other use");
  SmallVector<int64_t> kept, dims(inner.getDims());
  for (int64_t dim = 0, rank = inner.getX().getType().getRank(); dim < rank; ++dim)
    if (!llvm::is_contained(inner.getDims(), dim))
      kept.push_back(dim);
  for (int64_t dim : op.getDims())
    dims.push_back(kept[dim]);
  llvm::sort(dims);
  rewriter.replaceOpWithNewOp<OpT>(op, inner.getX(), dims);
  return success();
}

void ReduceSumOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(reduceOfOneToReshape<ReduceSumOp>);
  patterns.add(mergeReductions<ReduceSumOp>);
}

void ReduceMaxOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(reduceOfOneToReshape<ReduceMaxOp>);
  patterns.add(mergeReductions<ReduceMaxOp>);
}
