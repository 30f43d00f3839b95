// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each worker tokenizes a run of texts; the runs are then put together in their order.
#include "train/text_samples.h"

#include <algorithm>

namespace weft::rt {

namespace {

struct Part {
  std::vector<int32_t> ids, labels;
  std::vector<int8_t> types;
  std::vector<TextRange> ranges;
  std::vector<uint32_t> lengths, texts;
  int64_t cut = 0;
  Status status;
};

Status tooLong(const TokenizeRequest &request, int64_t index, size_t found) {
  return invalidArgument("%s: expected at most %lld tokens, found %zu; --truncation longest_first "
                         "cuts such texts",
                         request.place(index).c_str(), static_cast<long long>(request.maxLength),
                         found);
}

void addSample(const TokenizeRequest &request, int64_t index, const Encoding &encoding,
               Part &part) {
  part.ids.insert(part.ids.end(), encoding.ids.begin(), encoding.ids.end());
  part.types.insert(part.types.end(), encoding.typeIds.begin(), encoding.typeIds.end());
  part.lengths.push_back(static_cast<uint32_t>(encoding.size()));
  if (request.label)
    request.label(index, encoding, part.labels);
  if (request.range)
    request.range(index, encoding, part.ranges);
  if (request.windows)
    part.texts.push_back(static_cast<uint32_t>(index));
}

Status addText(const TokenizeRequest &request, int64_t index, Encoding &encoding, Part &part) {
  WEFT_ASSIGN_OR_RETURN(size_t cut, encodeWithin(request, index, encoding));
  part.cut += cut > 0;
  addSample(request, index, encoding, part);
  for (const Encoding &window : encoding.overflowing)
    addSample(request, index, window, part);
  return {};
}

template <typename T>
void append(std::vector<T> &to, std::vector<T> &from) {
  to.insert(to.end(), from.begin(), from.end());
  from = {};
}

} // namespace

Result<size_t> encodeWithin(const TokenizeRequest &request, int64_t index, Encoding &encoding) {
  EncodeOptions options;
  options.addSpecialTokens = request.addSpecialTokens;
  size_t cut = 0;
  Status status = request.encode(index, options, encoding);
  if (status.ok() && encoding.size() > static_cast<size_t>(request.maxLength)) {
    size_t found = encoding.size();
    if (request.truncation == Truncation::none)
      return tooLong(request, index, found);
    options.truncation = request.truncation;
    options.side = request.side;
    options.maxLength = static_cast<size_t>(request.maxLength);
    options.keepOverflow = request.windows;
    options.stride = request.stride;
    status = request.encode(index, options, encoding);
    cut = found - encoding.size();
  }
  if (!status.ok())
    return std::move(status).withContext(request.place(index));
  return cut;
}

Result<TokenizedTexts> tokenizeTexts(ThreadPool &pool, const TokenizeRequest &request) {
  struct Context {
    const TokenizeRequest &request;
    std::vector<Part> parts;
  } context{request, std::vector<Part>(static_cast<size_t>(pool.threadCount()))};
  pool.run(
      [](void *given, ThreadPool::Share share) {
        auto &[request, parts] = *static_cast<Context *>(given);
        Part &part = parts[static_cast<size_t>(share.index)];
        Encoding encoding;
        int64_t end = request.count * (share.index + 1) / share.count;
        for (int64_t i = request.count * share.index / share.count; i < end && part.status.ok();
             ++i)
          part.status = addText(request, i, encoding, part);
      },
      &context);
  TokenizedTexts texts;
  auto offsets = std::make_shared<std::vector<uint64_t>>(1, 0);
  for (Part &part : context.parts) {
    WEFT_RETURN_IF_ERROR(std::move(part.status));
    for (uint32_t length : part.lengths) {
      offsets->push_back(offsets->back() + length);
      texts.longest = std::max<int64_t>(texts.longest, length);
    }
    append(texts.ids, part.ids);
    append(texts.types, part.types);
    append(texts.labels, part.labels);
    append(texts.ranges, part.ranges);
    append(texts.texts, part.texts);
    texts.cut += part.cut;
  }
  texts.offsets = std::move(offsets);
  return texts;
}

} // namespace weft::rt
