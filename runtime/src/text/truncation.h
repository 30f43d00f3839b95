// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the tokens of one or two texts to encodings: cutting to a length, the template, the
// overflow.
#ifndef WEFT_RUNTIME_TEXT_TRUNCATION_H
#define WEFT_RUNTIME_TEXT_TRUNCATION_H

#include "text/tokenizer_data.h"

namespace weft::rt {

// The tokens of a text and the parts that it is cut into.
struct TokenSequence {
  struct Part {
    size_t begin, end;
  };

  std::span<const TextToken> tokens;
  // The first one is kept, the others are overflow.
  std::vector<Part> parts;
};

// Cuts one text or two so that they have `limit` tokens at most. Sets the parts of each.
Status truncate(std::span<TokenSequence> sequences, size_t limit, const EncodeOptions &options);

// Fills in `result` and its overflow by a template. The parts of the overflow are combined as
// Hugging Face's tokenizers do: each later part of the template's first text with every part of the
// second, then the first part with each later one of the second. Tokens of the overflow have the
// index of their text as type.
void assemble(std::span<const TokenSequence> sequences, const Template &pattern,
              const EncodeOptions &options, Encoding &result);

} // namespace weft::rt

#endif
