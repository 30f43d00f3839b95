// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the composites of the Indexing family stand for.
#include "dialects/Weft/GraphBuilder.h"

using namespace mlir;
using namespace weft;

LogicalResult ScatterAddOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  GraphBuilder g(builder, getLoc());
  int64_t size = getInput().getType().getDimSize(getDim());
  Value sums = g.build<ScatterSumOp>(getSrc(), getIndex(), getDim(), size);
  results.push_back(g.add(getInput(), sums));
  return success();
}
