// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification, type inference and loop structure of the Reduction family.
#include "dialects/Weft/TypeInference.h"
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace weft;

#define GET_OP_CLASSES
#include "dialects/Weft/ReductionOps.cpp.inc"

// Whether `dims` names dimensions of a tensor of that rank, each once, in increasing order.
static bool areDimsValid(ArrayRef<int64_t> dims, int64_t rank) {
  int64_t next = 0;
  for (int64_t dim : dims) {
    if (dim < next || dim >= rank)
      return false;
    next = dim + 1;
  }
  return true;
}

static SmallVector<int64_t> getReducedShape(ArrayRef<int64_t> shape, ArrayRef<int64_t> dims,
                                            bool keepdim) {
  SmallVector<int64_t> reduced;
  for (auto [dim, size] : llvm::enumerate(shape)) {
    if (!llvm::is_contained(dims, static_cast<int64_t>(dim)))
      reduced.push_back(size);
    else if (keepdim)
      reduced.push_back(1);
  }
  return reduced;
}

static LogicalResult inferReduction(InferenceError error, Type operand, ArrayRef<int64_t> dims,
                                    bool keepdim, SmallVectorImpl<Type> &results) {
  auto type = cast<RankedTensorType>(operand);
  if (dims.empty() || !areDimsValid(dims, type.getRank()))
    return error() << "expected dims of an operand of rank " << type.getRank()
                   << ", at least one, in increasing order, got [" << dims << "] (reduce_c1)";
  results.push_back(RankedTensorType::get(getReducedShape(type.getShape(), dims, keepdim),
                                          type.getElementType()));
  return success();
}

// The dimension of the operand that dimension `dimension` of a reduction's result is sliced with.
static int64_t mapReducedDimension(int64_t dimension, int64_t rank, ArrayRef<int64_t> dims,
                                   bool keepdim) {
  if (keepdim)
    return llvm::is_contained(dims, dimension) ? kNotSliceable : dimension;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim) && dimension-- == 0)
      return dim;
  return kNotSliceable;
}

//===----------------------------------------------------------------------===//
// reduce_sum, reduce_max, reduce_mean
//===----------------------------------------------------------------------===//

LogicalResult ReduceSumOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                            Adaptor adaptor, SmallVectorImpl<Type> &results) {
  return inferReduction({location, getOperationName()}, adaptor.getX().getType(), adaptor.getDims(),
                        adaptor.getKeepdim(), results);
}
FusionKind ReduceSumOp::getFusionKind() { return FusionKind::Reduction; }
int64_t ReduceSumOp::mapDimension(int64_t dimension, unsigned) {
  return mapReducedDimension(dimension, getX().getType().getRank(), getDims(), getKeepdim());
}

LogicalResult ReduceMaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                            Adaptor adaptor, SmallVectorImpl<Type> &results) {
  return inferReduction({location, getOperationName()}, adaptor.getX().getType(), adaptor.getDims(),
                        adaptor.getKeepdim(), results);
}
FusionKind ReduceMaxOp::getFusionKind() { return FusionKind::Reduction; }
int64_t ReduceMaxOp::mapDimension(int64_t dimension, unsigned) {
  return mapReducedDimension(dimension, getX().getType().getRank(), getDims(), getKeepdim());
}

LogicalResult ReduceMeanOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                             Adaptor adaptor, SmallVectorImpl<Type> &results) {
  return inferReduction({location, getOperationName()}, adaptor.getX().getType(), adaptor.getDims(),
                        adaptor.getKeepdim(), results);
}

//===----------------------------------------------------------------------===//
// argmax
//===----------------------------------------------------------------------===//

LogicalResult ArgmaxOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                         Adaptor adaptor, SmallVectorImpl<Type> &results) {
  InferenceError error(location, getOperationName());
  auto type = cast<RankedTensorType>(adaptor.getX().getType());
  int64_t dim = adaptor.getDim();
  if (!areDimsValid(dim, type.getRank()))
    return error() << "expected dim of an operand of rank " << type.getRank() << ", got " << dim
                   << " (argmax_c1)";
  results.push_back(RankedTensorType::get(
      getReducedShape(type.getShape(), dim, adaptor.getKeepdim()), IntegerType::get(context, 64)));
  return success();
}
FusionKind ArgmaxOp::getFusionKind() { return FusionKind::Reduction; }
int64_t ArgmaxOp::mapDimension(int64_t dimension, unsigned) {
  return mapReducedDimension(dimension, getX().getType().getRank(), static_cast<int64_t>(getDim()),
                             getKeepdim());
}

//===----------------------------------------------------------------------===//
// size
//===----------------------------------------------------------------------===//

LogicalResult SizeOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                       Adaptor adaptor, SmallVectorImpl<Type> &results) {
  auto type = cast<RankedTensorType>(adaptor.getX().getType());
  if (!areDimsValid(adaptor.getDims(), type.getRank()))
    return InferenceError(location, getOperationName())()
           << "expected dims of an operand of rank " << type.getRank()
           << " in increasing order, got [" << adaptor.getDims() << "] (size_c1)";
  results.push_back(RankedTensorType::get({}, Float32Type::get(context)));
  return success();
}
