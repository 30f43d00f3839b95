// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pairs of segments for next-sentence prediction, as BERT's create_pretraining_data packs them.
#ifndef WEFT_RUNTIME_DATA_SENTENCE_PAIRS_H
#define WEFT_RUNTIME_DATA_SENTENCE_PAIRS_H

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weft::rt {

// Two runs of tokens, [begin, end) each, and whether the second is of another document.
struct SentencePair {
  uint64_t firstBegin = 0, firstEnd = 0, secondBegin = 0, secondEnd = 0;
  bool isRandom = false;
};

struct SentencePairRules {
  // Tokens of both segments at most.
  uint64_t maxTokens = 0;
  // So many pairs are made for a length of 2 to `maxTokens`, uniformly, to be prepared for short
  // texts; the others for `maxTokens`. BERT draws a length for each document, this for each pair,
  // so that few long documents are no gamble.
  double shortShare = 0.1;
  // A segment is one sentence.
  bool single = false;
  uint64_t seed = 0;
};

// Sentence i is the tokens sentences[i] to sentences[i + 1], at least one; document k the sentences
// documents[k] to documents[k + 1], at least one; there are two documents or more.
//
// Sentences of a document are gathered up to the length. The first so many of them, by chance, are
// the first segment. The second is the rest or, in half of the cases and where there is no rest,
// what stands from a random sentence of a random other document on, up to the length; the rest
// then goes on to the next pair, so that every sentence is in one. A pair that is too long loses
// tokens of its longer segment, from either end by chance. A function of the arguments alone.
std::vector<SentencePair> pairSentences(std::span<const uint64_t> sentences,
                                        std::span<const size_t> documents,
                                        const SentencePairRules &rules);

} // namespace weft::rt

#endif
