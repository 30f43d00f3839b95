// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a dispatch function, converted to linalg, is computed by loops: which tensors are kept in
// memory, which loop nests (stages) write them, which of these belong together (parts), and along
// which dimension a part can be cut in independent slices. All else is computed where it is read.
#ifndef WEFT_CODEGEN_STAGEPLAN_H
#define WEFT_CODEGEN_STAGEPLAN_H

#include "weft/Target/TargetInterface.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AffineMap.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>
#include <vector>

namespace weft {

constexpr int64_t kNoAxis = -1;

/// A tensor that a part keeps in memory: in the memory of results, or in scratch memory.
struct StageBuffer {
  mlir::Value value;
  /// Results of the function that this is (reshaped, maybe); all are written, the first is read.
  llvm::SmallVector<unsigned, 1> results;
  /// The dimension that is sliced.
  int64_t axis = kNoAxis;

  bool isScratch() const { return results.empty(); }
};

/// What a stage writes: `value`, at the loops in order, goes to element `map` (of the loops) of a
/// buffer.
struct StageStore {
  mlir::Value value;
  /// Number of the buffer.
  unsigned buffer = 0;
  mlir::AffineMap map;
  /// Written instead of `value` if present.
  mlir::TypedAttr constant;
};

/// A loop nest.
struct Stage {
  enum class Kind {
    Elementwise, // all loops parallel; stores are computed side by side
    Reduction,   // `op` is a linalg.generic
    Contraction, // `op` is a weft.matmul; loops are batch..., row, column, contracted
    Order,       // `op` is a weft.sort or weft.top_k; loops are its operand's dimensions
  };

  /// When it runs if its part is run in blocks of a dimension, one after the other.
  enum class Phase {
    Before, // once, before the blocks
    Block,  // for each block, its slice
    Sum,    // for each block, which adds to a sum over the dimension
    After,  // once, after the blocks
  };

  Kind kind = Kind::Elementwise;
  Phase phase = Phase::Block;
  mlir::Operation *op = nullptr;
  llvm::SmallVector<LinearSize> extents;
  /// Which loops are combined.
  llvm::SmallVector<bool> isReduction;
  llvm::SmallVector<StageStore> stores;
  /// The loop that is sliced; of a sum over blocks, one that is combined.
  int64_t axis = kNoAxis;

  int64_t getNumLoops() const { return extents.size(); }
};

/// Stages that depend on each other, in order.
struct StagePart {
  std::vector<Stage> stages;
  /// What the slices are slices of, if the part can be sliced.
  std::optional<LinearSize> axisExtent;
  /// Whether some stages are not sliced but run for each slice: they have no axis.
  bool hasWholeStages = false;
};

class StagePlan {
public:
  /// Plans a function of linalg and tensor ops (and weft.matmul). Emits an error where an op is not
  /// supported.
  static mlir::FailureOr<StagePlan> create(mlir::func::FuncOp function);

  mlir::func::FuncOp getFunction() const { return function; }
  llvm::ArrayRef<StagePart> getParts() const { return parts; }
  llvm::MutableArrayRef<StagePart> getParts() { return parts; }
  const StageBuffer &getBuffer(unsigned number) const { return buffers[number]; }
  unsigned getNumBuffers() const { return buffers.size(); }
  unsigned getNumber(const StageBuffer &buffer) const { return &buffer - buffers.data(); }

  /// The buffer that holds `value`, if it is kept in memory (not an argument).
  const StageBuffer *findBuffer(mlir::Value value) const;
  /// The tensor whose memory `value` is a view of: an argument, a table or a buffer's value. Null
  /// if `value` is computed where it is read.
  mlir::Value getStorage(mlir::Value value) const;

  /// Size of a dimension of a tensor of the function.
  LinearSize getSize(mlir::Value value, int64_t dimension) const;
  llvm::SmallVector<LinearSize> getSizes(mlir::Value value) const;

  /// Calls `visit` for each tensor in memory that the stage reads, with the map from the stage's
  /// loops to its elements. Views are visited as what they are views of, under their own shape:
  /// `visit(view, map)`.
  void forEachRead(const Stage &stage,
                   llvm::function_ref<void(mlir::Value, mlir::AffineMap)> visit) const;
  /// The same of one value, pulled at `map`; `visitOp` sees the ops that are computed on the way,
  /// if given.
  void forEachRead(mlir::Value value, mlir::AffineMap map,
                   llvm::function_ref<void(mlir::Value, mlir::AffineMap)> visit,
                   llvm::function_ref<void(mlir::Operation *, mlir::AffineMap)> visitOp = {}) const;

  /// The same of the op's computation, whose loops are at `map`.
  void forEachInput(mlir::Operation *op, mlir::AffineMap map,
                    llvm::function_ref<void(mlir::Value, mlir::AffineMap)> visit,
                    llvm::function_ref<void(mlir::Operation *, mlir::AffineMap)> visitOp) const;

  /// Whether only elementwise work over the contraction's result follows it, so that it can be done
  /// while the result is in registers.
  bool isRegisterEpilogue(const StagePart &part) const;

private:
  friend class StagePlanner;
  friend class AxisSolver;
  friend class BlockSolver;

  mlir::func::FuncOp function;
  std::vector<StageBuffer> buffers;
  llvm::DenseMap<mlir::Value, unsigned> bufferOf;
  std::vector<StagePart> parts;
};

/// Where `extract`, in the body of a generic op whose loops are at `map`, reads its tensor: a
/// symbol stands for an index that data gives.
mlir::AffineMap getExtractMap(mlir::tensor::ExtractOp extract, mlir::AffineMap map);

/// Whether the value is a constant with different elements, which is kept in memory.
bool isTable(mlir::Value value);

/// How many rows per batch row dimension 0 of a tensor has, if it is dynamic.
int64_t getRowsPerBatchRow(mlir::Value value);

/// Finds, for each part, a loop of each stage such that slices along it are independent, and sets
/// the axes. Small stages that only others of the part need may run whole for each slice, if there
/// is no other way. Returns false if some part has none.
bool solveAxes(StagePlan &plan, std::string &reason);

/// Finds how a part can be run in blocks along dimension `dimension` of result `result`, one block
/// after the other: slices are independent but for products that sum over the dimension. Sets axes
/// and phases, and orders stages by phase. Returns false, and leaves the part whole, if it cannot.
bool solveBlocks(StagePlan &plan, StagePart &part, unsigned result, int64_t dimension,
                 std::string &reason);

} // namespace weft

#endif // WEFT_CODEGEN_STAGEPLAN_H
