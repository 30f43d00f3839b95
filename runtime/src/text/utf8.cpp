// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks of UTF-8 by Unicode's table 3-7.
#include "text/utf8.h"

#include <algorithm>
#include <cstring>

namespace weft::rt {

namespace {

// What stands at `position`: a sequence and its length, or the maximal part of an ill-formed one.
struct Sequence {
  size_t length;
  bool valid;
};

Sequence sequenceAt(std::string_view text, size_t position) {
  auto first = static_cast<uint8_t>(text[position]);
  if (first < 0x80)
    return {1, true};
  if (first < 0xC2 || first > 0xF4)
    return {1, false};
  size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  // The second byte's range excludes overlong forms, surrogates and what is above U+10FFFF.
  uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  for (size_t i = 1; i < length; ++i) {
    if (position + i == text.size())
      return {i, false};
    auto byte = static_cast<uint8_t>(text[position + i]);
    if (byte < low || byte > high)
      return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

// Where the ASCII at `position` ends.
size_t skipAscii(std::string_view text, size_t position) {
  constexpr uint64_t highBits = 0x8080808080808080u;
  while (position + 8 <= text.size()) {
    uint64_t block;
    std::memcpy(&block, text.data() + position, 8);
    if (block & highBits)
      break;
    position += 8;
  }
  while (position < text.size() && static_cast<uint8_t>(text[position]) < 0x80)
    ++position;
  return position;
}

} // namespace

bool isAscii(std::string_view text) { return skipAscii(text, 0) == text.size(); }

size_t findInvalidUtf8(std::string_view text) {
  size_t position = 0;
  while ((position = skipAscii(text, position)) < text.size()) {
    Sequence sequence = sequenceAt(text, position);
    if (!sequence.valid)
      return position;
    position += sequence.length;
  }
  return std::string_view::npos;
}

void replaceInvalidUtf8(std::string_view text, std::string &result) {
  result.clear();
  for (size_t position = 0; position < text.size();) {
    Sequence sequence = sequenceAt(text, position);
    result += sequence.valid ? text.substr(position, sequence.length) : "\xEF\xBF\xBD";
    position += sequence.length;
  }
}

} // namespace weft::rt
