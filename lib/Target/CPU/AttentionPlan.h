// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention and its gradient are computed one head of one sample at a time: a small function of
// primitives on matrices, whose scores never leave the cache.
#ifndef WEFT_LIB_TARGET_CPU_ATTENTIONPLAN_H
#define WEFT_LIB_TARGET_CPU_ATTENTIONPLAN_H

#include "weft/Target/TargetInterface.h"

namespace weft::cpu {

/// Where one head of one sample lies in a tensor of the dispatch. Offsets and strides in elements.
struct HeadSlice {
  int64_t perSample = 0;
  int64_t perHead = 0;
  llvm::SmallVector<int64_t> strides;
  /// The dimension of the slice that runs along queries, or -1.
  int64_t queries = -1;
};

/// How a dispatch of attention is cut in heads.
struct AttentionPlan {
  int64_t heads = 1;
  /// Samples of the dispatch.
  LinearSize samples;
  /// One for each argument and each result of the function; no strides for a number.
  llvm::SmallVector<HeadSlice> arguments;
  llvm::SmallVector<HeadSlice> results;
  /// The argument that counts samples from the beginning of the step, or -1 without dropout. The
  /// function of a head takes in its place the place of the head among all of the step.
  int64_t sampleOffset = -1;
  /// A bias that is the same for all samples, or all heads, has a gradient that is summed over
  /// them: a tile is all of these, one after the other.
  bool sumsSamples = false, sumsHeads = false;
  /// Then, the result that is summed. The function of a head has two arguments behind those of the
  /// dispatch: whether the head is the first of its tile (an i1), and the sum before it.
  int64_t summedResult = -1;

  bool sums() const { return summedResult >= 0; }
};

/// Whether the dispatch function is a single op of the family.
bool isAttention(mlir::func::FuncOp dispatch);

/// Adds the function of one head, in primitives, after `dispatch`. Its arguments and results are
/// those of the dispatch, cut to a head.
mlir::FailureOr<mlir::func::FuncOp> buildHeadFunction(mlir::func::FuncOp dispatch,
                                                      AttentionPlan &plan);

} // namespace weft::cpu

#endif // WEFT_LIB_TARGET_CPU_ATTENTIONPLAN_H
