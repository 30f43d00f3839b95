// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a loss that keeps statistics of batches means in evaluation.
#ifndef WEFT_LIB_TRANSFORMS_EVALUATIONFORM_H
#define WEFT_LIB_TRANSFORMS_EVALUATIONFORM_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseSet.h"

namespace weft {

/// Whether `loss` is computed from a reduction over the batch that a new value of a buffer comes
/// from, too.
bool sharesBatchStatistics(mlir::Value loss, mlir::ValueRange buffers);

/// The ops of a block up to `end` compute a loss, those behind it `predictions`, which stand for
/// what the loss computes but for statistics of the batch in place of `kept`, values of buffers.
/// Where that is so, the loss gets the predictions instead: they are moved in front of it. Returns
/// whether it was so for any of them.
bool usePredictions(mlir::Operation *end, mlir::ValueRange predictions,
                    const llvm::DenseSet<mlir::Value> &kept);

} // namespace weft

#endif
