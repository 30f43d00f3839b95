// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random valid models, to try passes and code generation on.
#ifndef WEFT_REFERENCE_RANDOMGRAPH_H
#define WEFT_REFERENCE_RANDOMGRAPH_H

#include "mlir/IR/BuiltinOps.h"

namespace weft {

class ModelOp;

struct RandomModelOptions {
  uint64_t seed = 0;
  unsigned size = 12;  // number of random steps, each of one op or a few
  bool smooth = false; // only functions whose derivatives exist everywhere
  // If not 0: dimensions of up to a million, in tensors of up to so many elements for a batch of
  // `batch`, and with them parameters of one to three dimensions that only the loss reads.
  int64_t maxElements = 0;
  int64_t batch = 64;
};

// Appends a model @random to `module`: parameters, @logits of a batch of vectors, and @loss of them
// and of labels or targets; a wide one has only @loss, of two batches of vectors. The same options
// give the same model.
ModelOp buildRandomGraph(mlir::ModuleOp module, const RandomModelOptions &options);

} // namespace weft

#endif
