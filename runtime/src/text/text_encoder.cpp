// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ASCII words go from the text straight into WordPiece, through a map of bytes; what holds other
// characters is normalized first, from one space to the next.
#include "text/text_encoder.h"
#include "text/utf8.h"

namespace weft::rt {

namespace {

constexpr std::array<uint8_t, 256> identityMap = [] {
  std::array<uint8_t, 256> map{};
  for (size_t i = 0; i < map.size(); ++i)
    map[i] = static_cast<uint8_t>(i);
  return map;
}();

// Index of the character at a byte; cheap if bytes are asked for in order.
class CharacterIndex {
public:
  CharacterIndex(std::string_view text, bool ascii) : text(text), ascii(ascii) {}

  uint32_t at(size_t byte) {
    if (ascii)
      return static_cast<uint32_t>(byte);
    if (byte < knownByte)
      knownByte = knownIndex = 0;
    knownIndex += countCharacters(text.substr(knownByte, byte - knownByte));
    knownByte = byte;
    return static_cast<uint32_t>(knownIndex);
  }

private:
  std::string_view text;
  bool ascii;
  size_t knownByte = 0, knownIndex = 0;
};

} // namespace

EncoderScratch &EncoderScratch::ofThread() {
  thread_local EncoderScratch scratch;
  return scratch;
}

void EncoderScratch::trim() {
  constexpr size_t keptBytes = 1 << 20;
  if (replaced.capacity() + normalized.text.capacity() > keptBytes ||
      tokens[0].capacity() + tokens[1].capacity() > keptBytes / sizeof(TextToken))
    *this = {};
}

Status TextEncoder::encode(std::string_view text, int32_t word, InvalidUtf8 invalid,
                           const char *what) {
  if (text.size() > INT32_MAX)
    return invalidArgument("%sexpected fewer than 2^31 bytes, found %zu", what, text.size());
  fixedWord = word;
  wordCount = 0;
  ascii = isAscii(text);
  if (!ascii) {
    size_t place = findInvalidUtf8(text);
    if (place != std::string_view::npos) {
      if (invalid == InvalidUtf8::error)
        return invalidArgument("%sbyte %zu: expected UTF-8, found 0x%02X", what, place,
                               static_cast<unsigned>(static_cast<uint8_t>(text[place])));
      replaceInvalidUtf8(text, scratch.replaced);
      text = scratch.replaced;
    }
  }
  encodeParts(text);
  return {};
}

void TextEncoder::encodeParts(std::string_view text) {
  if (data.rawFinder.empty()) {
    encodePlain(text, 0);
    return;
  }
  scratch.parts.clear();
  data.rawFinder.split(text, scratch.parts);
  CharacterIndex index(text, ascii);
  for (const TextPart &part : scratch.parts) {
    uint32_t begin = index.at(part.begin);
    if (part.token < 0)
      encodePlain(text.substr(part.begin, part.end - part.begin), begin);
    else
      addToken(data.parts.added[static_cast<size_t>(part.token)].id, begin, index.at(part.end));
  }
}

// Text that no added token of the raw text is in.
void TextEncoder::encodePlain(std::string_view text, uint32_t firstIndex) {
  NormalizedText &normalized = scratch.normalized;
  if (!data.normalizedFinder.empty()) {
    normalized.clear();
    data.normalizer.append(text, firstIndex, normalized);
    scratch.innerParts.clear();
    data.normalizedFinder.split(normalized.text, scratch.innerParts);
    for (const TextPart &part : scratch.innerParts) {
      if (part.token < 0)
        splitNormalized(part.begin, part.end);
      else
        addToken(data.parts.added[static_cast<size_t>(part.token)].id,
                 normalized.origins[part.begin], normalized.origins[part.end - 1] + 1);
    }
    return;
  }

  auto kindAt = [&](size_t i) { return data.normalizer.kindOf(static_cast<uint8_t>(text[i])); };
  // The character at byte i has the index i + shift, modulo 2^32.
  uint32_t shift = firstIndex;
  for (size_t i = 0; i < text.size();) {
    ByteKind kind = kindAt(i);
    auto index = static_cast<uint32_t>(i) + shift;
    size_t end = i + 1;
    if (kind == ByteKind::space) {
      i = end;
      continue;
    }
    if (kind == ByteKind::punctuation) {
      addToken(data.punctuationIds[static_cast<uint8_t>(text[i])], index, index + 1);
      i = end;
      continue;
    }
    while (kind == ByteKind::word && end < text.size() && kindAt(end) == ByteKind::word)
      ++end;
    if (kind == ByteKind::word && (end == text.size() || kindAt(end) == ByteKind::space ||
                                   kindAt(end) == ByteKind::punctuation)) {
      size_t first = tokens.size();
      data.model.encode(text.substr(i, end - i), data.normalizer.byteMap(), nextWord(), tokens);
      for (size_t token = first; token < tokens.size(); ++token) {
        tokens[token].begin += index;
        tokens[token].end += index;
      }
      i = end;
      continue;
    }
    while (end < text.size() && kindAt(end) != ByteKind::space)
      ++end;
    normalized.clear();
    shift = data.normalizer.append(text.substr(i, end - i), index, normalized) -
            static_cast<uint32_t>(end);
    splitNormalized(0, normalized.text.size());
    i = end;
  }
}

// Words of a part of the normalized text.
void TextEncoder::splitNormalized(size_t begin, size_t end) {
  const CharacterTable &table = CharacterTable::get();
  std::string_view text = std::string_view(scratch.normalized.text).substr(0, end);
  size_t wordBegin = begin;
  for (size_t position = begin; position < end;) {
    size_t next = position;
    uint8_t properties = table[nextCharacter(text, next)];
    if (properties & (spaceProperty | punctuationProperty)) {
      addNormalizedWord(wordBegin, position);
      if (!(properties & spaceProperty))
        addNormalizedWord(position, next);
      wordBegin = next;
    }
    position = next;
  }
  addNormalizedWord(wordBegin, end);
}

void TextEncoder::addNormalizedWord(size_t begin, size_t end) {
  if (begin == end)
    return;
  const NormalizedText &normalized = scratch.normalized;
  size_t first = tokens.size();
  data.model.encode(std::string_view(normalized.text).substr(begin, end - begin),
                    identityMap.data(), nextWord(), tokens);
  for (size_t token = first; token < tokens.size(); ++token) {
    tokens[token].begin = normalized.origins[begin + tokens[token].begin];
    tokens[token].end = normalized.origins[begin + tokens[token].end - 1] + 1;
  }
}

} // namespace weft::rt
