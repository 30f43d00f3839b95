// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folds and canonicalizations of the Shape family. How permutations meet elementwise ops is in
// PermuteFolds.cpp.
#include "dialects/Weft/ShapePatterns.h"
#include "dialects/Weft/TypeInference.h"
#include "dialects/Weft/Weft.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace weft;

Operation *WeftDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type,
                                            Location loc) {
  auto elements = dyn_cast<DenseElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, elements);
}

void WeftDialect::getCanonicalizationPatterns(RewritePatternSet &patterns) const {
  populateFillPatterns(patterns);
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

std::optional<double> weft::getSplatValue(Value value) {
  while (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getInput();
  DenseElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return std::nullopt;
  ReferenceTensor element = ReferenceTensor::fromAttribute(
      elements.resizeSplat(RankedTensorType::get({1}, elements.getElementType())));
  return element.isFloat() ? element.getFloat(0) : static_cast<double>(element.getInt(0));
}

// A constant operand whose elements are all the same, under the result's shape.
static OpFoldResult foldSplat(Attribute operand, RankedTensorType type) {
  auto elements = dyn_cast_if_present<DenseElementsAttr>(operand);
  if (!elements || !elements.isSplat() || !type.hasStaticShape())
    return {};
  return elements.resizeSplat(type);
}

//===----------------------------------------------------------------------===//
// Elements moved
//===----------------------------------------------------------------------===//

// Whether the verifier takes a reshape between these types.
static bool isReshapable(RankedTensorType from, RankedTensorType to) {
  // Other dynamic dimensions have no size yet.
  if (!hasStaticInnerDims(from.getShape()) || !hasStaticInnerDims(to.getShape()))
    return false;
  if (!isDynamicTensor(from))
    return !isDynamicTensor(to);
  int64_t fromCount = ShapedType::getNumElements(from.getShape().drop_front());
  int64_t toCount = ShapedType::getNumElements(to.getShape().drop_front());
  return fromCount && toCount && (fromCount % toCount == 0 || toCount % fromCount == 0);
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto elements = dyn_cast_if_present<DenseElementsAttr>(adaptor.getInput()))
    return elements.reshape(getType());
  // reshape(reshape(x)) -> reshape(x).
  auto inner = getInput().getDefiningOp<ReshapeOp>();
  if (!inner || !isReshapable(inner.getInput().getType(), getType()))
    return {};
  getInputMutable().assign(inner.getInput());
  return getResult();
}

OpFoldResult PermuteOp::fold(FoldAdaptor adaptor) {
  if (isIdentityPermutation(getDims()))
    return getInput();
  // permute(permute(x)) -> permute(x).
  if (auto inner = getInput().getDefiningOp<PermuteOp>()) {
    SmallVector<int64_t> dims = applyPermutation(inner.getDims(), getDims());
    getInputMutable().assign(inner.getInput());
    setDims(dims);
    return getResult();
  }
  return foldSplat(adaptor.getInput(), getType());
}

// The bounds of a slice, with the size of the operand in place of a dynamic dimension's limit.
static int64_t getLimit(SliceOp op, int64_t dim) {
  return op.getInput().getType().isDynamicDim(dim) ? ShapedType::kDynamic : op.getLimits()[dim];
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  // A slice that keeps the type drops nothing: its strides are 1, or its sizes at most 1.
  if (getInput().getType() == getType())
    return getInput();
  // slice(slice(x)) -> slice(x).
  if (auto inner = getInput().getDefiningOp<SliceOp>()) {
    SmallVector<int64_t> starts(getStarts()), limits(getLimits()), strides(getStrides());
    for (size_t i = 0; i < starts.size(); ++i) {
      if (ShapedType::isDynamic(getLimit(*this, i)))
        continue;
      int64_t stride = inner.getStrides()[i], size = limits[i] - starts[i];
      starts[i] = inner.getStarts()[i] + starts[i] * stride;
      limits[i] = size == 0 ? starts[i] : starts[i] + (size - 1) * stride + 1;
      strides[i] *= stride;
    }
    getInputMutable().assign(inner.getInput());
    setStarts(starts);
    setLimits(limits);
    setStrides(strides);
    return getResult();
  }
  return foldSplat(adaptor.getInput(), getType());
}

OpFoldResult PrefixOp::fold(FoldAdaptor) {
  bool isWhole = getInput().getType() == getType() && !getType().isDynamicDim(getDim());
  return isWhole ? OpFoldResult(getInput()) : OpFoldResult();
}

// A prefix of known size is a slice.
static LogicalResult prefixToSlice(PrefixOp op, PatternRewriter &rewriter) {
  SmallVector<Value> results;
  if (failed(op.decompose(rewriter, results)))
    return rewriter.notifyMatchFailure(op, "the size is not known yet");
  rewriter.replaceOp(op, results);
  return success();
}

void PrefixOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(prefixToSlice);
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? OpFoldResult(getInputs()[0]) : OpFoldResult();
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? OpFoldResult(getInput()) : OpFoldResult();
}

