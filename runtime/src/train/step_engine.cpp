// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs of the entry points of training, evaluation and prediction.
#include "train/step_engine.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weft::rt {

using Role = schema::ScalarRole;

StepNumbers StepNumbers::fromModule(const Module &module) {
  const Scalars &defaults = module.defaultScalars();
  StepNumbers numbers;
  numbers.weightDecay = defaults.get(Role::WeightDecay);
  numbers.momentum = defaults.get(Role::Momentum);
  numbers.dampening = defaults.get(Role::Dampening);
  numbers.beta1 = defaults.get(Role::Beta1);
  numbers.beta2 = defaults.get(Role::Beta2);
  numbers.epsilon = defaults.get(Role::Epsilon);
  numbers.labelSmoothing = defaults.get(Role::LabelSmoothing);
  if (module.schema().clips_gradients())
    numbers.maxGradNorm = module.moduleDefault(Role::MaxGradNorm).value_or(0);
  return numbers;
}

StepNumbers StepNumbers::fromArguments(const TrainingArguments &arguments, const Module &module) {
  StepNumbers numbers = fromModule(module);
  numbers.weightDecay = arguments.weightDecay;
  numbers.momentum = arguments.momentum;
  numbers.beta1 = arguments.adamBeta1;
  numbers.beta2 = arguments.adamBeta2;
  numbers.epsilon = arguments.adamEpsilon;
  numbers.maxGradNorm = arguments.maxGradNorm;
  numbers.labelSmoothing = arguments.labelSmoothing;
  numbers.seed = arguments.seed;
  return numbers;
}

// --- Inputs of an entry
// -----------------------------------------------------------------------------

std::optional<uint32_t> matchingBucket(const Module &module, uint32_t from, uint32_t bucket,
                                       uint32_t to) {
  const auto &wanted = *module.entry(from).buckets()->Get(bucket);
  const auto &candidates = *module.entry(to).buckets();
  for (uint32_t i = 0; i < candidates.size(); ++i) {
    const auto *sizes = candidates.Get(i)->values();
    if (!sizes || sizes->size() == 0 || !wanted.values() ||
        std::equal(sizes->begin(), sizes->end(), wanted.values()->begin(), wanted.values()->end()))
      return i;
  }
  return std::nullopt;
}

static bool predictTakes(const Module &module, std::string_view name) {
  std::optional<uint32_t> predict = module.findEntry(schema::EntryRole::Predict);
  if (!predict)
    return false;
  for (const schema::Input *input : *module.entry(*predict).buckets()->Get(0)->inputs())
    if (input->name()->string_view() == name)
      return true;
  return false;
}

int64_t fixedBatch(const Module &module, uint32_t entry) {
  int64_t batch = 0;
  for (const schema::Input *input : *module.entry(entry).buckets()->Get(0)->inputs()) {
    if (input->role() != schema::InputRole::Batch)
      continue;
    int64_t size = input->shape()->size() > 0 ? input->shape()->Get(0)->fixed() : 0;
    if (size == 0 || (batch != 0 && size != batch))
      return 0;
    batch = size;
  }
  return batch;
}

int64_t fixedBatch(const Module &module, schema::EntryRole role) {
  std::optional<uint32_t> entry = module.findEntry(role);
  return entry ? fixedBatch(module, *entry) : 0;
}

Result<int64_t> chooseBatchSize(const Module &module, schema::EntryRole role, int64_t given,
                                const char *key) {
  int64_t fixed = fixedBatch(module, role), tuned = module.schema().tuned_batch();
  if (fixed > 0 && given > 0 && given != fixed)
    return invalidArgument("%s: expected %lld, which the module was compiled for with "
                           "--static-batch, found %lld",
                           key, static_cast<long long>(fixed), static_cast<long long>(given));
  return given > 0 ? given : fixed > 0 ? fixed : tuned > 0 ? tuned : 64;
}

std::string leftOutNotice(int64_t samples, int64_t fixedBatch, const char *from) {
  int64_t rest = fixedBatch > 0 ? samples % fixedBatch : 0;
  return rest == 0 ? ""
                   : std::to_string(rest) + " of " + std::to_string(samples) +
                         " samples are left out of " + from +
                         ": the module was compiled for batches of " + std::to_string(fixedBatch);
}

