// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Options meet the module: defaults that it brings, and structure that an option needs of it.
#include "module/module.h"
#include "train/step_engine.h"

namespace weft::rt {

using Role = schema::ScalarRole;

static bool takesScalar(const Module &module, Role role) {
  for (schema::EntryRole entryRole : {schema::EntryRole::TrainStep, schema::EntryRole::ApplyStep,
                                      schema::EntryRole::AccumulateStep}) {
    std::optional<uint32_t> entry = module.findEntry(entryRole);
    if (!entry)
      continue;
    for (const schema::Input *input : *module.entry(*entry).buckets()->Get(0)->inputs())
      if (input->role() == schema::InputRole::Scalar && input->scalar() == role)
        return true;
  }
  return false;
}

static void takeDefaults(TrainingArguments &arguments, const Module &module) {
  const Scalars &defaults = module.defaultScalars();
  bool asTrainer =
      module.schema().argument_defaults() == schema::ArgumentDefaults::TrainingArguments;
  const struct {
    const char *key;
    Role role;
    double &value;
  } numbers[] = {
      {"learning_rate", Role::LearningRate, arguments.learningRate},
      {"weight_decay", Role::WeightDecay, arguments.weightDecay},
      {"momentum", Role::Momentum, arguments.momentum},
      {"adam_beta1", Role::Beta1, arguments.adamBeta1},
      {"adam_beta2", Role::Beta2, arguments.adamBeta2},
      {"adam_epsilon", Role::Epsilon, arguments.adamEpsilon},
      {"label_smoothing_factor", Role::LabelSmoothing, arguments.labelSmoothing},
  };
  for (const auto &number : numbers)
    if (!arguments.isGiven(number.key))
      // TrainingArguments' defaults stand where neither the user nor the module says otherwise.
      number.value = asTrainer ? module.moduleDefault(number.role).value_or(number.value)
                               : defaults.get(number.role);
  // A module that clips but names no bound was compiled for one to be given.
  if (!arguments.isGiven("max_grad_norm"))
    arguments.maxGradNorm =
        module.schema().clips_gradients()
            ? module.moduleDefault(Role::MaxGradNorm).value_or(asTrainer ? 1 : 0)
            : 0;
  if (asTrainer)
    return;
  if (!arguments.isGiven("lr_scheduler_type"))
    arguments.scheduler = arguments.isGiven("warmup_steps") || arguments.isGiven("warmup_ratio")
                              ? SchedulerType::constantWithWarmup
                              : SchedulerType::constant;
  if (!arguments.isGiven("per_device_train_batch_size") && module.schema().tuned_batch() > 0)
    arguments.trainBatchSize = module.schema().tuned_batch();
  if (!arguments.isGiven("per_device_eval_batch_size"))
    arguments.evalBatchSize = arguments.trainBatchSize;
}

// A module that takes batches of one size only gets them.
static Status takeFixedBatch(TrainingArguments &arguments, const Module &module) {
  const struct {
    const char *key;
    schema::EntryRole role;
    int64_t &value;
  } sizes[] = {
      {"per_device_train_batch_size", schema::EntryRole::TrainStep, arguments.trainBatchSize},
      {"per_device_eval_batch_size", schema::EntryRole::EvalStep, arguments.evalBatchSize}};
  for (const auto &size : sizes)
    if (fixedBatch(module, size.role) > 0) {
      int64_t given = arguments.isGiven(size.key) ? size.value : 0;
      WEFT_ASSIGN_OR_RETURN(size.value, chooseBatchSize(module, size.role, given, size.key));
    }
  return {};
}

// Each number that was given and is not neutral needs its scalar.
static Status checkStructure(const TrainingArguments &arguments, const Module &module) {
  const schema::Module &root = module.schema();
  if (arguments.maxGradNorm > 0 && !root.clips_gradients())
    return failedPrecondition("max_grad_norm is %g, but the module was compiled without clipping; "
                              "compile it with weftc --max-grad-norm=%g",
                              arguments.maxGradNorm, arguments.maxGradNorm);
  if (arguments.accumulationSteps > 1 && !root.accumulates_gradients())
    return failedPrecondition("gradient_accumulation_steps is %lld, but the module was compiled "
                              "without accumulation; compile it with weftc "
                              "--gradient-accumulation-steps=%lld",
                              static_cast<long long>(arguments.accumulationSteps),
                              static_cast<long long>(arguments.accumulationSteps));
  const struct {
    const char *key;
    Role role;
    double value, neutral;
  } numbers[] = {
      {"weight_decay", Role::WeightDecay, arguments.weightDecay, 0},
      {"momentum", Role::Momentum, arguments.momentum, 0},
      {"adam_beta1", Role::Beta1, arguments.adamBeta1, 0.9},
      {"adam_beta2", Role::Beta2, arguments.adamBeta2, 0.999},
      {"adam_epsilon", Role::Epsilon, arguments.adamEpsilon, 1e-8},
  };
  std::string optimizer = root.optimizer() ? root.optimizer()->str() : "none";
  // Hugging Face's names say which implementation, too: adamw_torch_fused.
  if (!arguments.optim.empty() && arguments.optim.substr(0, arguments.optim.find('_')) != optimizer)
    return failedPrecondition(
        "optim is %s, but the module was compiled with %s; compile it with weftc "
        "--optimizer=%s",
        arguments.optim.c_str(), optimizer.c_str(), arguments.optim.c_str());
  if (arguments.bf16 || arguments.gradientCheckpointing)
    return failedPrecondition("%s is true, but the module was compiled without it",
                              arguments.bf16 ? "bf16" : "gradient_checkpointing");
  // Smoothing is part of the loss: what the module names is what it does.
  double smoothing = module.moduleDefault(Role::LabelSmoothing).value_or(0);
  if (!takesScalar(module, Role::LabelSmoothing) && arguments.labelSmoothing != smoothing)
    return failedPrecondition("label_smoothing_factor is %g, but the module was compiled with %g; "
                              "compile it with weftc --label-smoothing-factor=%g",
                              arguments.labelSmoothing, smoothing, arguments.labelSmoothing);
  for (const auto &number : numbers)
    if (arguments.isGiven(number.key) && number.value != number.neutral &&
        !takesScalar(module, number.role))
      return failedPrecondition(
          "%s is %g, but the module's step takes no such number (its optimizer "
          "is %s); compile it with a structure that does",
          number.key, number.value, optimizer.c_str());
  return {};
}

static Status checkConsistency(const TrainingArguments &arguments) {
  if (arguments.loadBestModelAtEnd && (arguments.evalStrategy == IntervalStrategy::no ||
                                       arguments.saveStrategy != arguments.evalStrategy))
    return invalidArgument("load_best_model_at_end: expected the same eval_strategy and "
                           "save_strategy, steps or epoch");
  if (arguments.earlyStoppingPatience > 0 && arguments.evalStrategy == IntervalStrategy::no)
    return invalidArgument("early_stopping_patience: expected an eval_strategy of steps or epoch");
  const struct {
    const char *key;
    IntervalStrategy strategy;
    double steps;
  } intervals[] = {{"logging_steps", arguments.loggingStrategy, arguments.loggingSteps},
                   {"save_steps", arguments.saveStrategy, arguments.saveSteps}};
  for (const auto &interval : intervals)
    if (interval.strategy == IntervalStrategy::steps && interval.steps <= 0)
      return invalidArgument("%s: expected more than 0", interval.key);
  if (arguments.dataSeed >= 0 && arguments.dataSeed != arguments.seed)
    return unimplemented("data_seed: expected %lld, as seed, from which the order of the samples "
                         "follows; found %lld",
                         static_cast<long long>(arguments.seed),
                         static_cast<long long>(arguments.dataSeed));
  if (arguments.maxSteps <= 0 && arguments.epochs <= 0)
    return invalidArgument("num_train_epochs: expected more than 0, found %g", arguments.epochs);
  if (arguments.maxSteps == 0)
    return invalidArgument("max_steps: expected at least 1, or -1 for none, found 0");
  return {};
}

Status resolveArguments(TrainingArguments &arguments, const Module &module) {
  if (!module.findEntry(schema::EntryRole::TrainStep))
    return failedPrecondition("the module %.*s has no train_step: it was compiled without an "
                              "optimizer; compile it with weftc --optimizer=sgd or the like",
                              static_cast<int>(module.name().size()), module.name().data());
  takeDefaults(arguments, module);
  WEFT_RETURN_IF_ERROR(takeFixedBatch(arguments, module));
  WEFT_RETURN_IF_ERROR(checkStructure(arguments, module));
  return checkConsistency(arguments);
}

} // namespace weft::rt
