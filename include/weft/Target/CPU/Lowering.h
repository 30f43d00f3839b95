// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From memref-level kernel functions to the LLVM dialect.
#ifndef WEFT_TARGET_CPU_LOWERING_H
#define WEFT_TARGET_CPU_LOWERING_H

#include <memory>

namespace mlir {
class OpPassManager;
class Pass;
} // namespace mlir

namespace weft::cpu {

struct KernelLoweringOptions {
  /// Enables the x86vector dialect; set it only if the kernels use it (AVX-512 bf16 dot products).
  bool useX86Vector = false;
};

/// Adds the passes that lower `func`, `scf`, `memref`, `vector`, `arith`, `math` to the LLVM
/// dialect. The pass manager must be one of a `builtin.module`. No call of a math library is left
/// behind; buffers are expected to be arguments or views of them (`memref.alloc` would
/// become a call of malloc).
void buildKernelLoweringPipeline(mlir::OpPassManager &pm,
                                 const KernelLoweringOptions &options = {});

/// Replaces `math` functions of f32 (and narrower types, through f32), and `sin`, `cos` and `powf`
/// of f64, by arithmetic. Where there are sines, the module must have the function that large
/// angles are left to.
std::unique_ptr<mlir::Pass> createApproximateMathPass();

} // namespace weft::cpu

#endif // WEFT_TARGET_CPU_LOWERING_H