static bool isBucketDimension(const Module &module, const std::string &name) {
  const auto *names = module.schema().bucket_dimensions();
  return names && std::any_of(names->begin(), names->end(), [&](const flatbuffers::String *other) {
           return other->string_view() == name;
         });
}

Result<std::vector<InputSpec>> describeInputs(const Module &module, uint32_t entry,
                                              uint32_t bucket) {
  std::vector<InputSpec> specs;
  bool isFixed = fixedBatch(module, entry) > 0;
  bool canTell = module.findEntry(schema::EntryRole::Predict).has_value();
  for (const schema::Input *input : *module.entry(entry).buckets()->Get(bucket)->inputs()) {
    if (input->role() != schema::InputRole::Batch)
      continue;
    InputSpec spec;
    spec.name = input->name()->str();
    spec.type = elementType(input->type());
    const auto &shape = *input->shape();
    if (shape.size() == 0 || (shape.Get(0)->fixed() != 0 && !isFixed))
      return unimplemented(
          "input %s of %s: expected a first dimension that is the batch, which data "
          "is read into; this one has a size of its own",
          spec.name.c_str(), module.entry(entry).name()->c_str());
    int64_t rowsOfSample = isFixed ? 1 : shape.Get(0)->per_row();
    if (rowsOfSample != 1)
      spec.sampleShape.push_back(rowsOfSample);
    for (uint32_t i = 1; i < shape.size(); ++i)
      spec.sampleShape.push_back(shape.Get(i)->fixed());
    // The name of a size that was bound, by which data is filled up.
    if (input->dimensions() && input->dimensions()->size() > 1 && rowsOfSample == 1)
      if (std::string name = input->dimensions()->Get(1)->str(); isBucketDimension(module, name))
        spec.dimension = std::move(name);
    spec.low = input->index_low();
    spec.high = input->index_high();
    spec.hasIgnoreIndex = input->has_ignore_index();
    spec.ignoreIndex = input->ignore_index();
    if (input->index_runs())
      for (const IndexBounds &run : indexBounds(*input))
        spec.runs.push_back({run.count, run.low, run.high, run.hasIgnoreIndex, run.ignoreIndex});
    spec.isLabel = canTell ? !predictTakes(module, spec.name)
                           : spec.name == "labels" || spec.name == "targets";
    specs.push_back(std::move(spec));
  }
  return specs;
}

// --- Runs
// -------------------------------------------------------------------------------------------

// Host memory for the outputs of one run; those without a role here are not fetched.
struct StepEngine::Outputs {
  std::optional<double> lossSum, lossWeight, gradNorm;
  std::vector<uint8_t> *logits = nullptr, *endLogits = nullptr;
  bool hasLogits = false;
};

StepEngine::StepEngine(Session &session, StepNumbers numbers)
    : target(session), constants(numbers), scalars(session.module().defaultScalars()),
      counter(session) {}

Result<uint32_t> StepEngine::entryOf(schema::EntryRole role, const char *name,
                                     uint32_t bucket) const {
  std::optional<uint32_t> entry = target.module().findEntry(role);
  if (!entry)
    return failedPrecondition("the module has no %s", name);
  if (bucket >= target.module().entry(*entry).buckets()->size())
    return invalidArgument("%s has %u buckets, there is no number %u", name,
                           target.module().entry(*entry).buckets()->size(), bucket);
  return *entry;
}

