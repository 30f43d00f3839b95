// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The CPU as a target: dispatch functions to kernels, kernels to one image.
#ifndef WEFT_TARGET_CPU_KERNELS_H
#define WEFT_TARGET_CPU_KERNELS_H

#include "weft/Target/CPU/ObjectCode.h"
#include "weft/Target/TargetInterface.h"

#include <memory>

namespace weft::cpu {

struct KernelOptions {
  /// Batch size that code is tuned for; any other gives correct results.
  int64_t tunedRows = 64;
};

/// The dialects that the target's kernels are written in, and their translation to LLVM.
void registerCpuTargetDialects(mlir::DialectRegistry &registry);

/// Makes "cpu" known to createTarget.
void registerCpuTarget();

std::unique_ptr<TargetInterface> createCpuTarget(CpuTarget target, KernelOptions options = {});

} // namespace weft::cpu

#endif // WEFT_TARGET_CPU_KERNELS_H
