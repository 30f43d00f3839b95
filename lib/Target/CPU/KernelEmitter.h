// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernel function of a planned dispatch function.
#ifndef WEFT_LIB_TARGET_CPU_KERNELEMITTER_H
#define WEFT_LIB_TARGET_CPU_KERNELEMITTER_H

#include "KernelPlan.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace weft::cpu {

/// Creates `func.func private @name(bindings..., rows, tile_begin, tile_end, scratch[, constants])`
/// in `module`: bindings are memrefs with identity layout, scratch and constants are bytes.
mlir::func::FuncOp emitKernel(mlir::ModuleOp module, const KernelPlan &plan,
                              const KernelInfo &info);

/// Creates `llvm.func @name(%args: !llvm.ptr)` of the kernel ABI, which calls a kernel function
/// lowered to the LLVM dialect. `type` is the kernel function's type before it was lowered, `body`
/// its symbol.
void emitEntryPoint(mlir::ModuleOp module, const KernelInfo &info, mlir::FunctionType type,
                    llvm::StringRef body);

} // namespace weft::cpu

#endif // WEFT_LIB_TARGET_CPU_KERNELEMITTER_H
