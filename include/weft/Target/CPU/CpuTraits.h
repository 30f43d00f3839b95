// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What code generation needs to know of a CPU: widths and counts, never a model name.
#ifndef WEFT_TARGET_CPU_CPUTRAITS_H
#define WEFT_TARGET_CPU_CPUTRAITS_H

#include <cstdint>
#include <optional>

namespace llvm {
class StringRef;
} // namespace llvm

namespace weft::cpu {

/// The properties of an instruction set that shape generated code.
struct CpuTraits {
  /// Bytes of the widest vector register that code should use.
  int64_t vectorBytes = 16;
  /// Architectural vector registers.
  int64_t vectorRegisters = 16;
  /// Whether a multiply-add is one instruction.
  bool hasFma = false;
  /// Whether loads and stores can be masked by a register (otherwise LLVM expands them to
  /// branches).
  bool hasMaskedMemory = false;
  /// Whether an operand broadcast from memory is part of the multiply-add (AVX-512).
  bool hasEmbeddedBroadcast = false;
  /// Whether f16 converts to f32 in one instruction; without it LLVM would call a library.
  bool hasF16Conversion = false;
  /// Whether `x86vector.avx512.dot` may be used. LLVM aborts on it where it is missing.
  bool hasAvx512Bf16 = false;

  /// How many values of `bits` bits a vector holds.
  int64_t lanes(unsigned bits) const { return vectorBytes * 8 / bits; }

  /// The traits of a level: "x86-64-v2", "x86-64-v3", "x86-64-v4" or "aarch64".
  static std::optional<CpuTraits> forLevel(llvm::StringRef level);

  /// The traits of an LLVM triple's architecture and feature string ("+avx2,+fma,...").
  static CpuTraits fromFeatures(llvm::StringRef triple, llvm::StringRef features);
};

} // namespace weft::cpu

#endif // WEFT_TARGET_CPU_CPUTRAITS_H
