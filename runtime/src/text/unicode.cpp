// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Character properties from the generated tables.
#include "text/unicode.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <type_traits>

namespace weft::rt {

namespace {

struct Range {
  char32_t first, last;
};

// `first` and the `more` characters after it.
struct ClassRange {
  char32_t first;
  uint16_t more, combiningClass;
};

// Characters `first`, `first + step` ... `last` become their own value plus `distance`.
struct CaseRange {
  char32_t first, last;
  int32_t step, distance;
};

// `character` is `first`, which may decompose again, and `second`, unless that is 0.
struct Decomposition {
  uint64_t character : 21, first : 21, second : 21;
};

#include "text/unicode_tables.inc"

constexpr Range spaceRanges[] = {
    {0x09, 0x0D},     {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
    {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
};

constexpr Range chineseRanges[] = {
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},   {0x20000, 0x2A6DF},
    {0x2A700, 0x2B81F}, {0x2B920, 0x2CEAF}, {0x2F800, 0x2FA1F},
};

constexpr char32_t firstHangul = 0xAC00, lastHangul = 0xD7A3;

char32_t lastOf(const Range &range) { return range.last; }
char32_t lastOf(const ClassRange &range) { return range.first + range.more; }
char32_t lastOf(const CaseRange &range) { return range.last; }

// The first range that ends at or after `character`.
template <typename T>
const T *firstFrom(std::span<const T> ranges, char32_t character) {
  return &*std::lower_bound(ranges.begin(), ranges.end(), character,
                            [](const T &range, char32_t value) { return lastOf(range) < value; });
}

template <typename T, size_t count>
const T *findRange(const T (&ranges)[count], char32_t character) {
  const T *found = firstFrom(std::span<const T>(ranges), character);
  return found != std::end(ranges) && found->first <= character ? found : nullptr;
}

const Decomposition *firstDecompositionFrom(char32_t character) {
  return std::lower_bound(
      std::begin(decompositions), std::end(decompositions), character,
      [](const Decomposition &entry, char32_t value) { return entry.character < value; });
}

const Decomposition *findDecomposition(char32_t character) {
  const Decomposition *found = firstDecompositionFrom(character);
  return found != std::end(decompositions) && found->character == character ? found : nullptr;
}

// Syllables are made of a leading consonant, a vowel and perhaps a trailing consonant.
size_t decomposeHangul(char32_t character, std::span<char32_t, 8> result) {
  constexpr char32_t leading = 0x1100, vowel = 0x1161, trailing = 0x11A7;
  constexpr uint32_t vowels = 21, trailings = 28;
  uint32_t index = character - firstHangul;
  result[0] = leading + index / (vowels * trailings);
  result[1] = vowel + index / trailings % vowels;
  result[2] = trailing + index % trailings;
  return index % trailings == 0 ? 2 : 3;
}

// The part of a page of 256 characters that `range` covers gets a property more.
template <typename T>
void setProperty(std::span<const T> ranges, uint8_t property, char32_t begin,
                 std::span<uint8_t, 256> page) {
  for (const T *range = firstFrom(ranges, begin);
       range != ranges.data() + ranges.size() && range->first < begin + 256; ++range) {
    char32_t step = 1;
    if constexpr (requires { range->step; })
      step = static_cast<char32_t>(range->step);
    for (char32_t c = range->first; c <= lastOf(*range) && c < begin + 256; c += step)
      if (c >= begin)
        page[c - begin] |= property;
  }
}

void fillPage(char32_t begin, std::span<uint8_t, 256> page) {
  std::fill(page.begin(), page.end(), uint8_t{0});
  auto set = [&](const auto &ranges, uint8_t property) {
    setProperty<std::remove_cvref_t<decltype(ranges[0])>>(ranges, property, begin, page);
  };
  set(controlRanges, controlProperty);
  set(spaceRanges, spaceProperty);
  set(punctuationRanges, punctuationProperty);
  set(markRanges, markProperty);
  set(chineseRanges, chineseProperty);
  set(wordRanges, wordProperty);
  set(lowercaseRanges, uppercaseProperty);
  set(combiningClasses, decomposesProperty);
  constexpr Range hangul[] = {{firstHangul, lastHangul}};
  set(hangul, decomposesProperty);
  for (const Decomposition *entry = firstDecompositionFrom(begin);
       entry != std::end(decompositions) && entry->character < begin + 256; ++entry)
    page[entry->character - begin] |= decomposesProperty;
}

} // namespace

CharacterTable::CharacterTable() {
  uint16_t pageCount = 0;
  for (uint32_t index = 0; index < std::size(pageOf); ++index) {
    // Runs of equal pages follow each other, so that the last few are compared.
    std::span<uint8_t, 256> page(pages[pageCount]);
    fillPage(index << 8, page);
    uint16_t same = static_cast<uint16_t>(std::max<int>(pageCount - 4, 0));
    while (same < pageCount && std::memcmp(pages[same], page.data(), page.size()) != 0)
      ++same;
    pageOf[index] = same;
    pageCount = std::max<uint16_t>(pageCount, same + 1);
  }
}

const CharacterTable &CharacterTable::get() {
  static const CharacterTable table;
  return table;
}

char32_t lowercaseOf(char32_t character) {
  const CaseRange *range = findRange(lowercaseRanges, character);
  if (!range || (character - range->first) % static_cast<uint32_t>(range->step) != 0)
    return character;
  return static_cast<char32_t>(static_cast<int32_t>(character) + range->distance);
}

int combiningClassOf(char32_t character) {
  const ClassRange *range = findRange(combiningClasses, character);
  return range ? range->combiningClass : 0;
}

size_t decompose(char32_t character, std::span<char32_t, 8> result) {
  if (character >= firstHangul && character <= lastHangul)
    return decomposeHangul(character, result);
  // Steps lead to the first character; what comes second in each follows in the opposite order.
  char32_t seconds[7];
  size_t count = 0;
  const Decomposition *step = findDecomposition(character);
  for (; step && count < std::size(seconds); step = findDecomposition(character)) {
    if (step->second != 0)
      seconds[count++] = static_cast<char32_t>(step->second);
    character = static_cast<char32_t>(step->first);
  }
  result[0] = character;
  std::reverse_copy(seconds, seconds + count, result.begin() + 1);
  return count + 1;
}

} // namespace weft::rt
