// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the tensors of a dispatch function are while its kernel runs.
#ifndef WEFT_CODEGEN_STAGEMEMORY_H
#define WEFT_CODEGEN_STAGEMEMORY_H

#include "weft/Codegen/StagePlan.h"

#include "mlir/IR/Builders.h"

namespace weft {

/// The type that elements have in memory: i1 is kept in bytes, and bf16 and f16 are loaded and
/// stored as i16, because LLVM has few operations on vectors of them.
mlir::Type getMemoryElementType(mlir::Type elementType);
/// The memref of a tensor in memory, row-major.
mlir::MemRefType getMemoryType(mlir::RankedTensorType type);

/// A tensor's memory: all of it, or the current slice of it, which begins at `origin` of `axis`.
struct StagePlace {
  mlir::Value memref;
  int64_t axis = kNoAxis;
  mlir::Value origin = {};
};

class StageMemory {
public:
  explicit StageMemory(const StagePlan &plan) : plan(plan) {}

  /// The batch size, an index.
  void setRows(mlir::Value value) { rows = value; }

  /// The error word of the kernel, memref<i64>; needed where indices are guarded.
  void setErrorWord(mlir::Value value) { errorWord = value; }
  mlir::Value getErrorWord() const { return errorWord; }

  /// Arguments and results are parts of larger tensors: their rows are not one after the other.
  void setStrided() { strided = true; }
  bool isStrided() const { return strided; }

  /// The memory of an argument or a table.
  void setArgument(mlir::Value argument, mlir::Value memref) { arguments[argument] = memref; }
  void setResult(unsigned number, mlir::Value memref) { results[number] = memref; }
  mlir::Value getResult(unsigned number) const { return results.lookup(number); }
  /// The memory of a scratch buffer: all of it, or one slice.
  void setScratch(mlir::Value value, mlir::Value memref) { scratch[value] = memref; }
  /// Where the current slice begins; null if nothing is sliced.
  void setOrigin(mlir::Value value) { origin = value; }

  /// The memory of an argument or a buffer, or of a view of one, under the view's shape.
  StagePlace find(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value) const;
  /// All places where a buffer is to be written.
  llvm::SmallVector<StagePlace> findTargets(mlir::OpBuilder &builder, mlir::Location loc,
                                            const StageBuffer &buffer) const;

  /// A size as an index value.
  mlir::Value size(mlir::OpBuilder &builder, mlir::Location loc, LinearSize size) const;

private:
  mlir::Value viewAs(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value memref,
                     mlir::Value shapeOf, int64_t outermost) const;

  const StagePlan &plan;
  mlir::Value rows, errorWord;
  bool strided = false;
  mlir::Value origin;
  llvm::DenseMap<mlir::Value, mlir::Value> arguments;
  llvm::DenseMap<unsigned, mlir::Value> results;
  llvm::DenseMap<mlir::Value, mlir::Value> scratch;
};

} // namespace weft

#endif // WEFT_CODEGEN_STAGEMEMORY_H
