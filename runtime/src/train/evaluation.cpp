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

// Samples in file order and the last one again, up to a full batch where that is needed.
static Result<std::unique_ptr<BatchFeeder>>
feedForPrediction(StepEngine &engine, const BatchPlan &plan, int64_t batchSize) {
  std::vector<uint32_t> order = sampleOrder(plan.samples(), SamplingStrategy::sequential, 0, 0);
  auto fixed =
      static_cast<size_t>(fixedBatch(engine.session().module(), schema::EntryRole::Predict));
  while (fixed > 0 && order.size() % fixed != 0)
    order.push_back(order.back());
  int64_t size = fixed > 0 ? batchSize : std::min(batchSize, plan.samples());
  WEFT_ASSIGN_OR_RETURN(
      std::unique_ptr<BatchFeeder> feeder,
      BatchFeeder::createFixed(plan, engine.session().device().pool(), size, FeedMode::automatic));
  feeder->start(std::move(order), 0);
  return feeder;
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
  std::vector<uint32_t> order =
      byBatch ? sampleOrder(plan.samples(), SamplingStrategy::sequential, 0, 0)
              : evaluationOrder(plan);
  if (int64_t fixed = fixedBatch(engine.session().module(), schema::EntryRole::EvalStep)) {
    order.resize(order.size() - order.size() % static_cast<size_t>(fixed));
    if (order.empty())
      return invalidArgument("evaluation: expected at least %lld samples, a batch that the module "
                             "was compiled for, found %lld",
                             static_cast<long long>(fixed), static_cast<long long>(plan.samples()));
  }
  feeder->start(std::move(order), 0);
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

bool PredictionRows::isPadding(int64_t row, int64_t place) const {
  const int64_t *length = lengths.data() + static_cast<size_t>(row + 1) * places.size();
  for (size_t dim = places.size(); dim-- > 0; place /= places[dim])
    if (place % places[dim] >= *--length)
      return true;
  return false;
}

// The sizes of a sample's outputs.
static Result<std::vector<int64_t>> outputSizes(const StepEngine &engine, uint32_t bucket,
                                                bool isFixed) {
  WEFT_ASSIGN_OR_RETURN(const schema::Output *output,
                        engine.logitsOutput(schema::EntryRole::Predict, bucket));
  std::vector<int64_t> sizes;
  for (uint32_t i = 0; i < output->shape()->size(); ++i) {
    const schema::Dimension &dimension = *output->shape()->Get(i);
    if (i > 0 || (!isFixed && dimension.per_row() > 1))
      sizes.push_back(i > 0 ? dimension.fixed() : dimension.per_row());
  }
  return sizes;
}

// The dimension that classes run along: the one that labels lack, none where labels are numbers for
// each place of several dimensions, the last where labels say nothing.
static size_t classDimension(const Module &module, const std::vector<int64_t> &sizes) {
  std::optional<uint32_t> predict = module.findEntry(schema::EntryRole::Predict),
                          evaluation = module.findEntry(schema::EntryRole::EvalStep);
  std::optional<uint32_t> bucket = predict && evaluation && sizes.size() > 1
                                       ? matchingBucket(module, *predict, 0, *evaluation)
                                       : std::nullopt;
  Result<std::vector<InputSpec>> inputs =
      bucket ? describeInputs(module, *evaluation, *bucket) : std::vector<InputSpec>();
  if (inputs.ok())
    for (const InputSpec &input : *inputs) {
      if (input.isLabel && isFloat(input.type) && input.sampleShape == sizes)
        return sizes.size();
      for (size_t dim = sizes.size(); input.isLabel && !isFloat(input.type) && dim-- > 0;) {
        std::vector<int64_t> others = sizes;
        others.erase(others.begin() + static_cast<long>(dim));
        if (input.sampleShape == others)
          return dim;
      }
    }
  return sizes.empty() ? 0 : sizes.size() - 1;
}

namespace {
// How the outputs of a model are places of a sample with numbers each.
struct PlaceMap {
  size_t classDim = 0;
  std::vector<std::vector<size_t>> along; // inputs that each dimension of the places runs along

  // Takes the dimension of classes out of `sizes` and returns its size.
  int64_t split(std::vector<int64_t> &sizes) const {
    if (classDim >= sizes.size())
      return 1;
    int64_t classes = sizes[classDim];
    sizes.erase(sizes.begin() + static_cast<long>(classDim));
    return classes;
  }
};
} // namespace

static Result<PlaceMap> mapPlaces(const StepEngine &engine, const BatchPlan &plan, bool isFixed,
                                  const Module &module) {
  PlaceMap map;
  WEFT_ASSIGN_OR_RETURN(std::vector<int64_t> first, outputSizes(engine, 0, isFixed));
  map.classDim = classDimension(module, first);
  (void)map.split(first);
  map.along.resize(first.size());
  for (size_t i = 0; i < plan.inputs().size(); ++i) {
    // As long in every bucket.
    std::vector<bool> isAlong(first.size(), plan.samples() > 0 && plan.lengthOf(0, i) >= 0);
    for (size_t k = 0; k < plan.bucketCount(); ++k) {
      WEFT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes,
                            outputSizes(engine, plan.bucket(k).index, isFixed));
      (void)map.split(sizes);
      for (size_t dim = 0; dim < isAlong.size(); ++dim)
        isAlong[dim] = isAlong[dim] && sizes[dim] == plan.bucket(k).inputs[i].sampleShape[0];
    }
    for (size_t dim = 0; dim < isAlong.size(); ++dim)
      if (isAlong[dim])
        map.along[dim].push_back(i);
  }
  return map;
}

