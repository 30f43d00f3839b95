// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluation and prediction loops.
#include "train/evaluation.h"
#include "train/batch_feeder.h"
#include "train/judge.h"

#include <algorithm>
#include <chrono>

namespace weft::rt {

namespace {

using Clock = std::chrono::steady_clock;

} // namespace

int64_t argmax(const double *values, int64_t count) {
  int64_t best = 0;
  for (int64_t i = 1; i < count; ++i)
    if (values[i] > values[best] || values[best] != values[best])
      best = i;
  return best;
}

Result<BatchPlan> planFor(StepEngine &engine, schema::EntryRole role, const Dataset &data) {
  const Module &module = engine.session().module();
  std::optional<uint32_t> entry = module.findEntry(role);
  if (!entry)
    return failedPrecondition("the module has no %s", schema::EnumNameEntryRole(role));
  std::vector<BucketSpec> buckets(module.entry(*entry).buckets()->size());
  for (uint32_t i = 0; i < buckets.size(); ++i) {
    buckets[i].index = i;
    WEFT_ASSIGN_OR_RETURN(buckets[i].inputs, describeInputs(module, *entry, i));
    if (buckets[i].inputs.size() != buckets[0].inputs.size())
      return unimplemented("%s: expected the same inputs in each bucket",
                           module.entry(*entry).name()->c_str());
  }
  return BatchPlan::create(data, std::move(buckets));
}

Status reserveFor(StepEngine &engine, std::initializer_list<schema::EntryRole> roles,
                  const BatchPlan &plan, int64_t batchSize) {
  const Module &module = engine.session().module();
  int64_t rows = std::min(batchSize, plan.samples());
  for (schema::EntryRole role : roles) {
    std::optional<uint32_t> entry = module.findEntry(role);
    uint32_t bucket = plan.bucket(plan.largestBucket()).index;
    if (entry && bucket < module.entry(*entry).buckets()->size())
      WEFT_RETURN_IF_ERROR(engine.session().reserve(*entry, bucket, rows));
  }
  return {};
}

std::optional<double> EvalResult::metric(std::string_view name) const {
  for (const auto &[key, value] : metrics)
    if (key == name)
      return value;
  return std::nullopt;
}

// True if the loss is to be what Hugging Face's Trainer gives for a label each place: the mean of
// the batches' means, by their samples. It depends on which samples share a batch.
static bool meansOfBatches(const Module &module, const BatchPlan &plan) {
  return module.schema().argument_defaults() == schema::ArgumentDefaults::TrainingArguments &&
         std::any_of(plan.inputs().begin(), plan.inputs().end(), [](const InputSpec &input) {
           return input.isLabel && input.hasIgnoreIndex && !input.sampleShape.empty();
         });
}

// File order; samples that have lengths by length, the longest first, so that little of a batch is
// padding: what is summed up does not depend on the order but for rounding.
static std::vector<uint32_t> evaluationOrder(const BatchPlan &plan) {
  std::vector<uint32_t> order = sampleOrder(plan.samples(), SamplingStrategy::sequential, 0, 0);
  if (!plan.hasLengths())
    return order;
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    int64_t left = plan.sampleLength(a), right = plan.sampleLength(b);
    return left != right ? left > right : a < b;
  });
  return order;
}

