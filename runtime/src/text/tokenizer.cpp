// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tokenizer's interface over its parts.
#include "text/tokenizer.h"
#include "text/text_encoder.h"
#include "text/truncation.h"

namespace weft::rt {

namespace {

// Truncates what has been tokenized and applies the template.
Status finish(const TokenizerData &data, EncoderScratch &scratch, size_t count,
              const EncodeOptions &options, Encoding &result) {
  const Template &pattern = count == 1 ? data.parts.single : data.parts.pair;
  TokenSequence sequences[2];
  for (size_t i = 0; i < count; ++i)
    sequences[i].tokens = scratch.tokens[i];
  size_t added = options.addSpecialTokens ? pattern.addedTokens() : 0;
  if (options.truncation != Truncation::none && options.maxLength < added)
    return invalidArgument("maximum length: expected room for the %zu special tokens at least, "
                           "found %zu",
                           added, options.maxLength);
  std::span<TokenSequence> used(sequences, count);
  WEFT_RETURN_IF_ERROR(truncate(used, options.maxLength - added, options));
  assemble(used, pattern, options, result);
  scratch.trim();
  return {};
}

Status encodeText(const TokenizerData &data, EncoderScratch &scratch, size_t index,
                  std::string_view text, const EncodeOptions &options) {
  scratch.tokens[index].clear();
  return TextEncoder(data, scratch, scratch.tokens[index])
      .encode(text, -1, options.invalidUtf8, index == 0 ? "text: " : "pair: ");
}

Status encodeList(const TokenizerData &data, EncoderScratch &scratch, size_t index,
                  std::span<const std::string_view> words, const EncodeOptions &options) {
  scratch.tokens[index].clear();
  TextEncoder encoder(data, scratch, scratch.tokens[index]);
  if (words.size() > INT32_MAX)
    return invalidArgument("expected fewer than 2^31 words, found %zu", words.size());
  for (size_t i = 0; i < words.size(); ++i)
    if (Status status = encoder.encode(words[i], static_cast<int32_t>(i), options.invalidUtf8, "");
        !status.ok())
      return std::move(status).withContext((index == 0 ? "text, word " : "pair, word ") +
                                           std::to_string(i));
  return {};
}

void replaceAll(std::string &text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// Spaces that tokenization made, as Hugging Face's WordPiece decoder takes them away.
void cleanUp(std::string &text) {
  constexpr std::pair<const char *, const char *> replacements[] = {
      {" .", "."},   {" ?", "?"},     {" !", "!"},     {" ,", ","},
      {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},   {" do not", " don't"},
      {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
  };
  for (auto [from, to] : replacements)
    replaceAll(text, from, to);
}

} // namespace

void Encoding::clear() {
  ids.clear();
  typeIds.clear();
  offsets.clear();
  wordIds.clear();
  sequenceIds.clear();
  specialTokensMask.clear();
}

Tokenizer::Tokenizer(std::shared_ptr<const TokenizerData> data) : data(std::move(data)) {}

Status Tokenizer::encode(std::string_view text, const EncodeOptions &options,
                         Encoding &result) const {
  EncoderScratch &scratch = EncoderScratch::ofThread();
  WEFT_RETURN_IF_ERROR(encodeText(*data, scratch, 0, text, options));
  return finish(*data, scratch, 1, options, result);
}

Status Tokenizer::encode(std::string_view text, std::string_view pair, const EncodeOptions &options,
                         Encoding &result) const {
  EncoderScratch &scratch = EncoderScratch::ofThread();
  WEFT_RETURN_IF_ERROR(encodeText(*data, scratch, 0, text, options));
  WEFT_RETURN_IF_ERROR(encodeText(*data, scratch, 1, pair, options));
  return finish(*data, scratch, 2, options, result);
}

Status Tokenizer::encodeWords(std::span<const std::string_view> words, const EncodeOptions &options,
                              Encoding &result) const {
  EncoderScratch &scratch = EncoderScratch::ofThread();
  WEFT_RETURN_IF_ERROR(encodeList(*data, scratch, 0, words, options));
  return finish(*data, scratch, 1, options, result);
}

Status Tokenizer::encodeWords(std::span<const std::string_view> words,
                              std::span<const std::string_view> pair, const EncodeOptions &options,
                              Encoding &result) const {
  EncoderScratch &scratch = EncoderScratch::ofThread();
  WEFT_RETURN_IF_ERROR(encodeList(*data, scratch, 0, words, options));
  WEFT_RETURN_IF_ERROR(encodeList(*data, scratch, 1, pair, options));
  return finish(*data, scratch, 2, options, result);
}

size_t Tokenizer::vocabularySize() const { return static_cast<size_t>(data->maxId) + 1; }

int32_t Tokenizer::idOf(std::string_view token) const { return data->idOf(token); }

std::string_view Tokenizer::tokenOf(int32_t id) const {
  const AddedToken *added = data->addedWithId(id);
  return added ? std::string_view(added->content) : data->model.tokenOf(id);
}

bool Tokenizer::isContinuation(int32_t id) const { return data->model.isContinuation(id); }

bool Tokenizer::isSpecial(int32_t id) const {
  const AddedToken *added = data->addedWithId(id);
  return added && added->special;
}

const SpecialTokens &Tokenizer::special() const { return data->special; }

size_t Tokenizer::addedTokens(bool pair) const {
  return (pair ? data->parts.pair : data->parts.single).addedTokens();
}

TruncationSide Tokenizer::truncationSide() const { return data->parts.truncationSide; }

bool Tokenizer::padsLeft() const { return data->parts.padsLeft; }

std::optional<size_t> Tokenizer::modelMaxLength() const { return data->parts.modelMaxLength; }

std::string Tokenizer::decode(std::span<const int32_t> ids, bool skipSpecialTokens) const {
  const std::string &prefix = data->parts.decoderPrefix;
  std::string result;
  bool first = true;
  for (int32_t id : ids) {
    std::string_view text = tokenOf(id);
    if (text.empty() || (skipSpecialTokens && isSpecial(id)))
      continue;
    std::string token(text);
    // Added tokens read as the normalizer leaves them.
    if (const AddedToken *added = data->addedWithId(id); added && added->normalized) {
      NormalizedText form;
      data->normalizer.append(text, 0, form);
      token = form.text;
    }
    if (!first)
      token =
          !prefix.empty() && token.starts_with(prefix) ? token.substr(prefix.size()) : " " + token;
    if (data->parts.decoderCleansUp)
      cleanUp(token);
    result += token;
    first = false;
  }
  return result;
}

} // namespace weft::rt