// Reads the rows of a batch, classes last.
static void readValues(ElementType type, const std::vector<uint8_t> &logits, size_t inner,
                       PredictionRows &rows) {
  auto classes = static_cast<size_t>(rows.perPlace);
  rows.values.resize(static_cast<size_t>(rows.rows * rows.perRow));
  for (size_t i = 0; i < rows.values.size(); ++i) {
    size_t place = i / classes, from = place / inner * inner * classes + place % inner;
    rows.values[i] = loadElement(type, logits.data(), from + i % classes * inner);
  }
}

Status predict(StepEngine &engine, const BatchPlan &plan, int64_t batchSize,
               const std::function<Status(const PredictionRows &)> &receive) {
  const Module &module = engine.session().module();
  bool isFixed = fixedBatch(module, schema::EntryRole::Predict) > 0;
  WEFT_ASSIGN_OR_RETURN(const schema::Output *output,
                        engine.logitsOutput(schema::EntryRole::Predict, 0));
  WEFT_ASSIGN_OR_RETURN(PlaceMap map, mapPlaces(engine, plan, isFixed, module));
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<BatchFeeder> feeder,
                        feedForPrediction(engine, plan, batchSize));
  std::vector<uint8_t> logits;
  PredictionRows rows;
  for (HostBatch batch = feeder->next(); batch.rows > 0; batch = feeder->next()) {
    WEFT_RETURN_IF_ERROR(engine.predict(batch, logits));
    WEFT_ASSIGN_OR_RETURN(rows.places, outputSizes(engine, batch.bucket, isFixed));
    rows.perPlace = map.split(rows.places);
    rows.rows = std::min(batch.rows, plan.samples() - rows.firstSample);
    rows.perRow = rows.perPlace;
    size_t inner = 1; // places behind the classes
    for (size_t dim = 0; dim < rows.places.size(); ++dim) {
      rows.perRow *= rows.places[dim];
      inner *= dim >= map.classDim ? static_cast<size_t>(rows.places[dim]) : 1;
    }
    readValues(elementType(output->type()), logits, inner, rows);
    rows.lengths.clear();
    for (int64_t i = 0; i < rows.rows; ++i)
      for (size_t dim = 0; dim < rows.places.size(); ++dim) {
        int64_t length = map.along[dim].empty() ? rows.places[dim] : 0;
        for (size_t input : map.along[dim])
          length = std::max(length, plan.lengthOf(batch.samples[static_cast<size_t>(i)], input));
        rows.lengths.push_back(std::min(length, rows.places[dim]));
      }
    WEFT_RETURN_IF_ERROR(receive(rows));
    rows.firstSample += rows.rows;
  }
  return {};
}

Status predictAnswers(StepEngine &engine, const BatchPlan &plan, int64_t batchSize,
                      const std::function<Status(size_t question, const Answer &answer)> &receive) {
  WEFT_ASSIGN_OR_RETURN(
      const schema::Output *output,
      engine.logitsOutput(schema::EntryRole::Predict, plan.bucket(plan.largestBucket()).index));
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<BatchFeeder> feeder,
                        feedForPrediction(engine, plan, batchSize));
  const QuestionWindows &windows = *plan.questions();
  AnswerFinder finder(plan.questions());
  std::vector<uint8_t> logits, ends;
  size_t done = 0, seen = 0;
  for (HostBatch batch = feeder->next(); batch.rows > 0; batch = feeder->next()) {
    WEFT_RETURN_IF_ERROR(engine.predict(batch, logits, &ends));
    // Without the rows that fill it up.
    auto samples = batch.samples.first(
        std::min(batch.samples.size(), static_cast<size_t>(plan.samples()) - seen));
    seen += samples.size();
    addWindows(finder, samples, elementType(output->type()), logits, ends);
    // Windows are in the order of their questions: those before that of the next one are complete.
    size_t next = samples.back() + 1;
    size_t open = next < windows.questionOf.size() ? windows.questionOf[next] : windows.set.size();
    for (; done < open; ++done)
      WEFT_RETURN_IF_ERROR(receive(done, finder.take(done)));
  }
  return {};
}

} // namespace weft::rt
