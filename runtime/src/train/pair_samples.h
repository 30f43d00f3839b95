// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tokenized sentences to samples of two segments, for models that tell whether one follows the
// other.
#ifndef WEFT_RUNTIME_TRAIN_PAIR_SAMPLES_H
#define WEFT_RUNTIME_TRAIN_PAIR_SAMPLES_H

#include "data/sentence_pairs.h"
#include "train/text_samples.h"

namespace weft::rt {

struct PairSamples {
  TokenizedTexts texts;
  std::vector<int64_t> isRandom; // 1: the second segment is of another document
};

// `sentences` are without special tokens, `documentOf` names the document of each. `example` is a
// pair of texts as the tokenizer's template encodes it, which tells what stands before, between and
// behind segments. `rules.maxTokens` counts without these. Sentences without tokens are left out.
Result<PairSamples> makePairSamples(const TokenizedTexts &sentences,
                                    const std::vector<size_t> &documentOf, const Encoding &example,
                                    const SentencePairRules &rules, const std::string &file);

} // namespace weft::rt

#endif