void StepEngine::setStep(double learningRate, int64_t step, int64_t sampleOffset) {
  auto power = static_cast<double>(step);
  scalars.set(Role::LearningRate, learningRate);
  scalars.set(Role::WeightDecay, constants.weightDecay);
  scalars.set(Role::Momentum, constants.momentum);
  scalars.set(Role::Dampening, constants.dampening);
  scalars.set(Role::Beta1, constants.beta1);
  scalars.set(Role::Beta2, constants.beta2);
  scalars.set(Role::Epsilon, constants.epsilon);
  scalars.set(Role::BiasCorrection1, 1 - std::pow(constants.beta1, power));
  scalars.set(Role::BiasCorrection2, 1 - std::pow(constants.beta2, power));
  scalars.set(Role::MaxGradNorm, constants.maxGradNorm > 0
                                     ? constants.maxGradNorm
                                     : std::numeric_limits<double>::infinity());
  scalars.set(Role::LabelSmoothing, constants.labelSmoothing);
  scalars.setInteger(Role::Step, step);
  scalars.setInteger(Role::Seed, constants.seed);
  scalars.setInteger(Role::SampleOffset, sampleOffset);
}

Status StepEngine::run(uint32_t entry, const HostBatch &batch, Outputs &outputs) {
  if (int64_t fixed = fixedBatch(target.module(), entry); fixed > 0 && batch.rows != fixed)
    return invalidArgument("%s: expected a batch of %lld, which it was compiled for, found one of "
                           "%lld",
                           target.module().entry(entry).name()->c_str(),
                           static_cast<long long>(fixed), static_cast<long long>(batch.rows));
  const auto &declared = *target.module().entry(entry).buckets()->Get(batch.bucket)->outputs();
  std::vector<void *> pointers(declared.size(), nullptr);
  std::vector<uint64_t> numbers(declared.size(), 0); // storage of the scalar outputs
  for (uint32_t i = 0; i < declared.size(); ++i) {
    schema::OutputRole role = declared.Get(i)->role();
    if (role == schema::OutputRole::Logits) {
      outputs.hasLogits = true;
      if (!outputs.logits)
        continue;
      outputs.logits->resize(target.outputBytes(entry, batch.bucket, i, batch.rows));
      pointers[i] = outputs.logits->data();
    } else if (outputs.endLogits && declared.Get(i)->name()->string_view() == "end_logits") {
      outputs.endLogits->resize(target.outputBytes(entry, batch.bucket, i, batch.rows));
      pointers[i] = outputs.endLogits->data();
    } else if (role != schema::OutputRole::Value && declared.Get(i)->shape()->size() == 0) {
      pointers[i] = &numbers[i];
    }
  }
  RunRequest request;
  request.entry = entry;
  request.bucket = batch.bucket;
  request.rows = batch.rows;
  request.inputs = batch.inputs;
  request.scalars = &scalars;
  request.outputs = pointers;
  WEFT_RETURN_IF_ERROR(target.run(request));
  work += counter.flops(entry, batch.bucket, batch.rows);
  for (uint32_t i = 0; i < declared.size(); ++i) {
    if (pointers[i] != &numbers[i])
      continue;
    double value = loadElement(elementType(declared.Get(i)->type()), &numbers[i], 0);
    schema::OutputRole role = declared.Get(i)->role();
    (role == schema::OutputRole::LossSum      ? outputs.lossSum
     : role == schema::OutputRole::LossWeight ? outputs.lossWeight
                                              : outputs.gradNorm) = value;
  }
  return {};
}

static LossPart lossOf(const std::optional<double> &sum, const std::optional<double> &weight) {
  return {sum.value_or(std::nan("")), weight.value_or(1)};
}

Result<StepResult> StepEngine::trainStep(std::span<const HostBatch> batches, double learningRate,
                                         int64_t step) {
  if (batches.size() == 1) {
    WEFT_ASSIGN_OR_RETURN(uint32_t entry,
                          entryOf(schema::EntryRole::TrainStep, "train_step", batches[0].bucket));
    setStep(learningRate, step, 0);
    Outputs outputs;
    WEFT_RETURN_IF_ERROR(run(entry, batches[0], outputs));
    return StepResult{lossOf(outputs.lossSum, outputs.lossWeight).mean(),
                      outputs.gradNorm.value_or(0), outputs.gradNorm.has_value()};
  }
  LossPart total;
  int64_t offset = 0;
  for (const HostBatch &batch : batches) {
    WEFT_ASSIGN_OR_RETURN(LossPart part, accumulate(batch, learningRate, step, offset));
    total.sum += part.sum;
    total.weight += part.weight;
    offset += batch.rows;
  }
  return apply(total, learningRate, step);
}

