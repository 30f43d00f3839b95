// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Properties of stages that the emission of their loops depends on.
#ifndef WEFT_LIB_CODEGEN_STAGELOOPS_H
#define WEFT_LIB_CODEGEN_STAGELOOPS_H

#include "weft/Codegen/StagePlan.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace weft {

/// What the computation of a store's value reads, the value itself not being read even if it has
/// memory.
void forEachStoreRead(const StagePlan &plan, const StageStore &store, mlir::AffineMap identity,
                      llvm::function_ref<void(mlir::Value, mlir::AffineMap)> visitRead,
                      llvm::function_ref<void(mlir::Operation *, mlir::AffineMap)> visitOp);

/// How the lanes of a result of a reduction can be combined, if they can.
std::optional<mlir::vector::CombiningKind> getCombiningKind(mlir::linalg::GenericOp op,
                                                            unsigned result);

/// Whether the stage's loops can be one loop over all elements.
bool isFlat(const StagePlan &plan, const Stage &stage);

/// The result of `map` that is exactly loop `loop`, if no other depends on it.
std::optional<int64_t> positionOf(mlir::AffineMap map, int64_t loop);

} // namespace weft

#endif // WEFT_LIB_CODEGEN_STAGELOOPS_H
