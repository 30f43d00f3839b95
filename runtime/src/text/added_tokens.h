// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tokens that are looked for in the text before it is cut into words: [MASK] and the like.
#ifndef WEFT_RUNTIME_TEXT_ADDED_TOKENS_H
#define WEFT_RUNTIME_TEXT_ADDED_TOKENS_H

#include "text/trie.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::rt {

struct AddedToken {
  std::string content;
  int32_t id = -1;
  bool special = false;
  // Not found inside of a longer word.
  bool singleWord = false;
  // Takes the white space on its left or right along.
  bool stripLeft = false, stripRight = false;
  // Found, in normal form, in the normalized text; else in the text as it stands.
  bool normalized = false;
};

// A part of a text, in bytes: a token found, or (token < 0) what lies between.
struct TextPart {
  size_t begin, end;
  int32_t token; // index of the added token
};

// Finds the tokens of a set from left to right, at each place the longest.
class AddedTokenFinder {
public:
  AddedTokenFinder() = default;
  // The patterns to look for; each one's token is the index in `tokens` beside it. `splitSpecial`:
  // special ones count as text.
  AddedTokenFinder(std::span<const AddedToken> tokens, const std::vector<Trie::Entry> &patterns,
                   bool splitSpecial = false);

  bool empty() const { return !hasPatterns; }
  // Appends the parts of well-formed text, in order. Parts may overlap where a token that begins
  // with white space follows one that strips it, as in Hugging Face's tokenizers.
  void split(std::string_view text, std::vector<TextPart> &parts) const;

private:
  struct Flags {
    bool singleWord, stripLeft, stripRight, isText;
  };
  // The first byte from `position` on that a pattern begins with, or the end.
  size_t nextCandidate(std::string_view text, size_t position) const;

  bool hasPatterns = false;
  Trie trie;
  std::vector<Flags> flags; // of each added token
  std::array<bool, 256> begins{};
  int onlyFirstByte = -1; // if all begin with the same
};

} // namespace weft::rt

#endif
