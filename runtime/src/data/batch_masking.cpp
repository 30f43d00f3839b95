// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Batches of a masked language model: tokens, their labels, and the places of the labelled ones.
#include "data/batch_plan.h"

#include <algorithm>

namespace weft::rt {

// Set if the data is masked here, or if the model wants labels by position and the data has them
// for each place.
Status BatchPlan::findMasked(const Dataset &data, const BucketSpec &bucket) {
  Masked found;
  found.rules = data.masking;
  for (size_t i = 0; i < bucket.inputs.size(); ++i) {
    const std::string &name = bucket.inputs[i].name;
    if (name == "input_ids")
      found.ids = i;
    else if (name == "labels")
      found.labels = i;
    else if (name == "masked_positions")
      found.positions = i;
  }
  bool byPosition = found.positions != Masked::none && !data.find("masked_positions");
  // Prediction has no labels: its positions are those of the data, if it has labels, or none.
  if (!data.masking && !byPosition)
    return {};
  if (found.ids == Masked::none)
    return invalidArgument("%s: masking needs an input input_ids, which the model lacks",
                           data.path.c_str());
  if (found.labels != Masked::none && !bucket.inputs[found.labels].hasIgnoreIndex)
    return invalidArgument("%s: masking needs labels of which the model ignores a value",
                           data.path.c_str());
  masked = std::move(found);
  if (const DataField *labels = data.find("labels"); labels && !masked->rules) {
    InputSpec asIs; // labels as the data has them: any width, checked where they are used
    asIs.name = "labels";
    asIs.type = ElementType::i64;
    asIs.isLabel = asIs.hasIgnoreIndex = true;
    asIs.ignoreIndex = -100;
    asIs.sampleShape = {1};
    if (masked->labels != Masked::none) {
      const InputSpec &input = bucket.inputs[masked->labels];
      asIs.low = input.low;
      asIs.high = input.high;
      asIs.ignoreIndex = input.ignoreIndex;
    }
    WEFT_ASSIGN_OR_RETURN(masked->given, chooseConversion(*labels, asIs, true));
    masked->given.file = labels->file;
    masked->given.field = labels->name;
    if (masked->labels != Masked::none)
      WEFT_RETURN_IF_ERROR(countLabels(asIs));
  }
  return {};
}

// Masks that are made with the batch are as many as the tokens say: of buckets for the same length
// only the one with the most positions serves them.
void BatchPlan::dropFewerPositions(std::vector<BucketSpec> &buckets) const {
  if (!masked || !masked->rules || masked->positions == Masked::none)
    return;
  auto positionsOf = [&](const BucketSpec &bucket) {
    return bucket.inputs[masked->positions].sampleShape[0];
  };
  auto lengthOf = [&](const BucketSpec &bucket) {
    return bucket.inputs[masked->ids].sampleShape[0];
  };
  std::erase_if(buckets, [&, all = buckets](const BucketSpec &bucket) {
    return std::any_of(all.begin(), all.end(), [&](const BucketSpec &other) {
      return lengthOf(other) == lengthOf(bucket) && positionsOf(other) > positionsOf(bucket);
    });
  });
}

Status BatchPlan::countLabels(const InputSpec &labels) {
  const Source &given = masked->given;
  if (!given.isSequence)
    return invalidArgument("%s: %s: expected a label for each token", given.file.c_str(),
                           given.field.c_str());
  for (int64_t i = 0; i < sampleCount; ++i) {
    auto sample = static_cast<uint32_t>(i);
    uint32_t count = 0;
    for (int64_t k = 0; k < given.lengthOf(sample); ++k)
      count += elementAsInteger(given.array, given.firstElement(sample) + k) != labels.ignoreIndex;
    masked->counts.push_back(count);
  }
  return {};
}

// As many as the smallest bucket that fits the sample alone has places for, so that masks do not
// depend on the other samples of a batch, and no more than usual, so that they do not depend on
// the buckets.
int64_t BatchPlan::maskLimit(uint32_t sample) const {
  if (masked->positions == Masked::none)
    return INT64_MAX;
  return std::min(buckets[bucketFor({&sample, 1})].inputs[masked->positions].sampleShape[0],
                  masked->rules->usualLimit(masked->tokens.lengthOf(sample)));
}

// Writes one number after the other to a row of an input.
namespace {
class RowWriter {
public:
  RowWriter(const InputSpec &input, void *target, int64_t row)
      : input(input),
        target(static_cast<uint8_t *>(target) + static_cast<size_t>(row) * input.sampleBytes()) {}
  void add(int64_t value) { storeElement(input.type, target, next++, static_cast<double>(value)); }
  void fillUp(int64_t value) {
    while (next < static_cast<size_t>(input.sampleElements()))
      add(value);
  }

private:
  const InputSpec &input;
  uint8_t *target;
  size_t next = 0;
};
} // namespace

// The tokens of a sample and their labels, after masking.
void BatchPlan::maskSample(uint32_t sample, int64_t epoch, int64_t ignored,
                           std::vector<int32_t> &tokens, std::vector<int64_t> &labels) const {
  auto length = static_cast<size_t>(masked->tokens.lengthOf(sample));
  tokens.resize(length);
  labels.assign(length, ignored);
  for (size_t k = 0; k < length; ++k)
    tokens[k] = static_cast<int32_t>(elementAsInteger(
        masked->tokens.array, masked->tokens.firstElement(sample) + static_cast<int64_t>(k)));
  if (masked->rules)
    masked->rules->apply(epoch, sample, tokens, labels, ignored, maskLimit(sample));
  else if (masked->given.array.data)
    for (size_t k = 0; k < length; ++k)
      labels[k] = elementAsInteger(masked->given.array,
                                   masked->given.firstElement(sample) + static_cast<int64_t>(k));
}

void BatchPlan::fillMasked(const BatchContent &content, std::span<void *const> targets,
                           int64_t firstRow) const {
  const std::vector<InputSpec> &inputs = buckets[content.bucket].inputs;
  bool hasLabels = masked->labels != Masked::none, byPosition = masked->positions != Masked::none;
  int64_t ignored = hasLabels ? inputs[masked->labels].ignoreIndex : -100;
  std::vector<int32_t> tokens;
  std::vector<int64_t> labels;
  int64_t row = firstRow;
  for (uint32_t sample : content.samples) {
    maskSample(sample, content.epoch, ignored, tokens, labels);
    RowWriter ids(inputs[masked->ids], targets[masked->ids], row);
    for (int32_t token : tokens)
      ids.add(token);
    ids.fillUp(static_cast<int64_t>(masked->tokens.padding));
    if (hasLabels) {
      RowWriter writer(inputs[masked->labels], targets[masked->labels], row);
      for (int64_t label : labels)
        if (!byPosition || label != ignored)
          writer.add(label);
      writer.fillUp(ignored);
    }
    if (byPosition) {
      RowWriter writer(inputs[masked->positions], targets[masked->positions], row);
      for (size_t k = 0; k < labels.size(); ++k)
        if (labels[k] != ignored)
          writer.add(static_cast<int64_t>(k));
      writer.fillUp(0);
    }
    ++row;
  }
}

} // namespace weft::rt
