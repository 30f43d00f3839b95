// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loop nests of stages, vectorized where elements are neighbours in memory.
#ifndef WEFT_CODEGEN_STAGEEMITTER_H
#define WEFT_CODEGEN_STAGEEMITTER_H

#include "weft/Codegen/ElementEmitter.h"

namespace weft {

class StageEmitter {
public:
  /// `lanes` is the number of elements of a vector; 1: scalar code.
  StageEmitter(mlir::OpBuilder &builder, mlir::Location loc, const StagePlan &plan,
               StageMemory &memory, int64_t lanes)
      : builder(builder), loc(loc), plan(plan), memory(memory), lanes(lanes) {}

  /// The stage for the indices [begin, end) of the loop that is sliced, or, if none is, all of it.
  /// Contractions are not for it.
  void emit(const Stage &stage, mlir::Value begin, mlir::Value end);

private:
  class Nest;

  mlir::OpBuilder &builder;
  mlir::Location loc;
  const StagePlan &plan;
  StageMemory &memory;
  int64_t lanes;
};

/// The loop of an elementwise stage or a reduction that vectors can run along, or -1.
int64_t chooseVectorLoop(const StagePlan &plan, const Stage &stage);

} // namespace weft

#endif // WEFT_CODEGEN_STAGEEMITTER_H