Result<EvalResult> evaluate(StepEngine &engine, const BatchPlan &plan, int64_t batchSize,
                            const LabelNames &names) {
  auto begin = Clock::now();
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<BatchFeeder> feeder,
                        BatchFeeder::create(plan, engine.session().device().pool(), batchSize));
  Judge judge(engine, plan, names);
  std::vector<uint8_t> logits, ends;
  LossPart total;
  EvalResult result;
  bool byBatch = meansOfBatches(engine.session().module(), plan);
  // The loss of a start and an end is half the sum of two means, which has no weight of its own.
  bool byRows =
      byBatch || describeTask(engine.session().module()).task == schema::Task::QuestionAnswering;
  feeder->start(byBatch ? sampleOrder(plan.samples(), SamplingStrategy::sequential, 0, 0)
                        : evaluationOrder(plan),
                0);
  for (HostBatch batch = feeder->next(); batch.rows > 0; batch = feeder->next()) {
    WEFT_ASSIGN_OR_RETURN(LossPart part,
                          engine.evalStep(batch, judge.needsLogits() ? &logits : nullptr,
                                          judge.needsEnds() ? &ends : nullptr));
    if (byRows && part.weight > 0)
      part = {part.mean() * static_cast<double>(batch.rows), static_cast<double>(batch.rows)};
    total.sum += part.sum;
    total.weight += part.weight;
    if (judge.needsLogits())
      judge.add(batch, logits, ends);
    result.samples += batch.rows;
    ++result.steps;
  }
  result.loss = total.mean();
  result.metrics = judge.values(result.loss);
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return result;
}

Status predict(StepEngine &engine, const BatchPlan &plan, int64_t batchSize,
               const std::function<Status(const PredictionRows &)> &receive) {
  WEFT_ASSIGN_OR_RETURN(
      const schema::Output *output,
      engine.logitsOutput(schema::EntryRole::Predict, plan.bucket(plan.largestBucket()).index));
  ElementType type = elementType(output->type());
  const auto &shape = *output->shape();
  int64_t perPlace = shape.size() > 1 ? shape.Get(shape.size() - 1)->fixed() : 1;
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<BatchFeeder> feeder,
                        BatchFeeder::create(plan, engine.session().device().pool(), batchSize));
  feeder->start(sampleOrder(plan.samples(), SamplingStrategy::sequential, 0, 0), 0);
  std::vector<uint8_t> logits;
  PredictionRows rows;
  for (HostBatch batch = feeder->next(); batch.rows > 0; batch = feeder->next()) {
    WEFT_RETURN_IF_ERROR(engine.predict(batch, logits));
    size_t count = logits.size() / elementSize(type);
    rows.values.resize(count);
    for (size_t i = 0; i < count; ++i)
      rows.values[i] = loadElement(type, logits.data(), i);
    rows.rows = batch.rows;
    rows.perRow = static_cast<int64_t>(count) / batch.rows;
    rows.perPlace = perPlace;
    WEFT_RETURN_IF_ERROR(receive(rows));
    rows.firstSample += batch.rows;
  }
  return {};
}

Status predictAnswers(StepEngine &engine, const BatchPlan &plan, int64_t batchSize,
                      const std::function<Status(size_t question, const Answer &answer)> &receive) {
  WEFT_ASSIGN_OR_RETURN(
      const schema::Output *output,
      engine.logitsOutput(schema::EntryRole::Predict, plan.bucket(plan.largestBucket()).index));
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<BatchFeeder> feeder,
                        BatchFeeder::create(plan, engine.session().device().pool(), batchSize));
  feeder->start(sampleOrder(plan.samples(), SamplingStrategy::sequential, 0, 0), 0);
  const QuestionWindows &windows = *plan.questions();
  AnswerFinder finder(plan.questions());
  std::vector<uint8_t> logits, ends;
  size_t done = 0;
  for (HostBatch batch = feeder->next(); batch.rows > 0; batch = feeder->next()) {
    WEFT_RETURN_IF_ERROR(engine.predict(batch, logits, &ends));
    addWindows(finder, batch.samples, elementType(output->type()), logits, ends);
    // Windows are in the order of their questions: those before that of the next one are complete.
    size_t next = batch.samples.back() + 1;
    size_t open = next < windows.questionOf.size() ? windows.questionOf[next] : windows.set.size();
    for (; done < open; ++done)
      WEFT_RETURN_IF_ERROR(receive(done, finder.take(done)));
  }
  return {};
}

} // namespace weft::rt
