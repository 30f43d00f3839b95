// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packing sentences into segments. Segments are runs of the tokens of a corpus; none is copied.
#include "data/sentence_pairs.h"
#include "base/random.h"

namespace weft::rt {

namespace {

class Packer {
public:
  Packer(std::span<const uint64_t> sentences, std::span<const size_t> documents,
         const SentencePairRules &rules)
      : sentences(sentences), documents(documents), rules(rules),
        random(rules.seed, streamOfName("next sentences")) {}

  std::vector<SentencePair> pack() {
    for (size_t document = 0; document + 1 < documents.size(); ++document)
      for (size_t next = documents[document]; next < documents[document + 1];)
        next = addPair(document, next);
    return std::move(pairs);
  }

private:
  uint64_t drawTarget() {
    if (uniformFromWord(random.nextWord()) >= rules.shortShare || rules.maxTokens < 2)
      return rules.maxTokens;
    return 2 + random.nextBelow(rules.maxTokens - 1);
  }

  // The end of the sentences from `first` on that fill `target` tokens.
  size_t gather(size_t first, size_t end, uint64_t target, size_t most) const {
    size_t last = first;
    while (last < end && last - first < most && sentences[last] - sentences[first] < target)
      ++last;
    return last;
  }

  // A pair whose first segment begins with sentence `first`. The sentence that is next.
  size_t addPair(size_t document, size_t first) {
    uint64_t target = drawTarget();
    size_t end = gather(first, documents[document + 1], target, rules.single ? 2 : ~size_t{0});
    size_t middle = first + 1;
    if (end - first >= 2)
      middle += random.nextBelow(end - first - 1);
    SentencePair pair{sentences[first], sentences[middle], sentences[middle], sentences[end],
                      false};
    if (middle == end || random.nextBelow(2) == 1) {
      uint64_t length = pair.firstEnd - pair.firstBegin;
      drawOther(document, target > length ? target - length : 1, pair);
      end = middle;
    }
    cut(pair);
    pairs.push_back(pair);
    return end;
  }

  void drawOther(size_t document, uint64_t target, SentencePair &pair) {
    size_t other = random.nextBelow(documents.size() - 2);
    other += other >= document;
    size_t count = documents[other + 1] - documents[other];
    size_t first = documents[other] + random.nextBelow(count);
    size_t end = gather(first, documents[other + 1], target, rules.single ? 1 : ~size_t{0});
    pair.secondBegin = sentences[first];
    pair.secondEnd = sentences[end];
    pair.isRandom = true;
  }

  void cut(SentencePair &pair) {
    for (;;) {
      uint64_t first = pair.firstEnd - pair.firstBegin, second = pair.secondEnd - pair.secondBegin;
      if (first + second <= rules.maxTokens)
        return;
      bool fromFront = random.nextBelow(2) == 1;
      uint64_t &begin = first > second ? pair.firstBegin : pair.secondBegin;
      uint64_t &end = first > second ? pair.firstEnd : pair.secondEnd;
      fromFront ? ++begin : --end;
    }
  }

  std::span<const uint64_t> sentences;
  std::span<const size_t> documents;
  const SentencePairRules &rules;
  RandomStream random;
  std::vector<SentencePair> pairs;
};

} // namespace

std::vector<SentencePair> pairSentences(std::span<const uint64_t> sentences,
                                        std::span<const size_t> documents,
                                        const SentencePairRules &rules) {
  return Packer(sentences, documents, rules).pack();
}

} // namespace weft::rt
