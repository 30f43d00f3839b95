// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversions of bf16 and f16 where the processor has none.
#ifndef WEFT_LIB_TARGET_CPU_NARROWFLOATS_H
#define WEFT_LIB_TARGET_CPU_NARROWFLOATS_H

#include "weft/Target/CPU/CpuTraits.h"

#include <memory>

namespace mlir {
class Pass;
} // namespace mlir

namespace weft::cpu {

/// A pass on functions that replaces `arith.extf` and `arith.truncf` of bf16 and f16, which LLVM
/// would make calls of a library, by integer arithmetic.
std::unique_ptr<mlir::Pass> createExpandNarrowFloatsPass(const CpuTraits &traits);

} // namespace weft::cpu

#endif // WEFT_LIB_TARGET_CPU_NARROWFLOATS_H
