// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Many texts to tokens, on all workers of a pool.
#ifndef WEFT_RUNTIME_TRAIN_TEXT_SAMPLES_H
#define WEFT_RUNTIME_TRAIN_TEXT_SAMPLES_H

#include "data/dataset.h"
#include "device/thread_pool.h"
#include "text/tokenizer.h"

#include <functional>

namespace weft::rt {

struct TokenizedTexts {
  std::vector<int32_t> ids;
  std::vector<int8_t> types;
  std::vector<int32_t> labels; // empty if none were asked for
  std::vector<TextRange> ranges;
  std::vector<uint32_t> texts; // of each sample, with TokenizeRequest::windows
  std::shared_ptr<const std::vector<uint64_t>> offsets;
  int64_t cut = 0; // samples that were truncated
  int64_t longest = 0;

  int64_t samples() const { return static_cast<int64_t>(offsets->size()) - 1; }
};

struct TokenizeRequest {
  int64_t count = 0;
  int64_t maxLength = 0; // tokens at most
  Truncation truncation = Truncation::longestFirst;
  TruncationSide side = TruncationSide::right;
  bool addSpecialTokens = true;
  // Encodes text number `index`. Called from several threads.
  std::function<Status(int64_t index, const EncodeOptions &options, Encoding &result)> encode;
  // Where a text stands, for messages.
  std::function<std::string(int64_t index)> place;
  // Adds a label for each token of an encoding (or whatever labels it); may be empty.
  std::function<void(int64_t index, const Encoding &encoding, std::vector<int32_t> &labels)> label;
  // The same for ranges.
  std::function<void(int64_t index, const Encoding &encoding, std::vector<TextRange> &ranges)>
      range;
  // What is cut off becomes samples of its own, which repeat `stride` tokens of the one before.
  bool windows = false;
  size_t stride = 0;
};

// Encodes a text and cuts it to what is allowed. Gives how many tokens were left out.
Result<size_t> encodeWithin(const TokenizeRequest &request, int64_t index, Encoding &encoding);

// In the order of the texts, whatever the number of threads. A text of more tokens than allowed is
// cut and counted, or, with Truncation::none, an error that names its place.
Result<TokenizedTexts> tokenizeTexts(ThreadPool &pool, const TokenizeRequest &request);

// A field that shares `offsets` and takes the values over.
template <typename T>
DataField sampleField(std::string name, DataType type, std::vector<T> values,
                      const std::shared_ptr<const std::vector<uint64_t>> &offsets,
                      const std::string &file) {
  auto owner = std::make_shared<std::vector<T>>(std::move(values));
  DataField field;
  field.name = std::move(name);
  field.kind = field.name == "labels" ? DataField::Kind::labels : DataField::Kind::features;
  field.file = file;
  field.offsets = offsets;
  field.array.type = type;
  field.array.shape = {static_cast<int64_t>(owner->size())};
  field.array.data = reinterpret_cast<const uint8_t *>(owner->data());
  field.array.owner = std::move(owner);
  return field;
}

} // namespace weft::rt

#endif
