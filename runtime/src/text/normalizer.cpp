// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The four steps of BertNormalizer, applied to one character after the other. Only combining marks
// have to wait, until the next character without a combining class: decomposition sorts them.
#include "text/normalizer.h"
#include "text/utf8.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace weft::rt {

// One call of append.
class Normalizer::Pass {
public:
  Pass(const NormalizerOptions &flags, NormalizedText &result) : flags(flags), result(result) {}

  void take(char32_t character, uint32_t index) {
    uint8_t properties = table[character];
    if (flags.cleanText) {
      if ((properties & controlProperty) || character == 0)
        return;
      if (properties & spaceProperty) {
        takeClean(' ', index, spaceProperty);
        return;
      }
    }
    bool apart = flags.handleChineseChars && (properties & chineseProperty);
    if (apart)
      takeClean(' ', index, spaceProperty);
    takeClean(character, index, properties);
    if (apart)
      takeClean(' ', index, spaceProperty);
  }

  void finish() { flushMarks(); }

private:
  // A mark that waits. `first` is unset for all but the first character of a decomposition.
  struct Mark {
    char32_t character;
    int combiningClass;
    size_t position;
    bool first;
  };

  void takeClean(char32_t character, uint32_t index, uint8_t properties) {
    if (!flags.stripAccents) {
      put(character, index, properties);
      return;
    }
    if (!(properties & decomposesProperty)) {
      flushMarks();
      put(character, index, properties);
      lastOrigin = index;
      return;
    }
    char32_t parts[8];
    size_t count = decompose(character, parts);
    for (size_t i = 0; i < count; ++i) {
      int combiningClass = combiningClassOf(parts[i]);
      if (combiningClass == 0) {
        flushMarks();
        if (i == 0)
          lastOrigin = index;
        put(parts[i], lastOrigin, table[parts[i]]);
        continue;
      }
      marks.push_back({parts[i], combiningClass, marks.size(), i == 0});
      if (i == 0)
        origins.push_back(index);
    }
  }

  // Origins stay in the order of the text while marks are sorted; what a decomposition added has
  // that of the character in front of it.
  void flushMarks() {
    if (marks.empty())
      return;
    std::sort(marks.begin(), marks.end(), [](const Mark &a, const Mark &b) {
      return std::tie(a.combiningClass, a.position) < std::tie(b.combiningClass, b.position);
    });
    size_t next = 0;
    for (const Mark &mark : marks) {
      if (mark.first)
        lastOrigin = origins[next++];
      put(mark.character, lastOrigin, table[mark.character]);
    }
    marks.clear();
    origins.clear();
  }

  void put(char32_t character, uint32_t index, uint8_t properties) {
    if (flags.stripAccents && (properties & markProperty))
      return;
    if (flags.lowercase && (properties & uppercaseProperty)) {
      write(lowercaseOf(character), index);
      if (character == 0x130)
        write(0x307, index);
      return;
    }
    write(character, index);
  }

  void write(char32_t character, uint32_t index) {
    char bytes[4];
    size_t count = encodeCharacter(character, bytes);
    result.text.append(bytes, count);
    result.origins.insert(result.origins.end(), count, index);
  }

  const CharacterTable &table = CharacterTable::get();
  const NormalizerOptions &flags;
  NormalizedText &result;
  std::vector<Mark> marks;
  std::vector<uint32_t> origins;
  uint32_t lastOrigin = 0;
};

Normalizer::Normalizer(const NormalizerOptions &options) : flags(options) {
  const CharacterTable &table = CharacterTable::get();
  for (uint32_t i = 0; i < 256; ++i)
    bytes[i] = static_cast<uint8_t>(options.lowercase && i >= 'A' && i <= 'Z' ? i + 32 : i);
  std::fill(std::begin(kinds), std::end(kinds), ByteKind::foreign);
  for (uint32_t i = 0; i < 128; ++i) {
    uint8_t properties = table[i];
    if (options.cleanText && (i == 0 || (properties & controlProperty)))
      kinds[i] = ByteKind::dropped;
    else if (properties & spaceProperty)
      kinds[i] = ByteKind::space;
    else if (properties & punctuationProperty)
      kinds[i] = ByteKind::punctuation;
    else
      kinds[i] = ByteKind::word;
  }
}

uint32_t Normalizer::append(std::string_view text, uint32_t firstIndex,
                            NormalizedText &result) const {
  Pass pass(flags, result);
  uint32_t index = firstIndex;
  for (size_t position = 0; position < text.size(); ++index) {
    char32_t character = nextCharacter(text, position);
    pass.take(character, index);
  }
  pass.finish();
  return index;
}

} // namespace weft::rt
