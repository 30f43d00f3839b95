// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which passes make up which phase.
#include "weft/Pipelines/Pipelines.h"
#include "dialects/Weft/Weft.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "weft/Schedule/Passes.h"
#include "weft/Transforms/Passes.h"

using namespace mlir;
using namespace weft;

static constexpr std::pair<Phase, StringLiteral> kPhaseNames[] = {
    {Phase::Input, "input"},
    {Phase::Flat, "flat"},
    {Phase::Specialized, "specialized"},
    {Phase::Training, "training"},
    {Phase::Optimized, "optimized"},
    {Phase::Dispatch, "dispatch"},
    {Phase::Kernels, "kernels"},
    {Phase::Schedule, "schedule"},
    {Phase::Module, "module"},
};

StringRef weft::getPhaseName(Phase phase) { return kPhaseNames[static_cast<size_t>(phase)].second; }

std::optional<Phase> weft::parsePhase(StringRef name) {
  for (auto [phase, phaseName] : kPhaseNames)
    if (phaseName == name)
      return phase;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// The phases
//===----------------------------------------------------------------------===//

static void addFlat(OpPassManager &models) { models.addPass(createFlattenModel()); }

static void addSpecialized(OpPassManager &models, const CompileOptions &options) {
  SpecializeOptions specialize;
  specialize.binds.assign(options.binds.begin(), options.binds.end());
  specialize.staticBatch = options.staticBatch;
  models.addPass(createSpecialize(specialize));
  models.addPass(createVerifyRows());
}

static void addTraining(OpPassManager &models, const CompileOptions &options) {
  models.addPass(createDifferentiate());
  BuildTrainStepOptions step;
  step.optimizer = options.optimizer;
  step.clipGradients = options.clipGradients;
  step.accumulateGradients = options.accumulateGradients;
  models.addPass(createBuildTrainStep(step));
}

// Canonicalization and CSE uncover each other's chances: what CSE merges, folds see as equal.
static void addSimplification(OpPassManager &models) {
  models.addPass(createCanonicalizerPass());
  models.addPass(createSimplifyGraph());
  models.addPass(createCSEPass());
  models.addPass(createCanonicalizerPass());
}

static void addOptimized(OpPassManager &models, const CompileOptions &options) {
  // Before composites are decomposed, whole ops are compared: @eval_step holds @logits twice.
  models.addPass(createCSEPass());
  models.addPass(createCheckIndices());
  DecomposeOptions decompose;
  decompose.keep.assign(options.keptOps.begin(), options.keptOps.end());
  models.addPass(createDecompose(decompose));
  addSimplification(models);
  models.addPass(createFlattenRows());
  addSimplification(models);
  models.addPass(createChooseLayouts());
  addSimplification(models);
}

int64_t weft::getTunedBatch(const CompileOptions &options) {
  int64_t batch = 64;
  for (StringRef bind : options.binds)
    if (bind.consume_front("batch="))
      bind.getAsInteger(10, batch);
  return batch;
}

static void addDispatch(OpPassManager &models, const CompileOptions &options) {
  models.addPass(createSplitReductions());
  FormDispatchesOptions dispatches;
  dispatches.target = options.target;
  if (!options.processors.empty())
    dispatches.cpu = options.processors.front();
  dispatches.tunedRows = getTunedBatch(options);
  models.addPass(createFormDispatches(dispatches));
}

static void addKernels(OpPassManager &pm, const CompileOptions &options) {
  BuildKernelsOptions kernels;
  kernels.target = options.target;
  kernels.cpus.assign(options.processors.begin(), options.processors.end());
  kernels.tunedRows = getTunedBatch(options);
  pm.addPass(createBuildKernels(kernels));
}

void weft::buildPhasePipeline(OpPassManager &pm, Phase from, Phase to,
                              const CompileOptions &options) {
  OpPassManager &models = pm.nest<ModelOp>();
  auto isIn = [&](Phase phase) { return from < phase && phase <= to; };
  if (isIn(Phase::Flat))
    addFlat(models);
  if (isIn(Phase::Specialized))
    addSpecialized(models, options);
  if (isIn(Phase::Training))
    addTraining(models, options);
  if (isIn(Phase::Optimized))
    addOptimized(models, options);
  if (isIn(Phase::Dispatch))
    addDispatch(models, options);
  if (isIn(Phase::Kernels))
    addKernels(pm, options);
  if (isIn(Phase::Schedule))
    pm.addPass(createBuildSchedule());
}

//===----------------------------------------------------------------------===//
// weft-opt
//===----------------------------------------------------------------------===//

namespace {
struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  Option<std::string> from{*this, "from", llvm::cl::desc("Phase of the input"),
                           llvm::cl::init("input")};
  Option<std::string> to{*this, "to", llvm::cl::desc("Phase to stop after"),
                         llvm::cl::init("optimized")};
  Option<std::string> optimizer{*this, "optimizer",
                                llvm::cl::desc("Optimizer in place of the model's")};
  ListOption<std::string> binds{*this, "bind",
                                llvm::cl::desc("Sizes of named dimensions: seq=16:128:16")};
  Option<bool> staticBatch{*this, "static-batch", llvm::cl::desc("Compile the batch in")};
  Option<bool> clip{*this, "clip-gradients", llvm::cl::desc("Clip gradients by their global norm")};
  ListOption<std::string> processors{*this, "mcpu", llvm::cl::desc("Processors to compile for")};
  ListOption<std::string> keep{*this, "keep", llvm::cl::desc("Primitives that are not decomposed")};
  Option<bool> accumulate{*this, "accumulate-gradients",
                          llvm::cl::desc("Also build @accumulate_step and @apply_step")};
};
} // namespace

static LogicalResult addPipeline(OpPassManager &pm, StringRef text,
                                 function_ref<LogicalResult(const Twine &)> error) {
  PipelineOptions parsed;
  if (failed(parsed.parseFromString(text)))
    return failure();
  std::optional<Phase> from = parsePhase(parsed.from), to = parsePhase(parsed.to);
  if (!from || !to || *from > *to || *to > Phase::Schedule)
    return error("expected phases from input to schedule in order, got from=" + parsed.from +
                 " to=" + parsed.to);
  CompileOptions options;
  options.optimizer = parsed.optimizer;
  options.binds.assign(parsed.binds.begin(), parsed.binds.end());
  options.staticBatch = parsed.staticBatch;
  options.clipGradients = parsed.clip;
  options.accumulateGradients = parsed.accumulate;
  options.keptOps.assign(parsed.keep.begin(), parsed.keep.end());
  options.processors.assign(parsed.processors.begin(), parsed.processors.end());
  buildPhasePipeline(pm, *from, *to, options);
  return success();
}

void weft::registerPipelines() {
  registerPassPipeline("weft-pipeline", "The phases of a compilation, from one to another",
                       addPipeline,
                       [](function_ref<void(const mlir::detail::PassOptions &)> handler) {
                         handler(PipelineOptions());
                       });
}
