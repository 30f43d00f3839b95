// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification, type inference and loop structure of the Indexing family.
#include "dialects/Weft/TypeInference.h"
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace weft;

#define GET_OP_CLASSES
#include "dialects/Weft/IndexingOps.cpp.inc"

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

//===----------------------------------------------------------------------===//
// embedding, embedding_gradient
//===----------------------------------------------------------------------===//

static LogicalResult verifyPadding(Operation *op, std::optional<int64_t> padding, int64_t rows) {
  if (padding && (*padding < 0 || *padding >= rows))
    return op->emitOpError("expected padding_idx in [0, ")
           << rows << "), got " << *padding << " (embedding_c2)";
  return success();
}

LogicalResult EmbeddingOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                            Adaptor adaptor, SmallVectorImpl<Type> &results) {
  InferenceError error(location, getOperationName());
  RankedTensorType weight = typeOf(adaptor.getWeight());
  if (weight.getRank() != 2 || !weight.hasStaticShape())
    return error() << "expected weight to be a matrix of static shape, got " << weight
                   << " (embedding_c1)";
  SmallVector<int64_t> shape(typeOf(adaptor.getIndices()).getShape());
  shape.push_back(weight.getDimSize(1));
  results.push_back(weight.clone(shape));
  return success();
}

LogicalResult EmbeddingOp::verify() {
  return verifyPadding(*this, getPaddingIdx(), getWeight().getType().getDimSize(0));
}

std::optional<IndexRange> EmbeddingOp::getIndexRange(unsigned operand) {
  if (operand != 0)
    return std::nullopt;
  return IndexRange{0, getWeight().getType().getDimSize(0), std::nullopt};
}

// Rows repeated: no element costs more than reading it.
FusionKind EmbeddingOp::getFusionKind() { return FusionKind::Broadcast; }

int64_t EmbeddingOp::mapDimension(int64_t dimension, unsigned operand) {
  bool isColumn = dimension + 1 == getType().getRank();
  if (operand == 0)
    return isColumn ? kWholeOperand : dimension;
  return isColumn ? 1 : kWholeOperand;
}

LogicalResult EmbeddingGradientOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                                    Adaptor adaptor,
                                                    SmallVectorImpl<Type> &results) {
  InferenceError error(location, getOperationName());
  RankedTensorType dy = typeOf(adaptor.getDy()), indices = typeOf(adaptor.getIndices());
  if (dy.getRank() != indices.getRank() + 1 || dy.getShape().drop_back() != indices.getShape() ||
      ShapedType::isDynamic(dy.getShape().back()))
    return error() << "expected dy of the shape of indices, then one static dimension, got " << dy
                   << " and " << indices << " (embedding_gradient_c1)";
  int64_t rows = adaptor.getNumEmbeddings();
  if (rows < 1)
    return error() << "expected num_embeddings of at least 1, got " << rows
                   << " (embedding_gradient_c2)";
  results.push_back(dy.clone({rows, dy.getShape().back()}));
  return success();
}

LogicalResult EmbeddingGradientOp::verify() {
  return verifyPadding(*this, getPaddingIdx(), getNumEmbeddings());
}

std::optional<IndexRange> EmbeddingGradientOp::getIndexRange(unsigned operand) {
  if (operand != 1)
    return std::nullopt;
  return IndexRange{0, static_cast<int64_t>(getNumEmbeddings()), std::nullopt};
}

FusionKind EmbeddingGradientOp::getFusionKind() { return FusionKind::Reduction; }

int64_t EmbeddingGradientOp::mapDimension(int64_t dimension, unsigned operand) {
  if (dimension == 0 || operand == 1)
    return kWholeOperand;
  return getDy().getType().getRank() - 1;
}

//===----------------------------------------------------------------------===//
// gather, scatter_sum, scatter_add
//===----------------------------------------------------------------------===//

