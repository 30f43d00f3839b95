// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One text to tokens: added tokens, normalization, words, WordPiece.
#ifndef WEFT_RUNTIME_TEXT_TEXT_ENCODER_H
#define WEFT_RUNTIME_TEXT_TEXT_ENCODER_H

#include "text/tokenizer_data.h"

namespace weft::rt {

// Memory that encoding uses again and again; one for each thread.
struct EncoderScratch {
  std::string replaced;
  std::vector<TextPart> parts, innerParts;
  NormalizedText normalized;
  std::vector<TextToken> tokens[2];

  static EncoderScratch &ofThread();
  // Gives back what a very long text took.
  void trim();
};

class TextEncoder {
public:
  // Appends to `tokens`.
  TextEncoder(const TokenizerData &data, EncoderScratch &scratch, std::vector<TextToken> &tokens)
      : data(data), scratch(scratch), tokens(tokens) {}

  // Words count up from 0, or all have the index `word` if that is not negative. `what` stands in
  // front of messages.
  Status encode(std::string_view text, int32_t word, InvalidUtf8 invalid, const char *what);

private:
  void encodeParts(std::string_view text);
  void encodePlain(std::string_view text, uint32_t firstIndex);
  void splitNormalized(size_t begin, size_t end);
  void addNormalizedWord(size_t begin, size_t end);
  void addToken(int32_t id, uint32_t begin, uint32_t end) {
    tokens.push_back({id, begin, end, nextWord()});
  }
  int32_t nextWord() { return fixedWord >= 0 ? fixedWord : wordCount++; }

  const TokenizerData &data;
  EncoderScratch &scratch;
  std::vector<TextToken> &tokens;
  int32_t fixedWord = -1, wordCount = 0;
  bool ascii = false;
};

} // namespace weft::rt

#endif
