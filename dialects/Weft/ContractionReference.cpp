// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the Contraction family computes.
#include "dialects/Weft/Weft.h"

using namespace mlir;
using namespace weft;

// A matrix in memory, perhaps stored transposed.
namespace {
struct MatrixView {
  const ReferenceTensor &tensor;
  bool transposed;

  int64_t getRows() const { return tensor.getDimSize(tensor.getRank() - (transposed ? 1 : 2)); }
  int64_t getColumns() const { return tensor.getDimSize(tensor.getRank() - (transposed ? 2 : 1)); }
  double get(int64_t batch, int64_t row, int64_t column) const {
    int64_t inner = transposed ? column * getRows() + row : row * getColumns() + column;
    return tensor.getFloat(batch * getRows() * getColumns() + inner);
  }
};
} // namespace

static double dot(const MatrixView &a, const MatrixView &b, int64_t batch, int64_t row,
                  int64_t column) {
  double sum = 0;
  for (int64_t k = 0, end = a.getColumns(); k < end; ++k)
    sum += a.get(batch, row, k) * b.get(batch, k, column);
  return sum;
}

LogicalResult MatmulOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                 SmallVectorImpl<ReferenceTensor> &results) {
  MatrixView a{operands[0], getTransposeA()}, b{operands[1], getTransposeB()};
  ArrayRef<int64_t> batchShape = operands[0].getShape().drop_back(2);
  if (a.getColumns() != b.getRows() || batchShape != operands[1].getShape().drop_back(2))
    return emitOpError() << "expected operands that agree in batch and contracted dimensions, got ["
                         << operands[0].getShape() << "] and [" << operands[1].getShape() << "]";
  SmallVector<int64_t> shape(batchShape);
  shape.append({a.getRows(), b.getColumns()});
  ReferenceTensor result(getType().getElementType(), shape);
  int64_t position = 0;
  SmallVector<int64_t> index(shape.size(), 0);
  int64_t matrixSize = a.getRows() * b.getColumns();
  if (result.getNumElements() > 0) {
    do {
      int64_t row = index[index.size() - 2], column = index.back();
      result.setFloat(position, dot(a, b, position / matrixSize, row, column));
      ++position;
    } while (nextIndex(index, shape));
  }
  results.push_back(std::move(result));
  return success();
}

LogicalResult LinearOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                 SmallVectorImpl<ReferenceTensor> &results) {
  const ReferenceTensor &x = operands[0], &weight = operands[1];
  int64_t in = weight.getDimSize(1), out = weight.getDimSize(0);
  int64_t rows = 1;
  for (int64_t size : x.getShape().drop_back())
    rows *= size;
  ReferenceTensor flatX = x.reshaped({rows, in});
  MatrixView a{flatX, false}, b{weight, true};
  SmallVector<int64_t> shape(x.getShape());
  shape.back() = out;
  ReferenceTensor result(getType().getElementType(), shape);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < out; ++column)
      result.setFloat(row * out + column,
                      dot(a, b, 0, row, column) + (getBias() ? operands[2].getFloat(column) : 0.0));
  results.push_back(std::move(result));
  return success();
}