// That `dim` is a dimension of both, and that the tensors agree in all dimensions of the index that
// `isChecked`.
static LogicalResult checkIndex(InferenceError error, RankedTensorType type, RankedTensorType index,
                                int64_t dim, StringRef label,
                                function_ref<bool(int64_t)> isChecked) {
  if (dim < 0 || dim >= type.getRank() || dim >= index.getRank() ||
      (dim == 0 && type.isDynamicDim(0)))
    return error() << "expected 'dim' to be a dimension of " << type << " and " << index
                   << ", other than the batch, got " << dim << " (" << label << "_c1)";
  bool agree = index.getRank() <= type.getRank();
  for (int64_t i = 0; agree && i < index.getRank(); ++i)
    agree = !isChecked(i) || index.getDimSize(i) == type.getDimSize(i);
  if (!agree)
    return error() << "expected an index that agrees with " << type << ", got " << index << " ("
                   << label << "_c2)";
  return success();
}

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                         Adaptor adaptor, SmallVectorImpl<Type> &results) {
  RankedTensorType input = typeOf(adaptor.getInput()), index = typeOf(adaptor.getIndex());
  int64_t dim = adaptor.getDim();
  if (failed(checkIndex({location, getOperationName()}, input, index, dim, "gather",
                        [&](int64_t i) { return i != dim; })))
    return failure();
  SmallVector<int64_t> shape(input.getShape());
  shape[dim] = index.getDimSize(dim);
  results.push_back(input.clone(shape));
  return success();
}

std::optional<IndexRange> GatherOp::getIndexRange(unsigned operand) {
  int64_t size = getInput().getType().getDimSize(getDim());
  if (operand != 1 || ShapedType::isDynamic(size))
    return std::nullopt;
  return IndexRange{0, size, std::nullopt};
}

FusionKind GatherOp::getFusionKind() { return FusionKind::Shape; }

int64_t GatherOp::mapDimension(int64_t dimension, unsigned operand) {
  if (operand == 0)
    return dimension == static_cast<int64_t>(getDim()) ? kWholeOperand : dimension;
  return dimension < getIndex().getType().getRank() ? dimension : kWholeOperand;
}

LogicalResult ScatterSumOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                             Adaptor adaptor, SmallVectorImpl<Type> &results) {
  InferenceError error(location, getOperationName());
  RankedTensorType src = typeOf(adaptor.getSrc()), index = typeOf(adaptor.getIndex());
  int64_t dim = adaptor.getDim(), size = adaptor.getSize();
  if (failed(checkIndex(error, src, index, dim, "scatter", [](int64_t) { return true; })))
    return failure();
  if (size < 1)
    return error() << "expected a size of at least 1, got " << size << " (scatter_c3)";
  SmallVector<int64_t> shape(src.getShape());
  shape[dim] = size;
  results.push_back(src.clone(shape));
  return success();
}

std::optional<IndexRange> ScatterSumOp::getIndexRange(unsigned operand) {
  if (operand != 1)
    return std::nullopt;
  return IndexRange{0, static_cast<int64_t>(getSize()), std::nullopt};
}

FusionKind ScatterSumOp::getFusionKind() { return FusionKind::Reduction; }

int64_t ScatterSumOp::mapDimension(int64_t dimension, unsigned operand) {
  if (dimension == static_cast<int64_t>(getDim()))
    return kWholeOperand;
  if (operand == 0)
    return dimension;
  return dimension < getIndex().getType().getRank() ? dimension : kWholeOperand;
}

LogicalResult ScatterAddOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                             Adaptor adaptor, SmallVectorImpl<Type> &results) {
  InferenceError error(location, getOperationName());
  RankedTensorType input = typeOf(adaptor.getInput()), src = typeOf(adaptor.getSrc());
  int64_t dim = adaptor.getDim();
  if (failed(checkIndex(error, src, typeOf(adaptor.getIndex()), dim, "scatter",
                        [](int64_t) { return true; })))
    return failure();
  bool agree = input.getRank() == src.getRank() && !input.isDynamicDim(dim) &&
               input.getElementType() == src.getElementType();
  for (int64_t i = 0; agree && i < src.getRank(); ++i)
    agree = i == dim || input.getDimSize(i) == src.getDimSize(i);
  if (!agree)
    return error() << "expected input of the type of src " << src
                   << " but for a static size in dimension " << dim << ", got " << input
                   << " (scatter_add_c1)";
  results.push_back(input);
  return success();
}

