// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Logits and labels of batches to metrics, by the task of a model.
#ifndef WEFT_RUNTIME_TRAIN_JUDGE_H
#define WEFT_RUNTIME_TRAIN_JUDGE_H

#include "train/answers.h"
#include "train/step_engine.h"
#include "train/text_model.h"

#include <optional>

namespace weft::rt {

class Judge {
public:
  // What fits the model: its task, its logits and its label input.
  Judge(StepEngine &engine, const BatchPlan &plan, const LabelNames &names);

  // False: nothing can be said but the loss, and logits are not needed.
  bool needsLogits() const {
    return classes.has_value() || several.has_value() || numbers.has_value() ||
           entities.has_value() || finder.has_value();
  }
  // True: and those of the ends of answers.
  bool needsEnds() const { return finder.has_value(); }
  void add(const HostBatch &batch, const std::vector<uint8_t> &logits,
           const std::vector<uint8_t> &endLogits);
  // After the last batch, once.
  MetricValues values(double loss);

private:
  void choose(const LabelNames &names);
  int64_t labelAt(const HostBatch &batch, int64_t row) const;
  void addClasses(const HostBatch &batch);
  void addEntities(const HostBatch &batch);
  void addRows(const HostBatch &batch);
  int64_t predictionAt(int64_t row) const;

  ModelTask task;
  ElementType type = ElementType::f32; // of logits
  int64_t perRow = 0;                  // logits of a row: a sample or a place of one
  InputSpec label;
  size_t labelInput = 0;
  bool isOneHot = false;
  std::vector<double> scores; // of the batch
  std::optional<ClassMetrics> classes;
  std::optional<MultiLabelMetrics> several;
  std::optional<RegressionMetrics> numbers;
  std::optional<EntityMetrics> entities;
  std::optional<AnswerFinder> finder;
  bool version2 = false;
};

} // namespace weft::rt

#endif
