// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Choosing metrics and feeding them.
#include "train/judge.h"
#include "train/evaluation.h"

#include <cmath>

namespace weft::rt {

Judge::Judge(StepEngine &engine, const BatchPlan &plan, const LabelNames &names)
    : task(describeTask(engine.session().module())) {
  Result<const schema::Output *> output =
      engine.logitsOutput(schema::EntryRole::EvalStep, plan.bucket(plan.largestBucket()).index);
  if (!output.ok() || (*output)->shape()->size() == 0)
    return;
  const auto &shape = *(*output)->shape();
  type = elementType((*output)->type());
  if (plan.questions()) {
    finder.emplace(plan.questions());
    version2 = plan.questions()->rules.version2;
    return;
  }
  bool isFixed = fixedBatch(engine.session().module(), schema::EntryRole::EvalStep) > 0;
  int64_t rowsPerSample = isFixed ? 1 : shape.Get(0)->per_row();
  // Rank 1 is a number a sample.
  perRow = shape.size() == 1 ? rowsPerSample : shape.Get(shape.size() - 1)->fixed();
  for (uint32_t i = 1; i + 1 < shape.size(); ++i)
    rowsPerSample *= shape.Get(i)->fixed();
  if (shape.size() == 1)
    rowsPerSample = 1;
  for (size_t i = 0; i < plan.inputs().size(); ++i) {
    const InputSpec &input = plan.inputs()[i];
    if (!input.isLabel)
      continue;
    int64_t elements = input.sampleElements();
    bool fits =
        isFloat(input.type) ? elements == rowsPerSample * perRow : elements == rowsPerSample;
    if (!fits)
      continue;
    labelInput = i;
    label = input;
    isOneHot = isFloat(input.type) && rowsPerSample == 1 && perRow > 1 && plan.isOneHot(i);
    choose(names);
    return;
  }
}

void Judge::choose(const LabelNames &names) {
  using schema::Task;
  bool isClass = !isFloat(label.type);
  switch (task.task) {
  case Task::MaskedLanguageModeling:
  case Task::Pretraining: // perplexity comes from the loss; logits are large
    return;
  case Task::MultiLabelClassification:
    if (!isClass)
      several.emplace();
    return;
  case Task::Regression:
    if (!isClass && perRow == 1)
      numbers.emplace();
    else if (isOneHot)
      classes.emplace(perRow);
    return;
  case Task::TokenClassification:
    if (isClass && EntityMetrics::apply(names)) {
      entities.emplace(names);
      return;
    }
    break;
  default:
    break;
  }
  if (perRow > 1 && (isClass || isOneHot))
    classes.emplace(perRow);
  else if (perRow == 1 && !isClass)
    numbers.emplace();
}

int64_t Judge::predictionAt(int64_t row) const {
  return argmax(scores.data() + row * perRow, perRow);
}

int64_t Judge::labelAt(const HostBatch &batch, int64_t row) const {
  const void *labels = batch.inputs[labelInput];
  if (!isOneHot)
    return loadInteger(label.type, labels, static_cast<size_t>(row));
  for (int64_t k = 0; k < perRow; ++k)
    if (loadElement(label.type, labels, static_cast<size_t>(row * perRow + k)) != 0)
      return k;
  return -1;
}

void Judge::addClasses(const HostBatch &batch) {
  int64_t rows = static_cast<int64_t>(scores.size()) / perRow;
  for (int64_t i = 0; i < rows; ++i) {
    int64_t expected = labelAt(batch, i);
    if (!isOneHot && label.hasIgnoreIndex && expected == label.ignoreIndex)
      continue;
    classes->add(predictionAt(i), expected);
  }
}

void Judge::addEntities(const HostBatch &batch) {
  int64_t places = static_cast<int64_t>(scores.size()) / perRow / batch.rows;
  std::vector<int64_t> predicted, expected;
  for (int64_t sample = 0; sample < batch.rows; ++sample) {
    predicted.clear();
    expected.clear();
    for (int64_t i = sample * places; i < (sample + 1) * places; ++i) {
      int64_t tag = labelAt(batch, i);
      if (label.hasIgnoreIndex && tag == label.ignoreIndex)
        continue;
      expected.push_back(tag);
      predicted.push_back(predictionAt(i));
    }
    entities->add(predicted, expected);
  }
}

void Judge::addRows(const HostBatch &batch) {
  std::vector<double> labels(static_cast<size_t>(perRow));
  for (int64_t sample = 0; sample < batch.rows; ++sample) {
    for (int64_t k = 0; k < perRow; ++k)
      labels[static_cast<size_t>(k)] = loadElement(label.type, batch.inputs[labelInput],
                                                   static_cast<size_t>(sample * perRow + k));
    const double *row = scores.data() + sample * perRow;
    if (several)
      several->add({row, static_cast<size_t>(perRow)}, labels);
    else
      numbers->add(row[0], labels[0]);
  }
}

void Judge::add(const HostBatch &batch, const std::vector<uint8_t> &logits,
                const std::vector<uint8_t> &endLogits) {
  if (finder)
    return addWindows(*finder, batch.samples, type, logits, endLogits);
  scores.resize(logits.size() / elementSize(type));
  for (size_t i = 0; i < scores.size(); ++i)
    scores[i] = loadElement(type, logits.data(), i);
  if (classes)
    addClasses(batch);
  else if (entities)
    addEntities(batch);
  else
    addRows(batch);
}

MetricValues Judge::values(double loss) {
  if (finder) {
    AnswerMetrics metrics(version2);
    for (size_t question = 0; question < finder->set().size(); ++question)
      metrics.add(finder->take(question).text, finder->set(), question);
    return metrics.values();
  }
  if (classes && classes->count() > 0)
    return classes->values();
  if (several && several->count() > 0)
    return several->values();
  if (numbers && numbers->count() > 0)
    return numbers->values();
  if (entities && entities->count() > 0)
    return entities->values();
  if (task.task == schema::Task::MaskedLanguageModeling)
    return {{"perplexity", std::exp(loss)}};
  return {};
}

} // namespace weft::rt
