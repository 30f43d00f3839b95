// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The CPU in the registry of targets.
#include "weft/Target/CPU/Kernels.h"
#include "weft/Target/TargetRegistry.h"

namespace weft::cpu {

void registerCpuTarget() {
  registerTarget(
      "cpu",
      [](const TargetOptions &options, std::string &error) -> std::unique_ptr<TargetInterface> {
        mlir::FailureOr<CpuTarget> target = CpuTarget::create(options.cpu, error);
        if (failed(target))
          return nullptr;
        KernelOptions kernelOptions;
        kernelOptions.tunedRows = options.tunedRows;
        return createCpuTarget(std::move(*target), kernelOptions);
      },
      registerCpuTargetDialects);
}

} // namespace weft::cpu
