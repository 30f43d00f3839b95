// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tensor of the reference interpreter: floating-point elements in double precision, integers
// (i1 included) as int64_t, row-major.
#ifndef WEFT_INTERFACES_REFERENCETENSOR_H
#define WEFT_INTERFACES_REFERENCETENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <vector>

namespace weft {

class ReferenceTensor {
public:
  ReferenceTensor() = default;
  // Zeros. `shape` has no dynamic dimension.
  ReferenceTensor(mlir::Type elementType, llvm::ArrayRef<int64_t> shape);
  // A static tensor's constant value.
  static ReferenceTensor fromAttribute(mlir::DenseElementsAttr value);

  mlir::Type getElementType() const { return elementType; }
  bool isFloat() const { return llvm::isa<mlir::FloatType>(elementType); }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  int64_t getRank() const { return static_cast<int64_t>(shape.size()); }
  int64_t getDimSize(int64_t dimension) const { return shape[dimension]; }
  int64_t getNumElements() const;

  // Element by row-major position. The float accessors need a float element type, the int ones an
  // integer.
  double getFloat(int64_t position) const { return floats[position]; }
  void setFloat(int64_t position, double value) { floats[position] = value; }
  int64_t getInt(int64_t position) const { return ints[position]; }
  void setInt(int64_t position, int64_t value) { ints[position] = value; }
  std::vector<double> &getFloats() { return floats; }
  const std::vector<double> &getFloats() const { return floats; }
  std::vector<int64_t> &getInts() { return ints; }
  const std::vector<int64_t> &getInts() const { return ints; }

  // Row-major strides, in elements.
  llvm::SmallVector<int64_t> getStrides() const;
  // The same elements under another shape of as many elements.
  ReferenceTensor reshaped(llvm::ArrayRef<int64_t> newShape) const;
  // Each float rounded to the element type (f32, bf16 ...), each integer wrapped to its width.
  void roundToElementType();
  // As a constant of the tensor's own (static) type, rounded.
  mlir::DenseElementsAttr toAttribute() const;

private:
  mlir::Type elementType;
  llvm::SmallVector<int64_t> shape;
  std::vector<double> floats;
  std::vector<int64_t> ints;
};

// Advances a multi-index over `shape` in row-major order; false after the last one.
bool nextIndex(llvm::MutableArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape);

} // namespace weft

#endif