Result<LossPart> StepEngine::accumulate(const HostBatch &batch, double learningRate, int64_t step,
                                        int64_t sampleOffset) {
  WEFT_ASSIGN_OR_RETURN(
      uint32_t entry, entryOf(schema::EntryRole::AccumulateStep, "accumulate_step", batch.bucket));
  setStep(learningRate, step, sampleOffset);
  Outputs outputs;
  WEFT_RETURN_IF_ERROR(run(entry, batch, outputs));
  return lossOf(outputs.lossSum, outputs.lossWeight);
}

Result<StepResult> StepEngine::apply(LossPart total, double learningRate, int64_t step) {
  WEFT_ASSIGN_OR_RETURN(uint32_t entry, entryOf(schema::EntryRole::ApplyStep, "apply_step", 0));
  setStep(learningRate, step, 0);
  Outputs outputs;
  WEFT_RETURN_IF_ERROR(run(entry, HostBatch{1, {}}, outputs));
  return StepResult{total.mean(), outputs.gradNorm.value_or(0), outputs.gradNorm.has_value()};
}

Result<LossPart> StepEngine::evalStep(const HostBatch &batch, std::vector<uint8_t> *logits,
                                      std::vector<uint8_t> *endLogits) {
  WEFT_ASSIGN_OR_RETURN(uint32_t entry,
                        entryOf(schema::EntryRole::EvalStep, "eval_step", batch.bucket));
  setStep(0, 0, 0);
  Outputs outputs;
  outputs.logits = logits;
  outputs.endLogits = endLogits;
  WEFT_RETURN_IF_ERROR(run(entry, batch, outputs));
  if (logits && !outputs.hasLogits) {
    // Prediction takes the first of the same inputs, by name.
    const Module &module = target.module();
    WEFT_ASSIGN_OR_RETURN(std::vector<InputSpec> specs,
                          describeInputs(module, entry, batch.bucket));
    std::vector<const void *> inputs;
    for (size_t i = 0; i < specs.size(); ++i)
      if (!specs[i].isLabel)
        inputs.push_back(batch.inputs[i]);
    std::optional<uint32_t> other = module.findEntry(schema::EntryRole::Predict);
    std::optional<uint32_t> bucket =
        other ? matchingBucket(module, entry, batch.bucket, *other) : std::nullopt;
    if (!bucket)
      return failedPrecondition("the module has no predict for the sizes of this batch");
    WEFT_RETURN_IF_ERROR(predict(HostBatch{batch.rows, inputs, *bucket}, *logits, endLogits));
  }
  return lossOf(outputs.lossSum, outputs.lossWeight);
}

Status StepEngine::predict(const HostBatch &batch, std::vector<uint8_t> &logits,
                           std::vector<uint8_t> *endLogits) {
  WEFT_ASSIGN_OR_RETURN(uint32_t entry,
                        entryOf(schema::EntryRole::Predict, "predict", batch.bucket));
  setStep(0, 0, 0);
  Outputs outputs;
  outputs.logits = &logits;
  outputs.endLogits = endLogits;
  WEFT_RETURN_IF_ERROR(run(entry, batch, outputs));
  if (!outputs.hasLogits)
    return failedPrecondition("predict of the module has no output with the role logits");
  return {};
}

Result<const schema::Output *> StepEngine::logitsOutput(schema::EntryRole role,
                                                        uint32_t bucket) const {
  const Module &module = target.module();
  std::optional<uint32_t> from = module.findEntry(role);
  for (schema::EntryRole candidate : {schema::EntryRole::Predict, schema::EntryRole::EvalStep}) {
    std::optional<uint32_t> entry = module.findEntry(candidate);
    std::optional<uint32_t> match =
        from && entry ? matchingBucket(module, *from, bucket, *entry) : std::nullopt;
    if (!match)
      continue;
    for (const schema::Output *output : *module.entry(*entry).buckets()->Get(*match)->outputs())
      if (output->role() == schema::OutputRole::Logits)
        return output;
  }
  return failedPrecondition("the module has neither predict nor eval_step with an output logits");
}

} // namespace weft::rt
