// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What BERT's tokenizer asks of a character, as Hugging Face's tokenizers answer: from tables that
// tools/dev/generate-unicode-tables writes.
#ifndef WEFT_RUNTIME_TEXT_UNICODE_H
#define WEFT_RUNTIME_TEXT_UNICODE_H

#include <cstddef>
#include <cstdint>
#include <span>

namespace weft::rt {

enum CharacterProperty : uint8_t {
  // Control, format and private-use characters, U+0000 and U+FFFD: what clean_text takes away.
  controlProperty = 1,
  // White_Space.
  spaceProperty = 2,
  // General category P, and all ASCII that is neither a letter nor a digit nor a control character.
  punctuationProperty = 4,
  // General category Mn: what strip_accents takes away.
  markProperty = 8,
  // The blocks that handle_chinese_chars puts spaces around.
  chineseProperty = 16,
  // Has a canonical decomposition or a combining class.
  decomposesProperty = 32,
  // Lowercase is another character.
  uppercaseProperty = 64,
  // \w of regular expressions: letters, marks, digits, connectors, joiners.
  wordProperty = 128,
};

// A table of pages of 256 characters, equal pages shared; made once, when first asked for.
class CharacterTable {
public:
  static const CharacterTable &get();

  // A set of CharacterProperty.
  uint8_t operator[](char32_t character) const {
    return pages[pageOf[character >> 8]][character & 0xFF];
  }

private:
  CharacterTable();

  uint16_t pageOf[0x1100] = {};
  uint8_t pages[0x508][256] = {};
};

// The lowercase of a character; that of U+0130 is two characters, of which this is the first.
char32_t lowercaseOf(char32_t character);
// Canonical combining class.
int combiningClassOf(char32_t character);
// Full canonical decomposition, written to the first of `result`; gives the number of characters.
size_t decompose(char32_t character, std::span<char32_t, 8> result);

} // namespace weft::rt

#endif
