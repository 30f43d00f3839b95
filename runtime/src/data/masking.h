// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Masked-language-model training data: which tokens are hidden, by what, and what is to be found.
#ifndef WEFT_RUNTIME_DATA_MASKING_H
#define WEFT_RUNTIME_DATA_MASKING_H

#include <cstdint>
#include <span>
#include <vector>

namespace weft::rt {

// BERT's rule, as transformers' DataCollatorForLanguageModeling has it: each token that is not
// special is chosen with `probability`; of those 80 % become [MASK], 10 % a random token, 10 %
// stay. With `wholeWords` words are chosen, and all of their tokens with them; of a word that the
// beginning or the end of a sample cuts, those that are there. A sample with tokens to choose from
// never ends up without any, unless its words are longer than the limit: the one that was closest
// is chosen then.
struct MaskingRules {
  enum : uint8_t { special = 1, continuation = 2 };

  double probability = 0.15;
  bool wholeWords = false;
  int32_t maskToken = 0;
  uint64_t seed = 0;
  std::vector<uint8_t> flags; // by token; as many as the vocabulary has

  // The most that are chosen of so many tokens where places are scarce: what `probability` gives
  // and three standard deviations. One sample in a thousand would have more (with whole words some
  // in a hundred); its surplus is not masked. weftc makes that many places for each length, so that
  // masks do not depend on which lengths a module was compiled for.
  int64_t usualLimit(int64_t tokens) const;

  // Masks `tokens` in place. `labels`, of the same size, get the original of the chosen ones and
  // `ignored` elsewhere; no more than `limit` are chosen. A function of (seed, epoch, sample) and
  // the tokens alone, so that neither batches nor threads nor resuming change it.
  void apply(int64_t epoch, uint32_t sample, std::span<int32_t> tokens, std::span<int64_t> labels,
             int64_t ignored, int64_t limit) const;
};

} // namespace weft::rt

#endif
