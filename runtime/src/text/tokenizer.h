// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text to token ids as BERT's tokenizers do it: normalizer, words, WordPiece, special tokens. Gives
// the ids, types and offsets of Hugging Face's `tokenizers` for the same file and text.
#ifndef WEFT_RUNTIME_TEXT_TOKENIZER_H
#define WEFT_RUNTIME_TEXT_TOKENIZER_H

#include "base/status.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::rt {

// What gives way when a text, or a pair of them, is longer than `maxLength`.
enum class Truncation : uint8_t {
  none,         // do_not_truncate: nothing
  longestFirst, // longest_first: the longer of the two, until both fit
  onlyFirst,    // only_first: the first text; fails if it is too short for that
  onlySecond,   // only_second: the second text; likewise
};

// From which end of a text tokens are taken when it is cut.
enum class TruncationSide : uint8_t { right, left };

// What becomes of bytes that are not UTF-8.
enum class InvalidUtf8 : uint8_t {
  replace, // each maximal ill-formed part is one U+FFFD (as Python's errors="replace")
  error,   // invalidArgument, naming the byte
};

struct EncodeOptions {
  Truncation truncation = Truncation::none;
  TruncationSide side = TruncationSide::right;
  InvalidUtf8 invalidUtf8 = InvalidUtf8::replace;
  // [CLS], [SEP] and the like, as the tokenizer's template places them.
  bool addSpecialTokens = true;
  // Keeps what was cut off in Encoding::overflowing, in pieces of at most `maxLength`.
  bool keepOverflow = false;
  // Tokens at most, special ones included. Means nothing without a truncation.
  size_t maxLength = 512;
  // Tokens that a piece of the overflow repeats of the piece before it.
  size_t stride = 0;
};

// A part of a text: [begin, end) in characters (code points), not bytes. Counts the characters of
// the text as it was given, each U+FFFD that stands for ill-formed bytes as one.
struct TextRange {
  uint32_t begin = 0, end = 0;
  bool operator==(const TextRange &) const = default;
};

// The tokens of a text or of a pair. All vectors have the same length.
struct Encoding {
  std::vector<int32_t> ids;
  std::vector<int32_t> typeIds;
  // Where each token lies in its text (in its word, if words were given); [0, 0) for tokens that
  // the template added.
  std::vector<TextRange> offsets;
  // Index of the word that a token is part of: the word of the given list, else the run of
  // characters that the pre-tokenizer made. Counts from 0 in each text of a pair. -1 for tokens
  // that the template added.
  std::vector<int32_t> wordIds;
  // 0 or 1: the text of a pair; -1 for tokens that the template added.
  std::vector<int8_t> sequenceIds;
  // 1 for tokens that the template added.
  std::vector<uint8_t> specialTokensMask;
  // Only with EncodeOptions::keepOverflow. In the order of Hugging Face.
  std::vector<Encoding> overflowing;

  size_t size() const { return ids.size(); }
  // Keeps the memory.
  void clear();
};

// Ids of the tokens that models treat specially; -1 for one that the tokenizer does not have.
struct SpecialTokens {
  int32_t cls = -1, sep = -1, pad = -1, mask = -1, unk = -1;
};

struct TokenizerData;

// What vocab.txt does not say. The defaults are those of bert-base-uncased.
struct VocabularyOptions {
  bool lowercase = true;
  // Unset: as `lowercase`.
  std::optional<bool> stripAccents;
  bool handleChineseChars = true;
  std::string cls = "[CLS]", sep = "[SEP]", pad = "[PAD]", mask = "[MASK]", unk = "[UNK]";
};

// Immutable; copies share the tables. Any number of threads may encode at the same time.
class Tokenizer {
public:
  // A folder: its tokenizer.json, else its vocab.txt with what its tokenizer_config.json says (if
  // it has one). A file: tokenizer.json or vocab.txt by content, under any name; beside a
  // vocab.txt, tokenizer_config.json is read as well.
  //
  // As in Hugging Face's Transformers 5, the tokenizer of a folder whose configuration names a BERT
  // tokenizer, or none, normalizes as do_lower_case, strip_accents and tokenize_chinese_chars of
  // tokenizer_config.json and their defaults say, whatever tokenizer.json does; special tokens and
  // their flags (lstrip, rstrip, single_word, normalized) come from added_tokens_decoder, else from
  // special_tokens_map.json, added_tokens.json and tokenizer.json; split_special_tokens makes them
  // text; do_basic_tokenize and never_split mean nothing. What would change the ids and is not
  // supported is an error that names its place in the JSON.
  // The truncation and padding that tokenizer.json may hold are not applied: options decide, as in
  // Hugging Face's Transformers.
  static Result<Tokenizer> load(const std::string &path);
  // From text in memory; `name` stands in messages.
  static Result<Tokenizer> fromJson(std::string_view text, const std::string &name);
  static Result<Tokenizer> fromVocabulary(std::string_view text, const std::string &name,
                                          const VocabularyOptions &options = {});

  // Encodes a text, or a pair of texts. `result` is overwritten; its memory is used again, so that
  // a loop over texts that keeps one Encoding does not allocate. Fails for ill-formed UTF-8 (if
  // asked), for a truncation that cannot be done (maxLength below the special tokens, a stride that
  // is not below what is left, a text that is too short for onlyFirst or onlySecond), and for a
  // text of more than 2^31 bytes. After a failure `result` holds nothing of use.
  Status encode(std::string_view text, const EncodeOptions &options, Encoding &result) const;
  Status encode(std::string_view text, std::string_view pair, const EncodeOptions &options,
                Encoding &result) const;
  // Text that is split into words already (is_split_into_words): wordIds index `words`. A word
  // may become several tokens or none.
  Status encodeWords(std::span<const std::string_view> words, const EncodeOptions &options,
                     Encoding &result) const;
  Status encodeWords(std::span<const std::string_view> words,
                     std::span<const std::string_view> pair, const EncodeOptions &options,
                     Encoding &result) const;

  // Highest id + 1, added tokens included: what an embedding must hold.
  size_t vocabularySize() const;
  // The id of a token as the vocabulary spells it ("##ing"), or -1.
  int32_t idOf(std::string_view token) const;
  // The token of an id; empty if there is none.
  std::string_view tokenOf(int32_t id) const;
  // True for a token that continues a word ("##ing").
  bool isContinuation(int32_t id) const;
  // True for the tokens that the tokenizer declares as special.
  bool isSpecial(int32_t id) const;
  const SpecialTokens &special() const;
  // Tokens that the template adds to a text or to a pair.
  size_t addedTokens(bool pair) const;
  // model_max_length of tokenizer_config.json, if a folder with a sensible one was loaded.
  std::optional<size_t> modelMaxLength() const;
  // truncation_side of it: what Hugging Face cuts if nothing else is asked for.
  TruncationSide truncationSide() const;
  // padding_side of it is left.
  bool padsLeft() const;
  // Text of the tokens, as Hugging Face decodes them: continuations joined, special tokens left out
  // if asked, spaces before punctuation taken away as tokenizer.json's decoder says.
  std::string decode(std::span<const int32_t> ids, bool skipSpecialTokens = true) const;

  // For the readers of files.
  explicit Tokenizer(std::shared_ptr<const TokenizerData> data);

private:
  std::shared_ptr<const TokenizerData> data;
};

} // namespace weft::rt

#endif
