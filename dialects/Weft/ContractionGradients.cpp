// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradients of the Contraction family.
#include "dialects/Weft/GraphBuilder.h"
#include "dialects/Weft/RowFlattening.h"

using namespace mlir;
using namespace weft;

LogicalResult MatmulOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                 SmallVectorImpl<Value> &operandCotangents) {
  GraphBuilder g(builder, getLoc());
  Value dy = cotangents[0], a = getA(), b = getB();
  bool transposeA = getTransposeA(), transposeB = getTransposeB();
  // Each product is formed in the layout of the operand, so that nothing is transposed afterwards.
  if (needed[0])
    operandCotangents[0] = transposeA ? g.build<MatmulOp>(b, dy, transposeB, true)
                                      : g.build<MatmulOp>(dy, b, false, !transposeB);
  if (needed[1])
    operandCotangents[1] = transposeB ? g.build<MatmulOp>(dy, a, true, transposeA)
                                      : g.build<MatmulOp>(a, dy, !transposeA, false);
  return success();
}

LogicalResult LinearOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                 SmallVectorImpl<Value> &operandCotangents) {
  GraphBuilder g(builder, getLoc());
  Value dy = flattenRows(g, cotangents[0]);
  if (needed[0])
    operandCotangents[0] = reshapeTo(g, g.build<MatmulOp>(dy, getWeight()), getX().getType());
  if (needed[1])
    operandCotangents[1] = g.build<MatmulOp>(dy, flattenRows(g, getX()), /*transpose_a=*/true);
  if (getBias() && needed[2])
    operandCotangents[2] = g.sum(dy, {0});
  return success();
}
