// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where parameters, buffers and optimizer state lie in the persistent arena.
#ifndef WEFT_SCHEDULE_PERSISTENTLAYOUT_H
#define WEFT_SCHEDULE_PERSISTENTLAYOUT_H

#include "dialects/Weft/Weft.h"
#include "llvm/ADT/DenseMap.h"

#include <string>
#include <vector>

namespace weft {

// What persists from step to step.
struct PersistentVariable {
  enum class Kind { Parameter, Buffer, OptimizerState, GradientAccumulator };

  // Differs from that of all others of its kind.
  std::string name;
  Kind kind = Kind::Parameter;
  // As it lies in memory; `layout[i]` is the logical dimension that dimension i holds (empty:
  // identity).
  mlir::RankedTensorType type;
  llvm::SmallVector<int64_t> layout;
  // Bytes from the beginning of the arena.
  int64_t offset = 0;
  // The declaration of a parameter or buffer; null for state.
  mlir::Operation *declaration = nullptr;
  // State: the number of its parameter, or -1, and the optimizer's name for it ("exp_avg").
  int parameter = -1;
  std::string slot;
};

// Parameters that decay, parameters that do not, buffers, then state, each in the order of
// declaration, so that what an update treats alike is contiguous.
class PersistentLayout {
public:
  // Emits an error at a function whose arguments do not fit the model's declarations.
  static mlir::FailureOr<PersistentLayout> compute(ModelOp model);

  llvm::ArrayRef<PersistentVariable> getVariables() const { return variables; }
  int64_t getBytes() const { return bytes; }
  // By what getArgumentStorage gives; null if there is none.
  const PersistentVariable *lookup(mlir::Attribute storage) const;

private:
  void addDeclarations(ModelOp model);
  mlir::LogicalResult addLayoutsAndStates(mlir::func::FuncOp function);
  mlir::LogicalResult addState(mlir::func::FuncOp function, unsigned argument,
                               mlir::Attribute state);
  void assignOffsets();

  std::vector<PersistentVariable> variables;
  llvm::DenseMap<mlir::Attribute, size_t> byStorage;
  int64_t bytes = 0;
};

// What an argument or result of an entry function is stored as (its `weft.parameter` or
// `weft.state`), or null for one that does not persist.
mlir::Attribute getArgumentStorage(mlir::func::FuncOp function, unsigned argument);
mlir::Attribute getResultStorage(mlir::func::FuncOp function, unsigned result);

// Bytes of one element in memory; i1 takes one.
int64_t getElementBytes(mlir::Type elementType);

} // namespace weft

#endif
