// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the Indexing family computes.
#include "dialects/Weft/Weft.h"

#include <cmath>
#include <numeric>

using namespace mlir;
using namespace weft;

using Operands = ArrayRef<ReferenceTensor>;
using Results = SmallVectorImpl<ReferenceTensor>;

static Type getElementTypeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

static LogicalResult checkRange(Operation *op, const ReferenceTensor &indices, int64_t size,
                                StringRef label) {
  for (auto [position, index] : llvm::enumerate(indices.getInts()))
    if (index < 0 || index >= size)
      return op->emitOpError("expected index ")
             << position << " in [0, " << size << "), got " << index << " (" << label << ")";
  return success();
}

static InFlightDiagnostic emitShapeError(Operation *op, const ReferenceTensor &a,
                                         const ReferenceTensor &b) {
  return op->emitOpError("expected operands that agree, got shapes [")
         << a.getShape() << "] and [" << b.getShape() << "]";
}

//===----------------------------------------------------------------------===//
// embedding, embedding_gradient
//===----------------------------------------------------------------------===//

LogicalResult EmbeddingOp::evaluate(Operands operands, Results &results) {
  const ReferenceTensor &indices = operands[0], &weight = operands[1];
  if (failed(checkRange(*this, indices, weight.getDimSize(0), "embedding_c3")))
    return failure();
  int64_t width = weight.getDimSize(1);
  SmallVector<int64_t> shape(indices.getShape());
  shape.push_back(width);
  ReferenceTensor result(weight.getElementType(), shape);
  for (auto [position, index] : llvm::enumerate(indices.getInts()))
    for (int64_t d = 0; d < width; ++d)
      result.setFloat(position * width + d, weight.getFloat(index * width + d));
  results.push_back(std::move(result));
  return success();
}

LogicalResult EmbeddingGradientOp::evaluate(Operands operands, Results &results) {
  const ReferenceTensor &dy = operands[0], &indices = operands[1];
  int64_t width = dy.getShape().back(), rows = getNumEmbeddings();
  if (dy.getShape().drop_back() != indices.getShape())
    return emitShapeError(*this, dy, indices);
  if (failed(checkRange(*this, indices, rows, "embedding_c3")))
    return failure();
  ReferenceTensor result(dy.getElementType(), {rows, width});
  for (auto [position, index] : llvm::enumerate(indices.getInts())) {
    if (getPaddingIdx() && index == static_cast<int64_t>(*getPaddingIdx()))
      continue;
    for (int64_t d = 0; d < width; ++d) {
      int64_t to = index * width + d;
      result.setFloat(to, result.getFloat(to) + dy.getFloat(position * width + d));
    }
  }
  results.push_back(std::move(result));
  return success();
}

//===----------------------------------------------------------------------===//
// gather, scatter_sum, scatter_add
//===----------------------------------------------------------------------===//

// Calls `visit` with each position of the tensor with as many elements as there are indices along
// `dim`, and the position that its index means in the other, which has `size` along `dim`.
static void forEachIndexed(const ReferenceTensor &picked, const ReferenceTensor &index, int64_t dim,
                           int64_t size, function_ref<void(int64_t, int64_t)> visit) {
  int64_t inner = picked.getStrides()[dim], count = picked.getDimSize(dim);
  int64_t perIndex =
      std::max<int64_t>(1, picked.getNumElements() / std::max<int64_t>(1, index.getNumElements()));
  for (int64_t i = 0, e = picked.getNumElements(); i < e; ++i) {
    int64_t outer = i / (inner * count), rest = i % inner;
    visit(i, (outer * size + index.getInt(i / perIndex)) * inner + rest);
  }
}

LogicalResult GatherOp::evaluate(Operands operands, Results &results) {
  const ReferenceTensor &input = operands[0], &index = operands[1];
  int64_t dim = getDim(), size = input.getDimSize(dim);
  for (int64_t i = 0; i < index.getRank(); ++i)
    if (i != dim && index.getDimSize(i) != input.getDimSize(i))
      return emitShapeError(*this, input, index);
  if (failed(checkRange(*this, index, size, "gather_c3")))
    return failure();
  SmallVector<int64_t> shape(input.getShape());
  shape[dim] = index.getDimSize(dim);
  ReferenceTensor result(input.getElementType(), shape);
  forEachIndexed(result, index, dim, size, [&](int64_t position, int64_t from) {
    result.setFloat(position, input.getFloat(from));
  });
  results.push_back(std::move(result));
  return success();
}

