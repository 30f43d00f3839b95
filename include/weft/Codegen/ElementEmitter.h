// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code for one element, or a vector of neighbouring elements, of a tensor value: the value is
// computed from what is in memory, each op by the body of its linalg op. What does not depend on a
// loop is computed outside of it.
#ifndef WEFT_CODEGEN_ELEMENTEMITTER_H
#define WEFT_CODEGEN_ELEMENTEMITTER_H

#include "weft/Codegen/StageMemory.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/IRMapping.h"

#include <functional>
#include <map>

namespace weft {

class GuardedIndexOp;
class RandomWordOp;

/// By how much `expr` grows from lane to lane if loop `loop` runs over the lanes; nothing if it is
/// not linear.
std::optional<int64_t> getLaneStride(mlir::AffineExpr expr, int64_t loop);

/// Whether vectors along loop `loop` can read or write at `map`: elements are neighbours, or all
/// the same.
bool isVectorAccess(mlir::AffineMap map, int64_t loop);

class ElementEmitter {
public:
  ElementEmitter(mlir::OpBuilder &builder, mlir::Location loc, const StagePlan &plan,
                 const StageMemory &memory, int64_t numLoops);

  /// Begins a level of loops: loop `loops[i]` has index `indices[i]`. Code that depends on these
  /// loops and outer ones only is placed where the builder is now, or, if not `anchored`, always
  /// where the builder is.
  void pushLevel(llvm::ArrayRef<int64_t> loops, mlir::ValueRange indices, bool anchored = true);
  void popLevel();

  /// From here on, the loop's index is that of the first of `lanes` lanes, of which those in `mask`
  /// exist (all if null).
  void setVectorLoop(int64_t loop, int64_t lanes) { vectorLoop = loop, this->lanes = lanes; }
  void setMask(mlir::Value value) { mask = value; }
  mlir::Value getMask() const { return mask; }
  /// All loops are one, over the elements in row-major order; `innerElements` of them for each
  /// index of dimension 0.
  void setFlat(int64_t innerElements) { flatInner = innerElements; }

  /// Loads what is neither in a loop of the vector nor in an inner one; null: not handled. For code
  /// that shares such loads.
  using LoadHook = std::function<mlir::Value(mlir::Value memref, mlir::AffineMap map)>;
  void setLoadHook(LoadHook hook) { loadHook = std::move(hook); }

  /// The value of the tensor at `map` of the loops: a vector if that depends on the vector loop,
  /// else a scalar.
  mlir::Value pull(mlir::Value tensor, mlir::AffineMap map);
  /// The same, computed although the tensor has memory; later pulls see it.
  mlir::Value produce(mlir::Value tensor, mlir::AffineMap map);
  /// Says what the tensor's value is at `map`.
  void bind(mlir::Value tensor, mlir::AffineMap map, mlir::Value value);

  /// Results of the body of a generic op whose loops are at `map`.
  llvm::SmallVector<mlir::Value> cloneBody(mlir::linalg::GenericOp op, mlir::ValueRange arguments,
                                           mlir::AffineMap map);
  void store(mlir::Value value, const StageBuffer &buffer, mlir::AffineMap map);

  /// A scalar repeated in all lanes; a vector as it is.
  mlir::Value broadcast(mlir::Value value);
  bool isVector(mlir::AffineMap map) const;

private:
  struct Level {
    /// Code goes before it; null: where the builder is.
    mlir::Operation *anchor = nullptr;
    std::map<std::pair<const void *, const void *>, mlir::Value> values;
  };

  Level &levelOf(mlir::AffineMap map);
  void setInsertionPoint(const Level &level);
  mlir::Value compute(mlir::Value tensor, mlir::AffineMap map);
  mlir::Value load(mlir::Value tensor, mlir::AffineMap map);
  mlir::Value loadAt(mlir::Value memref, mlir::ValueRange indices, bool isVector);
  /// What the op, in the body of a generic op whose loops are at `map`, reads.
  mlir::Value loadExtracted(mlir::tensor::ExtractOp extract, const mlir::IRMapping &mapping,
                            mlir::AffineMap map);
  mlir::Value fromMemoryType(mlir::Value value, mlir::Type element);
  mlir::Value toMemoryType(mlir::Value value);
  llvm::SmallVector<mlir::Value> indicesOf(StagePlace &place, mlir::AffineMap map);
  mlir::Value indexOf(mlir::AffineExpr expr);
  mlir::Value indexVectorOf(mlir::AffineExpr expr);
  mlir::Value cloneOp(mlir::Operation &op, mlir::IRMapping &mapping);
  /// Writes the error word if an element that exists is out of range.
  void guard(GuardedIndexOp op, mlir::Value index);
  mlir::Value drawWords(RandomWordOp op, const mlir::IRMapping &mapping, mlir::AffineMap map);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  const StagePlan &plan;
  const StageMemory &memory;
  llvm::SmallVector<mlir::Value> loopIndices;
  llvm::SmallVector<int64_t> loopLevels;
  std::vector<Level> levels;
  int64_t vectorLoop = -1;
  int64_t lanes = 1;
  int64_t flatInner = 0;
  mlir::Value mask;
  LoadHook loadHook;
};

} // namespace weft

#endif // WEFT_CODEGEN_ELEMENTEMITTER_H