// A slice of one operand of a concatenation is a slice of that operand.
static LogicalResult sliceOfConcat(SliceOp op, PatternRewriter &rewriter) {
  auto concat = op.getInput().getDefiningOp<ConcatOp>();
  if (!concat)
    return rewriter.notifyMatchFailure(op, "no slice of a concatenation");
  int64_t dim = concat.getDim(), offset = 0;
  int64_t start = op.getStarts()[dim], limit = op.getLimits()[dim];
  for (Value input : concat.getInputs()) {
    int64_t size = cast<RankedTensorType>(input.getType()).getDimSize(dim);
    if (start >= offset && limit <= offset + size) {
      SmallVector<int64_t> starts(op.getStarts()), limits(op.getLimits());
      starts[dim] -= offset;
      limits[dim] -= offset;
      rewriter.replaceOpWithNewOp<SliceOp>(op, input, starts, limits, op.getStrides());
      return success();
    }
    offset += size;
  }
  return rewriter.notifyMatchFailure(op, "the slice touches several operands of the concatenation");
}

// A slice of what lies inside a padding is a slice of the padded operand.
static LogicalResult sliceOfPad(SliceOp op, PatternRewriter &rewriter) {
  auto pad = op.getInput().getDefiningOp<PadOp>();
  if (!pad)
    return rewriter.notifyMatchFailure(op, "no slice of a padding");
  RankedTensorType type = pad.getInput().getType();
  SmallVector<int64_t> starts(op.getStarts()), limits(op.getLimits());
  for (int64_t i = 0; i < type.getRank(); ++i) {
    if (type.isDynamicDim(i))
      continue;
    starts[i] -= pad.getLow()[i];
    limits[i] -= pad.getLow()[i];
    if (starts[i] < 0 || limits[i] > type.getDimSize(i))
      return rewriter.notifyMatchFailure(op, "the slice reaches into the padding");
  }
  rewriter.replaceOpWithNewOp<SliceOp>(op, pad.getInput(), starts, limits, op.getStrides());
  return success();
}

void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(sliceOfConcat);
  patterns.add(sliceOfPad);
}

//===----------------------------------------------------------------------===//
// Elements repeated
//===----------------------------------------------------------------------===//

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  return foldSplat(adaptor.getInput(), getType());
}

// broadcast(broadcast(x)) -> broadcast(x).
static LogicalResult broadcastOfBroadcast(BroadcastOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<BroadcastOp>();
  if (!inner)
    return rewriter.notifyMatchFailure(op, "the operand is no broadcast");
  SmallVector<int64_t> dims;
  if (!hasStaticInnerDims(op.getType().getShape()))
    return rewriter.notifyMatchFailure(op, "inner dimensions have no size yet");
  for (int64_t dim : inner.getDimensions())
    dims.push_back(op.getDimensions()[dim]);
  Value like = op.getLike();
  // The outer one may have taken its rows from the inner, and that from a tensor like it.
  if (!like && isDynamicTensor(op.getType()))
    like = inner.getLike();
  rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), inner.getInput(), like, dims);
  return success();
}

// Which dimensions of `to` those of `from` become, if a reshape only adds dimensions of size 1.
static std::optional<SmallVector<int64_t>> matchUnitExpansion(RankedTensorType from,
                                                              RankedTensorType to) {
  if (!hasStaticInnerDims(from.getShape()) || !hasStaticInnerDims(to.getShape()))
    return std::nullopt;
  SmallVector<int64_t> places;
  int64_t next = 0;
  for (int64_t dim = 0; dim < to.getRank(); ++dim) {
    if (next < from.getRank() && from.getDimSize(next) == to.getDimSize(dim)) {
      places.push_back(dim);
      ++next;
    } else if (to.getDimSize(dim) != 1) {
      return std::nullopt;
    }
  }
  if (next != from.getRank())
    return std::nullopt;
  return places;
}

// broadcast(reshape(x)), where the reshape only adds dimensions of size 1 -> broadcast(x).
static LogicalResult broadcastOfReshape(BroadcastOp op, PatternRewriter &rewriter) {
  auto reshape = op.getInput().getDefiningOp<ReshapeOp>();
  if (!reshape)
    return rewriter.notifyMatchFailure(op, "the operand is no reshape");
  std::optional<SmallVector<int64_t>> places =
      matchUnitExpansion(reshape.getInput().getType(), reshape.getType());
  if (!places)
    return rewriter.notifyMatchFailure(op, "the reshape does more than add dimensions of size 1");
  SmallVector<int64_t> dims;
  for (int64_t place : *places)
    dims.push_back(op.getDimensions()[place]);
  rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), reshape.getInput(), op.getLike(),
                                           dims);
  return success();
}

void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(broadcastOfBroadcast);
  patterns.add(broadcastOfReshape);
}
