// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pairs of segments: what they are made of, and how often.
#include "data/sentence_pairs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

using namespace weft::rt;

namespace {

// Documents of so many sentences, which have 1 to 13 tokens.
struct Corpus {
  std::vector<uint64_t> sentences{0};
  std::vector<size_t> documents{0};

  explicit Corpus(const std::vector<size_t> &sizes) {
    for (size_t size : sizes) {
      for (size_t i = 0; i < size; ++i)
        sentences.push_back(sentences.back() + 1 + sentences.size() * 7 % 13);
      documents.push_back(sentences.size() - 1);
    }
  }
  size_t sentenceOf(uint64_t token) const {
    auto next = std::upper_bound(sentences.begin(), sentences.end(), token);
    return static_cast<size_t>(next - sentences.begin()) - 1;
  }
  size_t documentOf(uint64_t token) const {
    auto next = std::upper_bound(documents.begin(), documents.end(), sentenceOf(token));
    return static_cast<size_t>(next - documents.begin()) - 1;
  }
  std::vector<SentencePair> pairs(uint64_t maxTokens, double shortShare = 0.1, uint64_t seed = 3,
                                  bool single = false) const {
    return pairSentences(sentences, documents, {maxTokens, shortShare, single, seed});
  }
};

uint64_t lengthOf(const SentencePair &pair) {
  return pair.firstEnd - pair.firstBegin + pair.secondEnd - pair.secondBegin;
}

const Corpus large(std::vector<size_t>(50, 200));

} // namespace

TEST(SentencePairs, fitAndStayInTheirDocuments) {
  for (const SentencePair &pair : large.pairs(60)) {
    EXPECT_LE(lengthOf(pair), 60u);
    ASSERT_LT(pair.firstBegin, pair.firstEnd);
    ASSERT_LT(pair.secondBegin, pair.secondEnd);
    size_t document = large.documentOf(pair.firstBegin);
    EXPECT_EQ(document, large.documentOf(pair.firstEnd - 1));
    EXPECT_EQ(large.documentOf(pair.secondBegin), large.documentOf(pair.secondEnd - 1));
    EXPECT_EQ(pair.isRandom, large.documentOf(pair.secondBegin) != document);
    // What follows does so without a gap, but for tokens that were cut off.
    if (!pair.isRandom)
      EXPECT_EQ(large.sentenceOf(pair.secondBegin - 1) + 1 -
                    (large.sentenceOf(pair.secondBegin) == large.sentenceOf(pair.secondBegin - 1)),
                large.sentenceOf(pair.secondBegin));
  }
}

// First segments, and second ones that are not random, go through all sentences in order.
TEST(SentencePairs, loseNoSentence) {
  for (uint64_t seed : {1, 2, 3}) {
    std::set<size_t> seen;
    size_t next = 0;
    for (const SentencePair &pair : large.pairs(60, 0.1, seed)) {
      size_t first = large.sentenceOf(pair.firstBegin);
      EXPECT_GE(first, next); // a long first sentence may have lost its front, never more
      next = large.sentenceOf((pair.isRandom ? pair.firstEnd : pair.secondEnd) - 1);
      for (size_t i = first; i <= next; ++i)
        seen.insert(i);
    }
    // A sentence of which nothing is left was cut off at the end of a pair that was too long.
    EXPECT_GT(seen.size(), large.sentences.size() * 97 / 100);
  }
  // Nothing needs to be cut where segments are single sentences.
  std::set<size_t> seen;
  for (const SentencePair &pair : large.pairs(100, 0, 1, /*single=*/true)) {
    seen.insert(large.sentenceOf(pair.firstBegin));
    if (!pair.isRandom)
      seen.insert(large.sentenceOf(pair.secondBegin));
  }
  EXPECT_EQ(seen.size() + 1, large.sentences.size());
}

TEST(SentencePairs, areAsOftenRandomAndShortAsBerts) {
  std::vector<SentencePair> pairs = large.pairs(60);
  double random = 0, brief = 0;
  std::set<size_t> others;
  for (const SentencePair &pair : pairs) {
    random += pair.isRandom;
    brief += lengthOf(pair) < 45;
    if (pair.isRandom)
      others.insert(large.documentOf(pair.secondBegin));
  }
  double count = static_cast<double>(pairs.size());
  EXPECT_GT(count, 1000);
  EXPECT_NEAR(random / count, 0.5, 0.06);
  EXPECT_GT(brief / count, 0.05); // also at the ends of documents
  EXPECT_LT(brief / count, 0.2);
  EXPECT_EQ(others.size(), 50u);
  // Without short ones only the ends of documents are.
  brief = 0;
  for (const SentencePair &pair : large.pairs(60, 0))
    brief += lengthOf(pair) < 45;
  EXPECT_LT(brief / count, 0.07);
}

TEST(SentencePairs, areAFunctionOfTheSeed) {
  auto same = [](const SentencePair &a, const SentencePair &b) {
    return a.firstBegin == b.firstBegin && a.firstEnd == b.firstEnd &&
           a.secondBegin == b.secondBegin && a.secondEnd == b.secondEnd && a.isRandom == b.isRandom;
  };
  std::vector<SentencePair> one = large.pairs(60), two = large.pairs(60);
  EXPECT_TRUE(std::equal(one.begin(), one.end(), two.begin(), two.end(), same));
  std::vector<SentencePair> other = large.pairs(60, 0.1, 4);
  EXPECT_FALSE(std::equal(one.begin(), one.end(), other.begin(), other.end(), same));
}

// A document of one sentence has nothing that follows.
TEST(SentencePairs, singleSentencesArePairedAtRandom) {
  Corpus corpus({1, 1, 1});
  std::vector<SentencePair> pairs = corpus.pairs(40);
  ASSERT_EQ(pairs.size(), 3u);
  for (const SentencePair &pair : pairs)
    EXPECT_TRUE(pair.isRandom);
}

TEST(SentencePairs, sentencesLongerThanAllAreCut) {
  std::vector<uint64_t> sentences = {0, 500, 1000, 1500};
  std::vector<size_t> documents = {0, 2, 3};
  for (const SentencePair &pair : pairSentences(sentences, documents, {20, 0.5, false, 1})) {
    EXPECT_LE(lengthOf(pair), 20u);
    EXPECT_LT(pair.firstBegin, pair.firstEnd);
    EXPECT_LT(pair.secondBegin, pair.secondEnd);
  }
}
