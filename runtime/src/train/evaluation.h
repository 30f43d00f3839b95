// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A model's loss and metrics on a data set, and its predictions.
#ifndef WEFT_RUNTIME_TRAIN_EVALUATION_H
#define WEFT_RUNTIME_TRAIN_EVALUATION_H

#include "train/answers.h"
#include "train/step_engine.h"

#include <functional>
#include <optional>

namespace weft::rt {

struct EvalResult {
  // Of all samples, as if they were one batch. For models with TrainingArguments' defaults and
  // labels each place: the mean of the batches' means, as Trainer gives it.
  double loss = 0;
  // By the model's task; empty if the labels cannot be judged.
  MetricValues metrics;
  int64_t samples = 0;
  int64_t steps = 0;
  double seconds = 0;

  std::optional<double> metric(std::string_view name) const;
};

// Maps a data set to the inputs of an entry, in all buckets of it.
Result<BatchPlan> planFor(StepEngine &engine, schema::EntryRole role, const Dataset &data);
// Memory for the largest batch that these entries will get.
Status reserveFor(StepEngine &engine, std::initializer_list<schema::EntryRole> roles,
                  const BatchPlan &plan, int64_t batchSize);

// Runs eval_step over all samples; the smaller last batch counts as what it is, or is left out
// where the module takes full batches only. With `names`, tags of entities are judged as such.
Result<EvalResult> evaluate(StepEngine &engine, const BatchPlan &plan, int64_t batchSize,
                            const LabelNames &names = {});

// The model's output for some samples: `values` are rows x perRow numbers, perRow being the product
// of `places` and perPlace.
struct PredictionRows {
  int64_t firstSample = 0;
  int64_t rows = 0;
  int64_t perRow = 0;
  int64_t perPlace = 0;         // classes, or 1 where each place has a number
  std::vector<int64_t> places;  // the other sizes; none for models of whole samples
  std::vector<int64_t> lengths; // rows x places.size(): how many of each are no padding
  std::vector<double> values;

  bool isPadding(int64_t row, int64_t place) const;
};
// Runs predict over all samples in file order and hands out the output batch by batch.
Status predict(StepEngine &engine, const BatchPlan &plan, int64_t batchSize,
               const std::function<Status(const PredictionRows &)> &receive);

// Runs predict over all windows of questions and hands out the answer of each question, in order.
Status predictAnswers(StepEngine &engine, const BatchPlan &plan, int64_t batchSize,
                      const std::function<Status(size_t question, const Answer &answer)> &receive);

// The place of the largest of `count` values, the first of equal ones; a NaN is never the largest.
int64_t argmax(const double *values, int64_t count);

} // namespace weft::rt

#endif
