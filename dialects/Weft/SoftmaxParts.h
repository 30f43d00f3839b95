// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What softmax, its logarithm and cross entropy have in common. All build it in the same words, so
// that it is computed once per row.
#ifndef WEFT_DIALECT_SOFTMAXPARTS_H
#define WEFT_DIALECT_SOFTMAXPARTS_H

#include "dialects/Weft/GraphBuilder.h"

namespace weft {

struct SoftmaxParts {
  mlir::Value shifted;      // x - max over dim of x
  mlir::Value exponentials; // exp(shifted)
  mlir::Value sum;          // sum over dim of exponentials; dim is dropped
};

SoftmaxParts buildSoftmaxParts(GraphBuilder &g, mlir::Value x, int64_t dim);

} // namespace weft

#endif
