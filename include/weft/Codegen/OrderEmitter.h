// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops of stages that order the elements of lines: weft.sort and weft.top_k.
#ifndef WEFT_CODEGEN_ORDEREMITTER_H
#define WEFT_CODEGEN_ORDEREMITTER_H

#include "weft/Codegen/StageMemory.h"

namespace weft {

/// Bytes of scratch memory that a stage needs, aligned to 64.
int64_t getOrderScratchBytes(const StagePlan &plan, const Stage &stage, int64_t lanes);

/// The stage for the indices [begin, end) of the loop that is sliced, or, if none is, all of it.
/// `scratch` is memref<?xi8>, of which the first bytes are used.
void emitOrder(mlir::OpBuilder &builder, mlir::Location loc, const StagePlan &plan,
               const StageMemory &memory, const Stage &stage, mlir::Value begin, mlir::Value end,
               mlir::Value scratch, int64_t lanes);

} // namespace weft

#endif // WEFT_CODEGEN_ORDEREMITTER_H
