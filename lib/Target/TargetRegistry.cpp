// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Targets by name.
#include "weft/Target/TargetRegistry.h"
#include "weft/Target/TargetInterface.h"

#include <map>

namespace weft {

namespace {
struct RegisteredTarget {
  TargetFactory factory;
  std::function<void(mlir::DialectRegistry &)> registerDialects;
};
} // namespace

// Filled once by each program's main function, before anything reads it.
static std::map<std::string, RegisteredTarget> &getTargets() {
  static std::map<std::string, RegisteredTarget> targets;
  return targets;
}

void registerTarget(llvm::StringRef kind, TargetFactory factory,
                    std::function<void(mlir::DialectRegistry &)> registerDialects) {
  getTargets()[kind.str()] = {std::move(factory), std::move(registerDialects)};
}

void registerTargetDialects(mlir::DialectRegistry &registry) {
  for (const auto &[kind, target] : getTargets())
    target.registerDialects(registry);
}

std::unique_ptr<TargetInterface> createTarget(const TargetOptions &options, std::string &error) {
  auto found = getTargets().find(options.kind);
  if (found != getTargets().end())
    return found->second.factory(options, error);
  error = "unknown target '" + options.kind + "', expected one of:";
  for (const auto &[kind, target] : getTargets())
    error += " " + kind;
  return nullptr;
}

} // namespace weft
