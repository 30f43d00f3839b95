// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// UTF-8: what text is checked for once, and what may then be assumed of it.
#ifndef WEFT_RUNTIME_TEXT_UTF8_H
#define WEFT_RUNTIME_TEXT_UTF8_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weft::rt {

bool isAscii(std::string_view text);
// The first byte that is part of no well-formed sequence, or npos.
size_t findInvalidUtf8(std::string_view text);
// Each maximal part of an ill-formed sequence (Unicode, chapter 3.9) becomes one U+FFFD.
void replaceInvalidUtf8(std::string_view text, std::string &result);

// The functions below need well-formed text.

inline bool isContinuationByte(char byte) { return (byte & 0xC0) == 0x80; }

inline size_t countCharacters(std::string_view text) {
  size_t count = 0;
  for (char byte : text)
    count += !isContinuationByte(byte);
  return count;
}

// The code point at `position`, which moves behind it.
inline char32_t nextCharacter(std::string_view text, size_t &position) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(text[position + i]); };
  char32_t first = byte(0);
  if (first < 0x80) {
    position += 1;
    return first;
  }
  char32_t result;
  if (first < 0xE0) {
    result = (first & 0x1F) << 6 | (byte(1) & 0x3F);
    position += 2;
  } else if (first < 0xF0) {
    result = (first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    position += 3;
  } else {
    result =
        (first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    position += 4;
  }
  return result;
}

// The code point that ends at `end`, which is not 0.
inline char32_t previousCharacter(std::string_view text, size_t end) {
  size_t begin = end - 1;
  while (begin > 0 && isContinuationByte(text[begin]))
    --begin;
  return nextCharacter(text, begin);
}

// Writes a code point to `bytes`; gives the number of bytes.
inline size_t encodeCharacter(char32_t character, char bytes[4]) {
  if (character < 0x80) {
    bytes[0] = static_cast<char>(character);
    return 1;
  }
  if (character < 0x800) {
    bytes[0] = static_cast<char>(0xC0 | character >> 6);
    bytes[1] = static_cast<char>(0x80 | (character & 0x3F));
    return 2;
  }
  if (character < 0x10000) {
    bytes[0] = static_cast<char>(0xE0 | character >> 12);
    bytes[1] = static_cast<char>(0x80 | (character >> 6 & 0x3F));
    bytes[2] = static_cast<char>(0x80 | (character & 0x3F));
    return 3;
  }
  bytes[0] = static_cast<char>(0xF0 | character >> 18);
  bytes[1] = static_cast<char>(0x80 | (character >> 12 & 0x3F));
  bytes[2] = static_cast<char>(0x80 | (character >> 6 & 0x3F));
  bytes[3] = static_cast<char>(0x80 | (character & 0x3F));
  return 4;
}

} // namespace weft::rt

#endif
