// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folds and canonicalizations of the Indexing family.
#include "dialects/Weft/GraphBuilder.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace weft;

// Rows of a table that is the same everywhere.
OpFoldResult EmbeddingOp::fold(FoldAdaptor adaptor) {
  auto weight = dyn_cast_if_present<SplatElementsAttr>(adaptor.getWeight());
  return weight && getType().hasStaticShape() ? OpFoldResult(weight.resizeSplat(getType()))
                                              : OpFoldResult();
}

// The index that all rows are read at: the operand is constant, or one constant repeated.
static std::optional<int64_t> getOnlyIndex(Value indices) {
  std::optional<double> value = getSplatValue(indices);
  return value ? std::optional<int64_t>(static_cast<int64_t>(*value)) : std::nullopt;
}

// All indices the same: that row, repeated. A model without segments reads row 0 of their table.
static LogicalResult embeddingOfOneIndex(EmbeddingOp op, PatternRewriter &rewriter) {
  std::optional<int64_t> index = getOnlyIndex(op.getIndices());
  RankedTensorType weight = op.getWeight().getType();
  if (!index || *index < 0 || *index >= weight.getDimSize(0) || op.getPaddingIdx())
    return rewriter.notifyMatchFailure(op, "the indices are not one constant");
  RankedTensorType type = op.getType();
  int64_t last = type.getRank() - 1;
  GraphBuilder g(rewriter, op.getLoc());
  Value row = g.build<SliceOp>(op.getWeight(), 0, *index, *index + 1);
  row = g.build<ReshapeOp>(weight.clone({weight.getDimSize(1)}), row);
  Value like = type.hasStaticShape() ? Value() : op.getIndices();
  rewriter.replaceOpWithNewOp<BroadcastOp>(op, type, row, like, ArrayRef<int64_t>{last});
  return success();
}

// Indices 0, 1, 2 ... along a dimension: the first rows of the table. Their gradient is a sum over
// the other dimensions rather than a search for indices.
static LogicalResult embeddingOfIota(EmbeddingOp op, PatternRewriter &rewriter) {
  auto iota = op.getIndices().getDefiningOp<IotaOp>();
  if (!iota || op.getPaddingIdx())
    return rewriter.notifyMatchFailure(op, "the indices do not count up");
  int64_t dim = iota.getDim(), size = iota.getType().getDimSize(dim);
  RankedTensorType type = op.getType();
  if (ShapedType::isDynamic(size) || size > op.getWeight().getType().getDimSize(0))
    return rewriter.notifyMatchFailure(op, "the number of rows is not known, or too large");
  GraphBuilder g(rewriter, op.getLoc());
  Value rows = g.build<SliceOp>(op.getWeight(), 0, 0, size);
  SmallVector<int64_t> dims = {dim, type.getRank() - 1};
  rewriter.replaceOpWithNewOp<BroadcastOp>(op, type, rows, iota.getLike(), dims);
  return success();
}

// embedding(broadcast(i)) -> broadcast(embedding(i)).
static LogicalResult embeddingOfBroadcast(EmbeddingOp op, PatternRewriter &rewriter) {
  auto broadcast = op.getIndices().getDefiningOp<BroadcastOp>();
  if (!broadcast)
    return rewriter.notifyMatchFailure(op, "the indices are not repeated");
  GraphBuilder g(rewriter, op.getLoc());
  Value rows = g.build<EmbeddingOp>(broadcast.getInput(), op.getWeight(), op.getPaddingIdxAttr());
  SmallVector<int64_t> dims(broadcast.getDimensions());
  dims.push_back(op.getType().getRank() - 1);
  rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), rows, broadcast.getLike(), dims);
  return success();
}

void EmbeddingOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(embeddingOfOneIndex);
  patterns.add(embeddingOfIota);
  patterns.add(embeddingOfBroadcast);
}
