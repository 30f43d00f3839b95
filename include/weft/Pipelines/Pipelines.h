// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The phases of a compilation, in order, and the passes of each. Read this first.
#ifndef WEFT_PIPELINES_PIPELINES_H
#define WEFT_PIPELINES_PIPELINES_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace weft {

/// What has happened to a model. Each phase prints IR that parses again and from which compilation
/// goes on.
enum class Phase {
  Input,       ///< parsed, verified
  Flat,        ///< calls inlined, parameters made arguments and results, random ops numbered
  Specialized, ///< every named dimension but the batch bound, one copy of each entry per bucket
  Training,    ///< differentiated, optimizer added: @train_step, @eval_step, @predict
  Optimized,   ///< primitives only, simplified, layouts chosen
  Dispatch,    ///< ops grouped in fused regions, equal regions shared
  Kernels,     ///< each region lowered to one kernel per target
  Schedule,    ///< an exec.program per entry over a planned arena
  Module,      ///< the .weft file
};

/// "input", "flat" ...
llvm::StringRef getPhaseName(Phase phase);
std::optional<Phase> parsePhase(llvm::StringRef name);

/// What shapes the compiled code. Numbers of a run (learning rate, clipping bound ...) are not
/// here.
struct CompileOptions {
  /// `sgd`, `adam`, `adamw`, or an attribute such as `#weft.sgd<momentum = 0.9>`; empty: the
  /// model's own.
  std::string optimizer;
  /// Sizes of named dimensions: `seq=16:128:16`, `seq=16,32,64`, `batch=64` (the size that code is
  /// tuned for).
  llvm::SmallVector<std::string> binds;
  /// Compile the batch in: for models whose shapes are not a multiple of it.
  bool staticBatch = false;
  /// Clip gradients by their global norm; the step then returns that norm.
  bool clipGradients = false;
  /// Also build @accumulate_step and @apply_step.
  bool accumulateGradients = false;
  /// Primitives with a decomposition that the target has kernels for as a whole, such as
  /// `weft.attention`.
  llvm::SmallVector<std::string> keptOps = {"weft.attention", "weft.attention_gradient"};
  /// Kind of target.
  std::string target = "cpu";
  /// Processors to make kernels for: `native`, x86-64-v3 ...; empty: `native`. The first one
  /// decides what is fused.
  llvm::SmallVector<std::string> processors;
};

/// The batch size that code is tuned for: what `binds` says of `batch`, or 64.
int64_t getTunedBatch(const CompileOptions &options);

/// Adds the passes that take a `builtin.module` with models from `from` to `to`, of the phases up
/// to Optimized; later phases need a target.
void buildPhasePipeline(mlir::OpPassManager &pm, Phase from, Phase to,
                        const CompileOptions &options);

/// Registers `--weft-pipeline="from=... to=... ..."` for weft-opt.
void registerPipelines();

} // namespace weft

#endif
