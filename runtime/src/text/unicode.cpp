// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Character properties from utf8proc's data and the generated table of differences.
#include "text/unicode.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utf8proc.h>

namespace weft::rt {

namespace {

struct Range {
  char32_t first, last;
};

// Characters `first`, `first + step` ... `last` become their own value plus `distance`.
struct CaseRange {
  char32_t first, last;
  int32_t step, distance;
};

#include "text/unicode_differences.inc"

template <typename T, size_t count>
const T *findRange(const T (&ranges)[count], char32_t character) {
  const T *found =
      std::upper_bound(std::begin(ranges), std::end(ranges), character,
                       [](char32_t value, const T &range) { return value < range.first; });
  if (found == std::begin(ranges) || character > std::prev(found)->last)
    return nullptr;
  return std::prev(found);
}

bool isWhiteSpace(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool isChinese(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B81F) ||
         (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x2F800 && c <= 0x2FA1F);
}

bool isControl(char32_t c, utf8proc_category_t category) {
  if (c == '\t' || c == '\n' || c == '\r')
    return false;
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
         category == UTF8PROC_CATEGORY_CO || c == 0xFFFD;
}

bool isPunctuation(char32_t c, utf8proc_category_t category) {
  if (c < 0x80)
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
           (c >= '{' && c <= '~');
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

bool isWordCharacter(char32_t c, utf8proc_category_t category) {
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NL) ||
         category == UTF8PROC_CATEGORY_PC || c == 0x200C || c == 0x200D;
}

uint8_t propertiesOf(char32_t c) {
  const utf8proc_property_t *data = utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
  auto category = static_cast<utf8proc_category_t>(data->category);
  auto corrected = [c](bool value, const auto &differences) {
    return value != (findRange(differences, c) != nullptr);
  };
  uint8_t result = 0;
  auto set = [&](bool value, CharacterProperty property) {
    if (value)
      result |= property;
  };
  set(corrected(isControl(c, category), controlDifferences), controlProperty);
  set(isWhiteSpace(c), spaceProperty);
  set(corrected(isPunctuation(c, category), punctuationDifferences), punctuationProperty);
  set(corrected(category == UTF8PROC_CATEGORY_MN, markDifferences), markProperty);
  set(isChinese(c), chineseProperty);
  bool decomposes = data->combining_class != 0 || data->decomp_seqindex != UINT16_MAX ||
                    (c >= 0xAC00 && c <= 0xD7A3);
  char32_t parts[8];
  set(decomposes && (combiningClassOf(c) != 0 || decompose(c, parts) != 1 || parts[0] != c),
      decomposesProperty);
  set(lowercaseOf(c) != c, uppercaseProperty);
  set(corrected(isWordCharacter(c, category), wordDifferences), wordProperty);
  return result;
}

} // namespace

CharacterTable::CharacterTable() {
  // Pages 0 and 1: nothing assigned, and private use. Planes 4 to 13 are empty, 15 and 16 private.
  uint16_t pageCount = 2;
  std::memset(pages[1], controlProperty, sizeof(pages[1]));
  for (uint32_t index = 0; index < std::size(pageOf); ++index) {
    uint32_t plane = index >> 8;
    if (plane >= 15 && index % 256 != 255) {
      pageOf[index] = 1;
      continue;
    }
    if (plane > 3 && plane < 14)
      continue;
    uint8_t page[256];
    for (uint32_t i = 0; i < 256; ++i)
      page[i] = propertiesOf(index << 8 | i);
    uint16_t same = 0;
    // Long runs of equal pages follow each other.
    uint16_t recent = static_cast<uint16_t>(std::max<int>(pageCount - 4, 0));
    for (uint16_t candidate : {uint16_t{0}, uint16_t{1}})
      if (std::memcmp(pages[candidate], page, sizeof(page)) == 0)
        same = candidate + 1;
    for (uint16_t candidate = recent; candidate < pageCount && same == 0; ++candidate)
      if (std::memcmp(pages[candidate], page, sizeof(page)) == 0)
        same = candidate + 1;
    if (same == 0) {
      std::memcpy(pages[pageCount], page, sizeof(page));
      same = ++pageCount;
    }
    pageOf[index] = same - 1;
  }
}

const CharacterTable &CharacterTable::get() {
  static const CharacterTable table;
  return table;
}

char32_t lowercaseOf(char32_t character) {
  if (const CaseRange *range = findRange(lowercaseDifferences, character))
    if ((character - range->first) % static_cast<uint32_t>(range->step) == 0)
      return static_cast<char32_t>(static_cast<int32_t>(character) + range->distance);
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(character)));
}

int combiningClassOf(char32_t character) {
  if (findRange(unknownToDecomposition, character))
    return 0;
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(character))->combining_class;
}

size_t decompose(char32_t character, std::span<char32_t, 8> result) {
  utf8proc_int32_t parts[8];
  int boundary = 0;
  utf8proc_ssize_t count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(character), parts,
                                                   8, UTF8PROC_DECOMPOSE, &boundary);
  if (count < 1 || count > 8 || findRange(unknownToDecomposition, character)) {
    result[0] = character;
    return 1;
  }
  for (utf8proc_ssize_t i = 0; i < count; ++i)
    result[static_cast<size_t>(i)] = static_cast<char32_t>(parts[i]);
  return static_cast<size_t>(count);
}

} // namespace weft::rt
