// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The targets that this program was built with, by name.
#ifndef WEFT_TARGET_TARGETREGISTRY_H
#define WEFT_TARGET_TARGETREGISTRY_H

#include "llvm/ADT/StringRef.h"

#include <functional>
#include <memory>
#include <string>

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace weft {

class TargetInterface;

/// What to compile for.
struct TargetOptions {
  /// Kind of target: "cpu".
  std::string kind = "cpu";
  /// Processor: `native`, a level such as x86-64-v3, or a name that LLVM knows.
  std::string cpu = "native";
  /// Batch size that code is tuned for.
  int64_t tunedRows = 64;
};

/// Makes a target, or null with the reason in `error`.
using TargetFactory =
    std::function<std::unique_ptr<TargetInterface>(const TargetOptions &, std::string &error)>;

/// `registerDialects` adds the dialects that the target's kernels are written in.
void registerTarget(llvm::StringRef kind, TargetFactory factory,
                    std::function<void(mlir::DialectRegistry &)> registerDialects);

/// The dialects that the kernels of all registered targets are written in.
void registerTargetDialects(mlir::DialectRegistry &registry);

/// Null, with the reason in `error`, if the kind is not registered or does not know the processor.
std::unique_ptr<TargetInterface> createTarget(const TargetOptions &options, std::string &error);

} // namespace weft

#endif // WEFT_TARGET_TARGETREGISTRY_H
