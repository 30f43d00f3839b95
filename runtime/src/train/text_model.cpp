// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks by the shapes of labels and logits.
#include "train/text_model.h"

#include "module/sizes.h"

#include <algorithm>

namespace weft::rt {

// An entry that has labels if there is one, else the one that predicts.
static const schema::Entry *mainEntry(const Module &module) {
  for (schema::EntryRole role :
       {schema::EntryRole::EvalStep, schema::EntryRole::TrainStep, schema::EntryRole::Predict})
    if (std::optional<uint32_t> entry = module.findEntry(role))
      return &module.entry(*entry);
  return nullptr;
}

static const schema::Input *findInput(const schema::Bucket &bucket, std::string_view name) {
  for (const schema::Input *input : *bucket.inputs())
    if (input->name()->string_view() == name)
      return input;
  return nullptr;
}

static const schema::Output *findLogits(const Module &module) {
  for (schema::EntryRole role : {schema::EntryRole::Predict, schema::EntryRole::EvalStep})
    if (std::optional<uint32_t> entry = module.findEntry(role))
      for (const schema::Output *output : *module.entry(*entry).buckets()->Get(0)->outputs())
        if (output->role() == schema::OutputRole::Logits && output->shape()->size() > 0)
          return output;
  return nullptr;
}

ModelTask describeTask(const Module &module) {
  ModelTask result;
  const schema::Output *logits = findLogits(module);
  const schema::Entry *entry = mainEntry(module);
  if (logits)
    result.classes = logits->shape()->Get(logits->shape()->size() - 1)->fixed();
  result.task = module.schema().task();
  if (result.task != schema::Task::Classification && result.task != schema::Task::Unknown)
    return result;
  // A model written by hand: one label a place is a token's, or a word to be found if there are as
  // many classes as words.
  const schema::Input *labels = entry ? findInput(*entry->buckets()->Get(0), "labels") : nullptr;
  const schema::Input *ids = entry ? findInput(*entry->buckets()->Get(0), "input_ids") : nullptr;
  if (!labels || !logits)
    return result;
  bool isFloatLabel = isFloat(elementType(labels->type()));
  if (!isFloatLabel && labels->shape()->size() == 2)
    result.task = ids && ids->index_high() > 0 && ids->index_high() == result.classes
                      ? schema::Task::MaskedLanguageModeling
                      : schema::Task::TokenClassification;
  else if (isFloatLabel && ids)
    result.task =
        result.classes > 1 ? schema::Task::MultiLabelClassification : schema::Task::Regression;
  return result;
}

std::optional<TextModel> describeTextModel(const Module &module) {
  const schema::Entry *entry = mainEntry(module);
  if (!entry || !findInput(*entry->buckets()->Get(0), "input_ids"))
    return std::nullopt;
  TextModel model;
  model.task = describeTask(module);
  for (const schema::Bucket *bucket : *entry->buckets()) {
    const schema::Input *ids = findInput(*bucket, "input_ids");
    if (ids && ids->shape()->size() > 1)
      model.length = std::max(model.length, ids->shape()->Get(1)->fixed());
    if (ids && ids->index_high() > ids->index_low())
      model.vocabulary = ids->index_high();
    const schema::Input *places = findInput(*bucket, "masked_positions");
    if (ids && ids->shape()->size() > 1 && places && places->shape()->size() > 1) {
      int64_t &most = model.positions[ids->shape()->Get(1)->fixed()];
      most = std::max(most, places->shape()->Get(1)->fixed());
    }
    model.hasTypeIds = model.hasTypeIds || findInput(*bucket, "token_type_ids");
  }
  return model;
}

} // namespace weft::rt
