// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a module in the LLVM dialect to a freestanding ELF image: no imports, relative relocations
// only, no constructors.
#ifndef WEFT_TARGET_CPU_OBJECTCODE_H
#define WEFT_TARGET_CPU_OBJECTCODE_H

#include "weft/Target/CPU/CpuTraits.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"

#include <memory>
#include <string>
#include <vector>

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace weft::cpu {

/// A processor to compile for.
class CpuTarget {
public:
  /// `cpu` is `native`, a level (x86-64-v2, x86-64-v3, x86-64-v4, aarch64) or a processor in LLVM's
  /// names (znver4, neoverse-n1). Fails, with a message in `error`, if LLVM does not know it.
  static mlir::FailureOr<CpuTarget> create(llvm::StringRef cpu, std::string &error);

  const std::string &getTriple() const { return triple; }
  /// LLVM's name; never `native`.
  const std::string &getCpu() const { return cpu; }
  /// All features of the processor, without a sign, sorted.
  const std::vector<std::string> &getFeatures() const { return features; }
  const CpuTraits &getTraits() const { return traits; }
  std::unique_ptr<llvm::TargetMachine> createMachine() const;

private:
  std::string triple;
  std::string cpu;
  std::string featureString;
  std::vector<std::string> features;
  CpuTraits traits;
};

struct Image {
  std::vector<char> bytes;
  /// Address of each entry point before relocation.
  std::vector<uint64_t> entries;
};

/// Compiles a module in the LLVM dialect. `entryPoints` are the functions that the image exports.
/// Emits an error at the module and fails if it needs a symbol that it does not define.
mlir::FailureOr<Image> compileToImage(mlir::ModuleOp module, const CpuTarget &target,
                                      llvm::ArrayRef<std::string> entryPoints);

} // namespace weft::cpu

#endif // WEFT_TARGET_CPU_OBJECTCODE_H
