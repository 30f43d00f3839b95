// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the composites of the Shape family stand for.
#include "dialects/Weft/Weft.h"

using namespace mlir;
using namespace weft;

LogicalResult PrefixOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  int64_t dim = getDim(), size = getType().getDimSize(dim);
  if (ShapedType::isDynamic(size))
    return failure();
  results.push_back(SliceOp::create(builder, getLoc(), getInput(), dim, 0, size));
  return success();
}

// cast(labels, repeated along the classes, == the class): a row of zeros for a label that is no
// class.
LogicalResult OneHotOp::decompose(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  RankedTensorType labelsType = getLabels().getType();
  RankedTensorType type = getType().clone(labelsType.getElementType());
  Value like = type.hasStaticShape() ? Value() : getLabels();
  Value labels = BroadcastOp::create(builder, getLoc(), type, getLabels(),
                                     llvm::to_vector(llvm::seq<int64_t>(0, labelsType.getRank())));
  Value classes = IotaOp::create(builder, getLoc(), type, like, type.getRank() - 1);
  Value isLabel = CompareOp::create(builder, getLoc(), ComparePredicate::EQ, labels, classes);
  results.push_back(CastOp::create(builder, getLoc(), getType(), isLabel));
  return success();
}
