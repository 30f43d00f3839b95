// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program of one entry function: when its dispatches run and where its tensors lie.
#ifndef WEFT_SCHEDULE_ENTRYSCHEDULE_H
#define WEFT_SCHEDULE_ENTRYSCHEDULE_H

#include "dialects/Exec/Exec.h"
#include "dialects/Weft/Weft.h"
#include "weft/Target/TargetInterface.h"
#include "weft/Transforms/DependencyGraph.h"

#include "llvm/ADT/DenseSet.h"

#include <vector>

namespace weft {

class PersistentLayout;
class RowsAnalysis;

class EntrySchedule {
public:
  EntrySchedule(ModelOp model, mlir::func::FuncOp entry, mlir::ModuleOp kernels,
                const PersistentLayout &layout)
      : model(model), entry(entry), kernels(kernels), layout(layout) {}

  // Emits an error at what cannot be scheduled.
  mlir::LogicalResult compute();
  // Appends the `exec.program`.
  void emit(mlir::OpBuilder &builder);

  unsigned getNumCopies() const { return copies.size() + firstCopies.size(); }
  unsigned getNumBarriers() const { return numBarriers; }

private:
  struct Step {
    mutable DispatchOp op; // a handle: reading through it changes nothing
    KernelInfo kernel;
    unsigned level = 0;
  };
  // Memory of one or several values that are never there at once.
  struct Slot {
    exec::Space space = exec::Space::Fixed;
    int64_t offset = 0;
    LinearSize size;
    unsigned first = 0;
    unsigned last = 0;
    mlir::Value ssa;
  };
  struct Copy {
    unsigned source;
    unsigned target;
  };

  // The value whose memory `value` is: reshapes move nothing.
  static mlir::Value getRoot(mlir::Value value);
  mlir::LogicalResult collectSteps();
  void collectStorage();
  mlir::LogicalResult assignArguments(const RowsAnalysis &rows);
  mlir::LogicalResult assignResults(const RowsAnalysis &rows);
  // Whether the dispatch result `value` may be made right where `argument` lies.
  bool canUpdateInPlace(mlir::Value value, mlir::BlockArgument argument);
  mlir::LogicalResult placeUpdate(unsigned result, mlir::Value value, const RowsAnalysis &rows);
  // The slot of a result that does not persist.
  unsigned getOutputSlot(mlir::Value value, const RowsAnalysis &rows);
  unsigned addSlot(mlir::Value value, exec::Space space, int64_t offset, const RowsAnalysis &rows);
  unsigned getTransientSlot(mlir::Value value, const RowsAnalysis &rows);
  void computeLifeTimes();
  void placeTransients();
  void recordMultipliers(const RowsAnalysis &rows);
  void emitStep(mlir::OpBuilder &builder, const Step &step);

  ModelOp model;
  mlir::func::FuncOp entry;
  mlir::ModuleOp kernels;
  const PersistentLayout &layout;
  std::vector<Step> steps;
  DependencyGraph order; // of the steps
  llvm::DenseMap<mlir::Operation *, unsigned> stepOf;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<unsigned>> readersOf; // steps, by root
  llvm::DenseMap<mlir::Attribute, llvm::SmallVector<mlir::BlockArgument, 1>> argumentsOf;
  llvm::DenseSet<mlir::Attribute> replaced; // storage that gets new values
  llvm::DenseSet<mlir::Value> returnedRoots;
  llvm::SmallVector<Slot> slots;
  llvm::DenseMap<mlir::Value, unsigned> slotOf; // by root
  llvm::SmallVector<unsigned> inputs;
  llvm::SmallVector<unsigned> outputs;
  llvm::SmallVector<Copy> copies; // after all steps: new values that could not be made in place
  llvm::SmallVector<Copy> firstCopies; // before all steps: old values that are returned
  int64_t fixedBytes = 0;
  int64_t rowBytes = 0;
  unsigned numBarriers = 0;
};

} // namespace weft

#endif
