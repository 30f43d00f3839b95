// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a scheduled compilation to the bytes of a `.weft` file.
#ifndef WEFT_MODULE_MODULEWRITER_H
#define WEFT_MODULE_MODULEWRITER_H

#include "mlir/IR/BuiltinOps.h"

#include <string>
#include <vector>

namespace weft {

struct ModuleOptions {
  // The graph IR that the module was compiled from, kept for users who inspect it.
  std::string source;
  // Batch size that code is tuned for.
  int64_t tunedRows = 64;
  bool clipsGradients = false;
  // The bound of clipping where a run names none; 0: there is none.
  double maxGradNorm = 0;
  double labelSmoothing = 0; // compiled into the losses
  bool accumulatesGradients = false;
};

// Compiles the kernels, which are consumed, and writes header and FlatBuffer. Expects one model,
// its modules of kernels and its programs, as the phase `schedule` leaves them; emits an error
// otherwise.
mlir::FailureOr<std::vector<char>> buildModuleFile(mlir::ModuleOp module,
                                                   const ModuleOptions &options);

} // namespace weft

#endif
