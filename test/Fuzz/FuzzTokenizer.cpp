// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tokenizer.json, vocab.txt, tokenizer_config.json, and texts. The first byte chooses what the
// others are: a file, the first zero byte of which ends it and begins a text; or a text only.
#include "text/tokenizer.h"
#include "text/tokenizer_files.h"

#include <cstdlib>

using namespace weft::rt;

static const Tokenizer &fixedTokenizer() {
  static const Tokenizer tokenizer = [] {
    Result<Tokenizer> made = Tokenizer::fromVocabulary(
        "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##a\n##b\nab\n##abb\n.\n中\né\n##é\n", "vocab");
    if (!made.ok())
      std::abort();
    return made.take();
  }();
  return tokenizer;
}

static void expect(bool condition) {
  if (!condition)
    std::abort();
}

// Whatever the text is, all vectors agree and ids and offsets lie inside.
static void encode(const Tokenizer &tokenizer, std::string_view text, uint8_t choice) {
  EncodeOptions options;
  options.truncation = static_cast<Truncation>(choice >> 2 & 3);
  options.side = static_cast<TruncationSide>(choice >> 4 & 1);
  options.keepOverflow = choice >> 5 & 1;
  options.maxLength = 3 + (choice >> 6) * 4;
  options.stride = choice >> 6;
  Encoding encoding;
  size_t half = text.size() / 2;
  Status status = choice & 1
                      ? tokenizer.encode(text.substr(0, half), text.substr(half), options, encoding)
                      : tokenizer.encode(text, options, encoding);
  if (!status.ok())
    return;
  size_t size = encoding.size();
  expect(encoding.typeIds.size() == size && encoding.offsets.size() == size &&
         encoding.wordIds.size() == size && encoding.sequenceIds.size() == size &&
         encoding.specialTokensMask.size() == size);
  for (size_t i = 0; i < size; ++i) {
    expect(encoding.ids[i] >= 0 &&
           static_cast<size_t>(encoding.ids[i]) < tokenizer.vocabularySize());
    expect(encoding.offsets[i].begin <= encoding.offsets[i].end &&
           encoding.offsets[i].end <= text.size());
  }
  (void)tokenizer.decode(encoding.ids, false);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2)
    return 0;
  std::string_view input(reinterpret_cast<const char *>(data + 2), size - 2);
  uint8_t kind = data[0] % 4;
  std::string_view file = input.substr(0, input.find('\0'));
  std::string_view text = input.substr(std::min(file.size() + 1, input.size()));
  if (kind == 0)
    encode(fixedTokenizer(), input, data[1]);
  if (kind == 1)
    if (Result<Tokenizer> tokenizer = Tokenizer::fromJson(file, "input"); tokenizer.ok())
      encode(*tokenizer, text, data[1]);
  if (kind == 2)
    if (Result<Tokenizer> tokenizer = Tokenizer::fromVocabulary(file, "input"); tokenizer.ok())
      encode(*tokenizer, text, data[1]);
  if (kind == 3) {
    TokenizerConfig config;
    (void)readTokenizerConfig(file, "input", config).ok();
  }
  return 0;
}
