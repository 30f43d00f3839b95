// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Queues of rows, and the batches that are made of them.
#include "explainer.h"
#include "train/step_engine.h"

#include <algorithm>
#include <cstring>

namespace weft::tool {

using rt::Result;
using rt::Status;

namespace schema = weft::schema;

Result<Explainer> Explainer::create(rt::Session &session, int64_t batchSize,
                                    const std::string &module) {
  Explainer explainer(session, batchSize);
  std::optional<uint32_t> entry = session.module().findEntry("explain");
  if (!entry)
    return rt::failedPrecondition("%s: the module has no entry explain; compile the model's folder "
                                  "with weftc --explain",
                                  module.c_str());
  explainer.entry = *entry;
  WEFT_RETURN_IF_ERROR(explainer.checkInputs(module));
  const auto &buckets = *session.module().entry(*entry).buckets();
  for (uint32_t i = 0; i < buckets.size(); ++i)
    explainer.buckets.push_back(
        {i, buckets.Get(i)->inputs()->Get(0)->shape()->Get(1)->fixed(), {}});
  std::sort(explainer.buckets.begin(), explainer.buckets.end(),
            [](const Bucket &a, const Bucket &b) { return a.length < b.length; });
  return explainer;
}

// A model that was written by hand may have an entry of that name too.
Status Explainer::checkInputs(const std::string &module) {
  const schema::Bucket &bucket = *session->module().entry(entry).buckets()->Get(0);
  std::string found;
  bool isExpected = bucket.outputs()->size() == 2, hasAlpha = false, hasTarget = false;
  for (const schema::Input *input : *bucket.inputs()) {
    std::string name = input->name()->str();
    found += (found.empty() ? "" : ", ") + name;
    isExpected = isExpected && (found != name || name == "input_ids");
    bool isKnown = name == "input_ids" || name == "token_type_ids" || name == "attention_mask" ||
                   name == "position" || name == "target";
    hasAlpha = hasAlpha || name == "alpha";
    hasTarget = hasTarget || name == "target";
    takesPosition = takesPosition || name == "position";
    rt::ElementType type = rt::elementType(input->type());
    isExpected = isExpected && ((isKnown && type == rt::ElementType::i32) ||
                                (name == "alpha" && type == rt::ElementType::f32));
  }
  if (!isExpected || !hasAlpha || !hasTarget)
    return rt::failedPrecondition(
        "%s: @explain: expected the inputs input_ids, attention_mask, alpha, target and perhaps "
        "token_type_ids and position, as weftc --explain makes them, and two outputs, found %s",
        module.c_str(), found.c_str());
  const auto &shape = *bucket.outputs()->Get(0)->shape();
  classCount = shape.Get(shape.size() - 1)->fixed();
  return {};
}

Status Explainer::add(const ExplainRow &row, ReceiveRow receive) {
  auto length = static_cast<int64_t>(row.text->size());
  auto fit = std::find_if(buckets.begin(), buckets.end(),
                          [&](const Bucket &bucket) { return bucket.length >= length; });
  if (fit == buckets.end())
    return rt::invalidArgument("the text has %lld tokens, more than the %lld that the module was "
                               "compiled for",
                               static_cast<long long>(length),
                               static_cast<long long>(buckets.back().length));
  fit->queue.emplace_back(row, std::move(receive));
  return static_cast<int64_t>(fit->queue.size()) < batchSize ? Status() : run(*fit);
}

Status Explainer::flush() {
  for (Bucket &bucket : buckets)
    if (!bucket.queue.empty())
      WEFT_RETURN_IF_ERROR(run(bucket));
  return {};
}

void Explainer::fill(const Bucket &bucket, const std::string &name, uint8_t *target) const {
  auto add = [&target](auto value) {
    std::memcpy(target, &value, sizeof(value));
    target += sizeof(value);
  };
  for (const auto &[row, receive] : bucket.queue) {
    const rt::Encoding &text = *row.text;
    if (name == "alpha") {
      add(row.alpha);
    } else if (name == "target" || name == "position") {
      add(name == "target" ? row.target : row.position);
    } else {
      for (size_t i = 0; i < static_cast<size_t>(bucket.length); ++i)
        add(i >= text.size()           ? int32_t{0}
            : name == "input_ids"      ? text.ids[i]
            : name == "token_type_ids" ? text.typeIds[i]
                                       : int32_t{1});
    }
  }
}

Status Explainer::run(Bucket &bucket) {
  const schema::Bucket &shapes = *session->module().entry(entry).buckets()->Get(bucket.index);
  int64_t fixed = rt::fixedBatch(session->module(), entry);
  int64_t rows = fixed > 0 ? fixed : static_cast<int64_t>(bucket.queue.size());
  std::vector<std::vector<uint8_t>> memory;
  std::vector<const void *> inputs;
  for (uint32_t i = 0; i < shapes.inputs()->size(); ++i) {
    memory.emplace_back(session->inputBytes(entry, bucket.index, i, rows));
    fill(bucket, shapes.inputs()->Get(i)->name()->str(), memory.back().data());
    inputs.push_back(memory.back().data());
  }
  std::vector<float> results[2];
  std::vector<void *> outputs;
  for (uint32_t i = 0; i < 2; ++i) {
    results[i].resize(session->outputBytes(entry, bucket.index, i, rows) / sizeof(float));
    outputs.push_back(results[i].data());
  }
  rt::RunRequest request;
  request.entry = entry;
  request.bucket = bucket.index;
  request.rows = rows;
  request.inputs = inputs;
  request.scalars = &scalars;
  request.outputs = outputs;
  WEFT_RETURN_IF_ERROR(session->run(request));
  size_t logits = results[0].size() / static_cast<size_t>(rows);
  auto length = static_cast<size_t>(bucket.length);
  for (size_t i = 0; i < bucket.queue.size(); ++i)
    bucket.queue[i].second(
        std::span<const float>(results[0]).subspan(i * logits, logits),
        std::span<const float>(results[1]).subspan(i * length, bucket.queue[i].first.text->size()));
  bucket.queue.clear();
  return {};
}

} // namespace weft::tool
