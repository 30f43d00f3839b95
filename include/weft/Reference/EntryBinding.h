// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Data for the arguments of a function at any phase: what stands for a parameter gets the
// parameter's value, what the caller brings is drawn from a seed.
#ifndef WEFT_REFERENCE_ENTRYBINDING_H
#define WEFT_REFERENCE_ENTRYBINDING_H

#include "dialects/Interfaces/LossOpInterface.h"
#include "weft/Reference/Interpreter.h"

namespace weft {

struct EntryOptions {
  int64_t rows = 2;  // size of dynamic dimensions
  uint64_t seed = 0; // of what is drawn
  // Ranges of arguments that hold indices, by place among those that the caller brings; what is
  // missing here is looked for in the function.
  llvm::SmallVector<std::optional<IndexRange>> indexRanges = {};
};

// The range of the indices that each argument that the caller brings holds, if an op that it
// reaches (through calls, too) says one. Decomposed ops do not: a caller that compares asks the
// function as it was before.
llvm::SmallVector<std::optional<IndexRange>> collectIndexRanges(mlir::func::FuncOp function);

// Makes one tensor per argument of `function`. Arguments with `weft.parameter` take the storage's
// value in their physical layout; optimizer state (non-negative) and the numbers of the step depend
// on their name; the others have their `case.value` or are drawn, the n-th of them the same in
// whatever function it stands. Indices are drawn from their range, found through calls. Fails after
// an error at the function.
llvm::LogicalResult bindArguments(mlir::func::FuncOp function, Interpreter &interpreter,
                                  const EntryOptions &options,
                                  llvm::SmallVectorImpl<ReferenceTensor> &arguments);

// Takes the results that are the new value of a parameter, buffer or state out of `results` and
// into the interpreter's storage, in their logical layout. Parameters and buffers have their own
// names there, optimizer state "state <name>", sums over micro-batches "sum <name>".
void storeResults(mlir::func::FuncOp function, Interpreter &interpreter,
                  llvm::SmallVectorImpl<ReferenceTensor> &results);

} // namespace weft

#endif
