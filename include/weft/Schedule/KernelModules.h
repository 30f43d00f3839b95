// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How kernels are kept in the IR between `kernels` and `module`: one builtin module per processor,
// beside the model.
#ifndef WEFT_SCHEDULE_KERNELMODULES_H
#define WEFT_SCHEDULE_KERNELMODULES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace weft {

// "cpu", the kind of target that a module of kernels is for.
constexpr llvm::StringLiteral kKernelTargetAttr = "weft.target";
// "native", "x86-64-v3" ..., the processor.
constexpr llvm::StringLiteral kKernelProcessorAttr = "weft.cpu";

// The modules of kernels in a compilation, in the order in which they were asked for.
inline llvm::SmallVector<mlir::ModuleOp> getKernelModules(mlir::ModuleOp module) {
  llvm::SmallVector<mlir::ModuleOp> kernels;
  for (auto inner : module.getOps<mlir::ModuleOp>())
    if (inner->hasAttr(kKernelTargetAttr))
      kernels.push_back(inner);
  return kernels;
}

// A private function with a body: what a dispatch calls.
inline bool isDispatchFunction(mlir::func::FuncOp function) {
  return function.isPrivate() && !function.isExternal();
}

} // namespace weft

#endif
