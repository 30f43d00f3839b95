// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Composite ops of the Contraction family in primitives.
#include "dialects/Weft/GraphBuilder.h"
#include "dialects/Weft/RowFlattening.h"
#include "dialects/Weft/TypeInference.h"

using namespace mlir;
using namespace weft;

LogicalResult LinearOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  // Rows cannot be told apart again as long as two dimensions are unknown.
  if (!hasStaticInnerDims(getX().getType().getShape()))
    return failure();
  GraphBuilder g(builder, getLoc());
  Value product = g.build<MatmulOp>(flattenRows(g, getX()), getWeight(), /*transpose_a=*/false,
                                    /*transpose_b=*/true);
  // The bias is added to the matrix, where it can be part of the product's epilogue.
  if (getBias())
    product = g.add(product, g.expand(getBias(), product, {0}));
  results.push_back(reshapeTo(g, product, getType()));
  return success();
}
