// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The vocabulary and WordPiece over it: a word is cut, from its beginning, into the longest tokens
// there are; if that does not come out even, it is unknown.
#ifndef WEFT_RUNTIME_TEXT_WORD_PIECE_H
#define WEFT_RUNTIME_TEXT_WORD_PIECE_H

#include "base/status.h"
#include "text/trie.h"

#include <string>
#include <string_view>
#include <vector>

namespace weft::rt {

// A token of a text: its id, the range of characters that it comes from, the word it is part of.
struct TextToken {
  int32_t id;
  uint32_t begin, end;
  int32_t word;
};

struct WordPieceOptions {
  std::string unknownToken = "[UNK]";
  std::string continuationPrefix = "##";
  size_t maxWordCharacters = 100;
};

class WordPiece {
public:
  // An id that no vocabulary has.
  static constexpr int32_t idLimit = 1 << 24;

  struct Token {
    std::string text;
    int32_t id;
  };

  WordPiece() = default;
  // Ids are in [0, idLimit). Fails if the unknown token is not among `tokens`; `place` stands in
  // messages. Of equal tokens the one with the highest id counts.
  static Result<WordPiece> create(std::vector<Token> tokens, WordPieceOptions options,
                                  const std::string &place);

  size_t tokenCount() const { return sorted.size(); }
  int32_t maxId() const { return static_cast<int32_t>(byId.size()) - 1; }
  // -1 or an empty text: there is none.
  int32_t idOf(std::string_view token) const;
  std::string_view tokenOf(int32_t id) const;
  bool isContinuation(int32_t id) const;
  int32_t unknownId() const { return unknown; }
  const std::string &continuationPrefix() const { return settings.continuationPrefix; }

  // Appends the tokens of `word`, each byte replaced through `map` (of 256). They have byte offsets
  // in `word`, and `wordIndex`.
  void encode(std::string_view word, const uint8_t *map, int32_t wordIndex,
              std::vector<TextToken> &result) const;

private:
  bool isTooLong(std::string_view word) const;

  WordPieceOptions settings;
  std::vector<Token> sorted; // by text
  std::vector<int32_t> byId; // index into `sorted`, or -1
  Trie firstTokens;          // of a word
  Trie laterTokens;          // without their prefix
  int32_t unknown = -1;
};

} // namespace weft::rt

#endif
