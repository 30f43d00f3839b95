// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradients of functions against central differences.
#ifndef WEFT_REFERENCE_GRADIENTCHECK_H
#define WEFT_REFERENCE_GRADIENTCHECK_H

#include "weft/Reference/Interpreter.h"

namespace weft {

struct GradientCheckOptions {
  double tolerance = 1e-7; // relative to the largest element of an argument's gradient
  uint64_t seed = 0;       // of the cotangents
  unsigned order = 1;      // 2: the gradient of the gradient function too
};

// Builds, beside `function`, a private function of its arguments and of one cotangent per
// floating-point result, which returns the gradient of each floating-point argument that the
// results depend on; `wrt` receives these arguments' numbers. Fails after an error at an op that
// has no gradient.
llvm::FailureOr<mlir::func::FuncOp> buildGradientFunction(mlir::func::FuncOp function,
                                                          llvm::SmallVectorImpl<unsigned> &wrt);

// Compares the gradient of `function` at `inputs`, contracted with random cotangents, with central
// differences in double precision. Reads of parameters take `interpreter`'s values. Adds the number
// of compared arguments to `numChecked`. Fails after an error at the function or at one of its ops.
llvm::LogicalResult checkGradient(mlir::func::FuncOp function, Interpreter &interpreter,
                                  llvm::ArrayRef<ReferenceTensor> inputs,
                                  const GradientCheckOptions &options, unsigned &numChecked);

} // namespace weft

#endif
