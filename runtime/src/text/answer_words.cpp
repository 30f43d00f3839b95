// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// str.lower, string.punctuation, \b(a|an|the)\b and str.split of Python.
#include "text/answer_words.h"
#include "text/unicode.h"
#include "text/utf8.h"

namespace weft::rt {

namespace {

constexpr char32_t sigma = 0x3A3, finalSigma = 0x3C2;

bool has(char32_t character, uint8_t properties) {
  return CharacterTable::get()[character] & properties;
}

struct Range {
  char32_t first, last;
};
template <size_t count>
bool isIn(const Range (&ranges)[count], char32_t character) {
  for (Range range : ranges)
    if (character >= range.first && character <= range.last)
      return true;
  return false;
}

// A letter or a number: \w of Python, but for the underscore, which is punctuation. The table's is
// that of Rust, which takes in marks and circled letters and leaves out such numbers as ½. What may
// stand beside an English article is corrected; vowel signs of Indic scripts stay letters.
bool isWord(char32_t character) {
  static constexpr Range numbers[] = {
      {0xB2, 0xB3},     {0xB9, 0xB9},     {0xBC, 0xBE},     {0x2070, 0x2079}, {0x2080, 0x2089},
      {0x2150, 0x2189}, {0x2460, 0x249B}, {0x24EA, 0x24FF}, {0x2776, 0x2793}, {0x1F100, 0x1F10C}};
  static constexpr Range symbols[] = {
      {0x300, 0x36F}, {0x20D0, 0x20FF}, {0x249C, 0x24E9}, {0x1F110, 0x1F189}};
  return isIn(numbers, character) ||
         (has(character, wordProperty) && !isIn(symbols, character) &&
          !has(character, markProperty | punctuationProperty | controlProperty));
}

// A letter of a script that has capitals.
bool isCased(char32_t character) {
  static constexpr Range scripts[] = {{'A', 'z'},       {0xAA, 0xAA},     {0xB5, 0xB5},
                                      {0xBA, 0x58F},    {0x10A0, 0x10FF}, {0x13A0, 0x13FF},
                                      {0x1C80, 0x1FFF}, {0x2C00, 0x2DFF}, {0xA640, 0xA7FF},
                                      {0xAB30, 0xABBF}, {0xFB00, 0xFB17}, {0xFF21, 0xFF5A}};
  return isIn(scripts, character) && isWord(character) && (character < 0xBC || character > 0xBE);
}

// What stands between letters of a word without being one.
bool isCaseIgnorable(char32_t character) {
  return has(character, markProperty | controlProperty) ||
         std::u32string_view(U"'.:^`\u00A8\u00B7\u2018\u2019\u2024\u2027").find(character) !=
             std::u32string_view::npos;
}

// True for a capital sigma that ends a word.
bool endsWord(const std::u32string &text, size_t place) {
  size_t before = place, after = place + 1;
  while (before > 0 && isCaseIgnorable(text[before - 1]))
    --before;
  while (after < text.size() && isCaseIgnorable(text[after]))
    ++after;
  return before > 0 && isCased(text[before - 1]) && (after == text.size() || !isCased(text[after]));
}

bool isPunctuation(char32_t character) {
  return (character > ' ' && character < '0') || (character > '9' && character < 'A') ||
         (character > 'Z' && character < 'a') || (character > 'z' && character < 0x7F);
}

bool isSpace(char32_t character) {
  return has(character, spaceProperty) || (character >= 0x1C && character <= 0x1F);
}

std::u32string lowercaseWithoutPunctuation(std::string_view text) {
  std::u32string given, result;
  for (size_t place = 0; place < text.size();)
    given.push_back(nextCharacter(text, place));
  for (size_t i = 0; i < given.size(); ++i) {
    if (isPunctuation(given[i]))
      continue;
    result.push_back(given[i] == sigma && endsWord(given, i) ? finalSigma : lowercaseOf(given[i]));
    if (given[i] == 0x130) // whose lowercase is an i and a dot above
      result.push_back(0x307);
  }
  return result;
}

} // namespace

std::vector<std::u32string> answerWords(std::string_view text) {
  std::u32string all = lowercaseWithoutPunctuation(text);
  std::vector<std::u32string> words;
  std::u32string word;
  auto endWord = [&] {
    if (!word.empty())
      words.push_back(std::move(word));
    word.clear();
  };
  for (size_t i = 0, end; i < all.size(); i = end) {
    end = i + 1;
    if (isSpace(all[i])) {
      endWord();
      continue;
    }
    while (end < all.size() && isWord(all[i]) && isWord(all[end]))
      ++end;
    std::u32string run = all.substr(i, end - i);
    if (run == U"a" || run == U"an" || run == U"the")
      endWord();
    else
      word += run;
  }
  endWord();
  return words;
}

} // namespace weft::rt