std::optional<IndexRange> ScatterAddOp::getIndexRange(unsigned operand) {
  if (operand != 1)
    return std::nullopt;
  return IndexRange{0, getInput().getType().getDimSize(getDim()), std::nullopt};
}

//===----------------------------------------------------------------------===//
// check_index
//===----------------------------------------------------------------------===//

LogicalResult CheckIndexOp::verify() {
  int64_t low = getLow(), high = getHigh();
  if (low < high)
    return success();
  return emitOpError("expected 'low' to be less than 'high', got ")
         << low << " and " << high << " (check_index_c1)";
}

FusionKind CheckIndexOp::getFusionKind() { return FusionKind::Elementwise; }
int64_t CheckIndexOp::mapDimension(int64_t dimension, unsigned) { return dimension; }

//===----------------------------------------------------------------------===//
// cumsum, sort, top_k
//===----------------------------------------------------------------------===//

LogicalResult CumsumOp::verify() {
  RankedTensorType type = getX().getType();
  int64_t dim = getDim();
  if (dim < 0 || dim >= type.getRank() || (dim == 0 && type.isDynamicDim(0)))
    return emitOpError("expected 'dim' to be a dimension of ")
           << type << " other than the batch, got " << dim << " (cumsum_c1)";
  return success();
}

FusionKind CumsumOp::getFusionKind() { return FusionKind::Reduction; }

int64_t CumsumOp::mapDimension(int64_t dimension, unsigned) {
  return dimension == static_cast<int64_t>(getDim()) ? kWholeOperand : dimension;
}

// What sort and top_k return: values and their places, `size` of them along `dim`.
static LogicalResult inferOrder(InferenceError error, RankedTensorType type, int64_t dim,
                                std::optional<int64_t> k, StringRef label,
                                SmallVectorImpl<Type> &results) {
  if (dim < 0 || dim >= type.getRank() || (dim == 0 && type.isDynamicDim(0)))
    return error() << "expected 'dim' to be a dimension of " << type
                   << " other than the batch, got " << dim << " (" << label << "_c1)";
  int64_t size = type.getDimSize(dim);
  if (k && (*k < 1 || (!ShapedType::isDynamic(size) && *k > size)))
    return error() << "expected 1 <= k <= " << DimText(size) << ", got " << *k << " (" << label
                   << "_c2)";
  SmallVector<int64_t> shape(type.getShape());
  shape[dim] = k.value_or(size);
  results.push_back(type.clone(shape));
  results.push_back(RankedTensorType::get(shape, IntegerType::get(type.getContext(), 64)));
  return success();
}

LogicalResult SortOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                       Adaptor adaptor, SmallVectorImpl<Type> &results) {
  return inferOrder({location, getOperationName()}, typeOf(adaptor.getX()), adaptor.getDim(),
                    std::nullopt, "sort", results);
}

FusionKind SortOp::getFusionKind() { return FusionKind::Reduction; }

int64_t SortOp::mapDimension(int64_t dimension, unsigned) {
  return dimension == static_cast<int64_t>(getDim()) ? kWholeOperand : dimension;
}

LogicalResult TopKOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                       Adaptor adaptor, SmallVectorImpl<Type> &results) {
  return inferOrder({location, getOperationName()}, typeOf(adaptor.getX()), adaptor.getDim(),
                    adaptor.getK(), "top_k", results);
}

FusionKind TopKOp::getFusionKind() { return FusionKind::Reduction; }

int64_t TopKOp::mapDimension(int64_t dimension, unsigned) {
  return dimension == static_cast<int64_t>(getDim()) ? kWholeOperand : dimension;
}
