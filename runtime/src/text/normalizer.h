// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BertNormalizer: cleans text, sets Chinese characters apart, strips accents, lowercases; and says
// from which character of the text each byte came.
#ifndef WEFT_RUNTIME_TEXT_NORMALIZER_H
#define WEFT_RUNTIME_TEXT_NORMALIZER_H

#include "text/unicode.h"

#include <string>
#include <string_view>
#include <vector>

namespace weft::rt {

struct NormalizerOptions {
  bool cleanText = true;
  bool handleChineseChars = true;
  bool stripAccents = true;
  bool lowercase = true;
};

// `origins[i]`: the index of the character that byte i of `text` came from. Never decreases.
struct NormalizedText {
  std::string text;
  std::vector<uint32_t> origins;

  void clear() {
    text.clear();
    origins.clear();
  }
};

// What a byte is, once normalized: part of a word, a space, a word by itself, nothing; or part of a
// character above ASCII.
enum class ByteKind : uint8_t { word, space, punctuation, dropped, foreign };

class Normalizer {
public:
  explicit Normalizer(const NormalizerOptions &options = {});

  const NormalizerOptions &options() const { return flags; }
  ByteKind kindOf(uint8_t byte) const { return kinds[byte]; }
  // Bytes as the normalizer leaves them: lowercase if asked; those above ASCII as they are.
  const uint8_t *byteMap() const { return bytes; }

  // Appends the normal form of `text`, well-formed UTF-8 whose first character has the index
  // `firstIndex`. Gives the index of the character behind it. Text may be cut at spaces: the parts'
  // normal forms are the whole's.
  uint32_t append(std::string_view text, uint32_t firstIndex, NormalizedText &result) const;

private:
  class Pass;

  NormalizerOptions flags;
  ByteKind kinds[256];
  uint8_t bytes[256];
};

} // namespace weft::rt

#endif
