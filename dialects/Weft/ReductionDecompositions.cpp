// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Composite ops of the Reduction family in primitives.
#include "dialects/Weft/GraphBuilder.h"
#include "dialects/Weft/TypeInference.h"

using namespace mlir;
using namespace weft;

LogicalResult ReduceMeanOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  GraphBuilder g(builder, getLoc());
  Value sum = g.build<ReduceSumOp>(g.widen(getX()), getDims(), getKeepdim());
  Value count = g.count(getX(), getDims(), cast<RankedTensorType>(sum.getType()).getElementType());
  results.push_back(g.cast(g.div(sum, g.fill(sum, count)), getType().getElementType()));
  return success();
}

LogicalResult SizeOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  RankedTensorType type = getX().getType();
  if (!hasStaticInnerDims(type.getShape()))
    return failure();
  GraphBuilder g(builder, getLoc());
  double perRow = 1;
  bool hasRows = false;
  for (int64_t dim : getDims()) {
    if (type.isDynamicDim(dim))
      hasRows = true;
    else
      perRow *= static_cast<double>(type.getDimSize(dim));
  }
  Value count = g.scalar(builder.getF32Type(), perRow);
  if (hasRows) {
    // One number per row, and their sum.
    auto rows = RankedTensorType::get({ShapedType::kDynamic}, builder.getF32Type());
    count = g.sumAll(g.build<BroadcastOp>(rows, count, getX(), ArrayRef<int64_t>()));
  }
  results.push_back(count);
  return success();
}
