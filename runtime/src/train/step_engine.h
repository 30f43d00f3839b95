// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Steps of a session: which entries make one, the numbers that go in, the losses that come out. The
// training loop and the C API stand on it.
#ifndef WEFT_RUNTIME_TRAIN_STEP_ENGINE_H
#define WEFT_RUNTIME_TRAIN_STEP_ENGINE_H

#include "data/batch_plan.h"
#include "module/session.h"
#include "train/arguments.h"
#include "train/work.h"

namespace weft::rt {

// What of the numbers of a step stays the same for a run.
struct StepNumbers {
  double weightDecay = 0, momentum = 0, dampening = 0;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double maxGradNorm = 0; // 0: no bound
  double labelSmoothing = 0;
  int64_t seed = 42;

  static StepNumbers fromModule(const Module &module);
  static StepNumbers fromArguments(const TrainingArguments &arguments, const Module &module);
};

// One micro-batch in host memory.
struct HostBatch {
  int64_t rows = 0;
  std::span<const void *const> inputs;    // in the order of the entry's batch inputs
  uint32_t bucket = 0;                    // of the entry that it was made for
  std::span<const uint32_t> samples = {}; // of the data set, where the rows come from one
};

struct LossPart {
  double sum = 0, weight = 0;
  // 0 where nothing was weighed: a batch without labels.
  double mean() const { return sum == 0 && weight == 0 ? 0 : sum / weight; }
};

struct StepResult {
  double loss = 0;     // sum over all micro-batches, divided once
  double gradNorm = 0; // before clipping
  bool hasGradNorm = false;
};

// The bucket of entry `to` that has the sizes of bucket `bucket` of `from`, if there is one.
// Entries that no size was bound in have one bucket, which serves all.
std::optional<uint32_t> matchingBucket(const Module &module, uint32_t from, uint32_t bucket,
                                       uint32_t to);

// The batch that an entry is compiled for (weftc --static-batch), or 0 if it takes any.
int64_t fixedBatch(const Module &module, uint32_t entry);
int64_t fixedBatch(const Module &module, schema::EntryRole role);
// `given`, or if that is 0 the batch that the entry with this role is compiled for, or tuned for,
// else 64. `key`, the name of the option, begins the error where another batch is needed.
Result<int64_t> chooseBatchSize(const Module &module, schema::EntryRole role, int64_t given,
                                const char *key = "batch size");
// What a user should know of samples that fill no batch of a fixed size; empty if all do.
std::string leftOutNotice(int64_t samples, int64_t fixedBatch, const char *from);

// The batch inputs of an entry as data sees them. A label is an input that @predict does not take.
Result<std::vector<InputSpec>> describeInputs(const Module &module, uint32_t entry,
                                              uint32_t bucket);

// Not thread-safe.
class StepEngine {
public:
  // Entries that the module lacks fail when they are asked for.
  StepEngine(Session &session, StepNumbers numbers);

  Session &session() { return target; }
  StepNumbers &numbers() { return constants; }
  // Floating-point operations of all runs so far.
  double flops() const { return work; }

  // One optimizer step number `step` (from 1). More than one micro-batch needs a module that
  // accumulates.
  Result<StepResult> trainStep(std::span<const HostBatch> batches, double learningRate,
                               int64_t step);
  // The two halves of it, for callers that have one micro-batch at a time.
  Result<LossPart> accumulate(const HostBatch &batch, double learningRate, int64_t step,
                              int64_t sampleOffset);
  Result<StepResult> apply(LossPart total, double learningRate, int64_t step);

  // The loss of a batch without training. `logits`, if not null, gets the model's output for it;
  // `endLogits` that of the ends of answers.
  Result<LossPart> evalStep(const HostBatch &batch, std::vector<uint8_t> *logits,
                            std::vector<uint8_t> *endLogits = nullptr);
  // The model's output.
  Status predict(const HostBatch &batch, std::vector<uint8_t> &logits,
                 std::vector<uint8_t> *endLogits = nullptr);

  // The output that @predict gives (or @eval_step, if the module has no @predict) for a bucket of
  // `role`, the one of the two entries that the batch was made for.
  Result<const schema::Output *> logitsOutput(schema::EntryRole role, uint32_t bucket) const;

private:
  struct Outputs;
  Result<uint32_t> entryOf(schema::EntryRole role, const char *name, uint32_t bucket) const;
  Status run(uint32_t entry, const HostBatch &batch, Outputs &outputs);
  void setStep(double learningRate, int64_t step, int64_t sampleOffset);

  Session &target;
  StepNumbers constants;
  Scalars scalars;
  WorkCounter counter;
  double work = 0;
};

} // namespace weft::rt

#endif
