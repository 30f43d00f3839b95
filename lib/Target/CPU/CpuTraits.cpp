// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CpuTraits of the levels that modules are built for, and of LLVM feature strings.
#include "weft/Target/CPU/CpuTraits.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/TargetParser/Triple.h"

namespace weft::cpu {

std::optional<CpuTraits> CpuTraits::forLevel(llvm::StringRef level) {
  if (level == "x86-64-v2")
    return CpuTraits{};
  if (level == "x86-64-v3")
    return fromFeatures("x86_64", "+avx,+avx2,+fma,+f16c");
  if (level == "x86-64-v4")
    return fromFeatures("x86_64", "+avx,+avx2,+fma,+f16c,+avx512f,+avx512bw,+avx512vl,+avx512dq");
  if (level == "aarch64")
    return fromFeatures("aarch64", "+neon");
  return std::nullopt;
}

CpuTraits CpuTraits::fromFeatures(llvm::StringRef triple, llvm::StringRef features) {
  llvm::StringSet<> enabled;
  llvm::SmallVector<llvm::StringRef> parts;
  features.split(parts, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (llvm::StringRef part : parts)
    if (part.consume_front("+"))
      enabled.insert(part);
    else if (part.consume_front("-"))
      enabled.erase(part);

  CpuTraits traits;
  if (llvm::Triple(triple).isAArch64()) {
    traits.vectorRegisters = 32;
    traits.hasFma = traits.hasF16Conversion = true;
    return traits;
  }
  traits.hasFma = enabled.contains("fma");
  traits.hasF16Conversion = enabled.contains("f16c");
  traits.hasMaskedMemory = enabled.contains("avx");
  if (enabled.contains("avx2") && traits.hasFma)
    traits.vectorBytes = 32;
  if (enabled.contains("avx512f") && enabled.contains("avx512vl") && enabled.contains("avx512bw")) {
    traits.vectorBytes = 64;
    traits.vectorRegisters = 32;
    traits.hasEmbeddedBroadcast = true;
    traits.hasAvx512Bf16 = enabled.contains("avx512bf16");
  }
  return traits;
}

} // namespace weft::cpu
