// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The search for added tokens, with the white space and the word boundaries that they ask for.
#include "text/added_tokens.h"
#include "text/unicode.h"
#include "text/utf8.h"

#include <algorithm>
#include <cstring>

namespace weft::rt {

namespace {

bool isWord(char32_t character) { return CharacterTable::get()[character] & wordProperty; }
bool isSpace(char32_t character) { return CharacterTable::get()[character] & spaceProperty; }

bool standsAlone(std::string_view text, size_t begin, size_t end) {
  if (begin > 0 && isWord(previousCharacter(text, begin)))
    return false;
  return end == text.size() || !isWord(nextCharacter(text, end));
}

size_t spaceBefore(std::string_view text, size_t end) {
  while (end > 0) {
    size_t begin = end - 1;
    while (begin > 0 && isContinuationByte(text[begin]))
      --begin;
    size_t position = begin;
    if (!isSpace(nextCharacter(text, position)))
      break;
    end = begin;
  }
  return end;
}

size_t spaceAfter(std::string_view text, size_t begin) {
  while (begin < text.size()) {
    size_t next = begin;
    if (!isSpace(nextCharacter(text, next)))
      break;
    begin = next;
  }
  return begin;
}

} // namespace

AddedTokenFinder::AddedTokenFinder(std::span<const AddedToken> tokens,
                                   const std::vector<Trie::Entry> &patterns, bool splitSpecial)
    : hasPatterns(!patterns.empty()), trie(patterns) {
  for (const AddedToken &token : tokens)
    flags.push_back(
        {token.singleWord, token.stripLeft, token.stripRight, splitSpecial && token.special});
  int distinct = 0;
  for (const auto &[pattern, token] : patterns) {
    auto first = static_cast<uint8_t>(pattern[0]);
    distinct += !begins[first];
    begins[first] = true;
    onlyFirstByte = distinct == 1 ? first : -1;
  }
}

size_t AddedTokenFinder::nextCandidate(std::string_view text, size_t position) const {
  if (onlyFirstByte >= 0) {
    const void *found = position < text.size() ? std::memchr(text.data() + position, onlyFirstByte,
                                                             text.size() - position)
                                               : nullptr;
    return found ? static_cast<size_t>(static_cast<const char *>(found) - text.data())
                 : text.size();
  }
  while (position < text.size() && !begins[static_cast<uint8_t>(text[position])])
    ++position;
  return position;
}

void AddedTokenFinder::split(std::string_view text, std::vector<TextPart> &parts) const {
  size_t done = 0;
  for (size_t position = 0;
       hasPatterns && (position = nextCandidate(text, position)) < text.size();) {
    int32_t token = -1;
    size_t length = trie.longestMatch(text.substr(position), token);
    if (length == 0) {
      ++position;
      continue;
    }
    size_t begin = position, end = position + length;
    position = end;
    const Flags &wanted = flags[static_cast<size_t>(token)];
    if (wanted.isText || (wanted.singleWord && !standsAlone(text, begin, end)))
      continue;
    if (wanted.stripLeft)
      begin = std::max(spaceBefore(text, begin), done);
    if (wanted.stripRight)
      end = spaceAfter(text, end);
    if (done < begin)
      parts.push_back({done, begin, -1});
    parts.push_back({begin, end, token});
    done = end;
  }
  if (done != text.size())
    parts.push_back({done, text.size(), -1});
}

} // namespace weft::rt