// Adds each element of `src` to `result` at its index.
static LogicalResult scatterInto(Operation *op, ReferenceTensor &result, const ReferenceTensor &src,
                                 const ReferenceTensor &index, int64_t dim) {
  if (src.getShape().take_front(index.getRank()) != index.getShape())
    return emitShapeError(op, src, index);
  int64_t size = result.getDimSize(dim);
  if (failed(checkRange(op, index, size, "scatter_c4")))
    return failure();
  forEachIndexed(src, index, dim, size, [&](int64_t position, int64_t to) {
    result.setFloat(to, result.getFloat(to) + src.getFloat(position));
  });
  return success();
}

LogicalResult ScatterSumOp::evaluate(Operands operands, Results &results) {
  SmallVector<int64_t> shape(operands[0].getShape());
  shape[getDim()] = getSize();
  ReferenceTensor result(operands[0].getElementType(), shape);
  if (failed(scatterInto(*this, result, operands[0], operands[1], getDim())))
    return failure();
  results.push_back(std::move(result));
  return success();
}

LogicalResult ScatterAddOp::evaluate(Operands operands, Results &results) {
  ReferenceTensor result = operands[0];
  if (failed(scatterInto(*this, result, operands[2], operands[1], getDim())))
    return failure();
  results.push_back(std::move(result));
  return success();
}

//===----------------------------------------------------------------------===//
// check_index
//===----------------------------------------------------------------------===//

LogicalResult CheckIndexOp::evaluate(Operands operands, Results &results) {
  int64_t low = getLow(), high = getHigh();
  for (auto [position, index] : llvm::enumerate(operands[0].getInts()))
    if ((index < low || index >= high) && !(getIgnore() && index == int64_t(*getIgnore())))
      return emitOpError("expected index ")
             << position << " of " << getUser() << " in [" << low << ", " << high << "), got "
             << index << " (check_index_c2)";
  results.push_back(operands[0]);
  return success();
}

//===----------------------------------------------------------------------===//
// cumsum, sort, top_k
//===----------------------------------------------------------------------===//

LogicalResult CumsumOp::evaluate(Operands operands, Results &results) {
  ReferenceTensor result = operands[0];
  int64_t stride = result.getStrides()[getDim()], size = result.getDimSize(getDim());
  for (int64_t i = 0, e = result.getNumElements(); i < e; ++i) {
    // From the end of the line if reversed.
    int64_t position = getReverse() ? e - 1 - i : i;
    int64_t place = position / stride % size, before = getReverse() ? place + 1 : place - 1;
    if (before >= 0 && before < size)
      result.setFloat(position, result.getFloat(position) +
                                    result.getFloat(position + (before - place) * stride));
  }
  results.push_back(std::move(result));
  return success();
}

// The first `taken` elements along `dim` in order, and their places.
static void putInOrder(const ReferenceTensor &x, int64_t dim, int64_t taken, bool isDescending,
                       ReferenceTensor &values, ReferenceTensor &indices) {
  int64_t size = x.getDimSize(dim), stride = x.getStrides()[dim];
  for (int64_t first = 0, e = x.getNumElements(); first < e; ++first) {
    if (first / stride % size != 0)
      continue;
    auto at = [&](int64_t i) { return x.getFloat(first + i * stride); };
    auto isLess = [&](int64_t a, int64_t b) {
      return std::isnan(at(b)) ? !std::isnan(at(a)) : at(a) < at(b);
    };
    std::vector<int64_t> order(size);
    std::iota(order.begin(), order.end(), 0);
    llvm::stable_sort(
        order, [&](int64_t a, int64_t b) { return isDescending ? isLess(b, a) : isLess(a, b); });
    int64_t to = first / (stride * size) * stride * taken + first % stride;
    for (int64_t i = 0; i < taken; ++i) {
      values.setFloat(to + i * stride, at(order[i]));
      indices.setInt(to + i * stride, order[i]);
    }
  }
}

LogicalResult SortOp::evaluate(Operands operands, Results &results) {
  ReferenceTensor values = operands[0];
  ReferenceTensor indices(getElementTypeOf(getIndices()), values.getShape());
  putInOrder(operands[0], getDim(), values.getDimSize(getDim()), getDescending(), values, indices);
  results.push_back(std::move(values));
  results.push_back(std::move(indices));
  return success();
}

LogicalResult TopKOp::evaluate(Operands operands, Results &results) {
  const ReferenceTensor &x = operands[0];
  int64_t dim = getDim(), k = getK(), size = x.getDimSize(dim);
  if (k > size)
    return emitOpError("expected 1 <= k <= ") << size << ", got " << k << " (top_k_c2)";
  SmallVector<int64_t> shape(x.getShape());
  shape[dim] = k;
  ReferenceTensor values(x.getElementType(), shape), indices(getElementTypeOf(getIndices()), shape);
  putInOrder(x, dim, k, /*isDescending=*/true, values, indices);
  results.push_back(std::move(values));
  results.push_back(std::move(indices));
  return success();
}
