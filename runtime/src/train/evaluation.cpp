// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluation and prediction loops.
#include "train/evaluation.h"
#include "train/batch_feeder.h"

#include <algorithm>
#include <chrono>

namespace weft::rt {

namespace {

using Clock = std::chrono::steady_clock;

// Counts how often the largest logit is the label.
class Accuracy {
public:
  // Labels are classes if there is one per row of logits, as an integer, or one-hot rows of the
  // size of a row of logits.
  Accuracy(StepEngine &engine, const BatchPlan &plan) {
    Result<const schema::Output *> output =
        engine.logitsOutput(schema::EntryRole::EvalStep, plan.bucket(plan.largestBucket()).index);
    if (!output.ok() || (*output)->shape()->size() < 2)
      return;
    const auto &shape = *(*output)->shape();
    type = elementType((*output)->type());
    classes = shape.Get(shape.size() - 1)->fixed();
    int64_t rowsPerSample = shape.Get(0)->per_row();
    for (uint32_t i = 1; i + 1 < shape.size(); ++i)
      rowsPerSample *= shape.Get(i)->fixed();
    for (size_t i = 0; i < plan.inputs().size(); ++i) {
      const InputSpec &input = plan.inputs()[i];
      if (!input.isLabel)
        continue;
      bool classIndex = !isFloat(input.type) && input.sampleElements() == rowsPerSample;
      bool oneHotRow = isFloat(input.type) && rowsPerSample == 1 && plan.isOneHot(i);
      if (classIndex || oneHotRow) {
        labelInput = i;
        label = &input;
        isOneHot = oneHotRow;
        return;
      }
    }
  }

  bool applies() const { return label != nullptr && classes > 1; }

  void add(const HostBatch &batch, const std::vector<uint8_t> &logits) {
    std::vector<double> row(static_cast<size_t>(classes));
    const void *labels = batch.inputs[labelInput];
    auto rows = static_cast<int64_t>(logits.size() / elementSize(type)) / classes;
    for (int64_t i = 0; i < rows; ++i) {
      int64_t expected =
          isOneHot ? hotPlace(labels, i) : loadInteger(label->type, labels, static_cast<size_t>(i));
      if (label->hasIgnoreIndex && expected == label->ignoreIndex)
        continue;
      for (int64_t k = 0; k < classes; ++k)
        row[static_cast<size_t>(k)] =
            loadElement(type, logits.data(), static_cast<size_t>(i * classes + k));
      hits += argmax(row.data(), classes) == expected;
      ++total;
    }
  }

  std::optional<double> share() const {
    if (!applies() || total == 0)
      return std::nullopt;
    return static_cast<double>(hits) / static_cast<double>(total);
  }

private:
  int64_t hotPlace(const void *labels, int64_t row) const {
    for (int64_t k = 0; k < classes; ++k)
      if (loadElement(label->type, labels, static_cast<size_t>(row * classes + k)) != 0)
        return k;
    return -1;
  }

  const InputSpec *label = nullptr;
  size_t labelInput = 0;
  bool isOneHot = false;
  ElementType type = ElementType::f32;
  int64_t classes = 0, hits = 0, total = 0;
};

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

Result<EvalResult> evaluate(StepEngine &engine, const BatchPlan &plan, int64_t batchSize) {
  auto begin = Clock::now();
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<BatchFeeder> feeder,
                        BatchFeeder::create(plan, engine.session().device().pool(), batchSize));
  Accuracy accuracy(engine, plan);
  std::vector<uint8_t> logits;
  LossPart total;
  EvalResult result;
  feeder->start(sampleOrder(plan.samples(), SamplingStrategy::sequential, 0, 0), 0);
  for (HostBatch batch = feeder->next(); batch.rows > 0; batch = feeder->next()) {
    WEFT_ASSIGN_OR_RETURN(LossPart part,
                          engine.evalStep(batch, accuracy.applies() ? &logits : nullptr));
    total.sum += part.sum;
    total.weight += part.weight;
    if (accuracy.applies())
      accuracy.add(batch, logits);
    result.samples += batch.rows;
    ++result.steps;
  }
  result.loss = total.mean();
  result.accuracy = accuracy.share();
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return result;
}

Status predict(StepEngine &engine, const BatchPlan &plan, int64_t batchSize,
               const std::function<Status(const PredictionRows &)> &receive) {
  WEFT_ASSIGN_OR_RETURN(
      const schema::Output *output,
      engine.logitsOutput(schema::EntryRole::Predict, plan.bucket(plan.largestBucket()).index));
  ElementType type = elementType(output->type());
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
    WEFT_RETURN_IF_ERROR(receive(rows));
    rows.firstSample += batch.rows;
  }
  return {};
}

} // namespace weft::rt
