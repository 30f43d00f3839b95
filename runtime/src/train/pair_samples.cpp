// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Segments in the template of a tokenizer.
#include "train/pair_samples.h"

#include <algorithm>

namespace weft::rt {

namespace {

// What a tokenizer adds to a pair of texts, and the types of their tokens.
struct PairTemplate {
  std::vector<int32_t> ids[3]; // before, between, behind
  std::vector<int8_t> types[3];
  int8_t typeOf[2] = {0, 0};

  // Nothing if the second text does not stand behind the first.
  static std::optional<PairTemplate> of(const Encoding &example) {
    PairTemplate result;
    int place = 0;
    for (size_t i = 0; i < example.size(); ++i) {
      int sequence = example.sequenceIds[i];
      auto type = static_cast<int8_t>(example.typeIds[i]);
      if (sequence >= 0) {
        if (sequence + 1 < place || sequence > place)
          return std::nullopt;
        place = sequence + 1;
        result.typeOf[sequence] = type;
        continue;
      }
      result.ids[place].push_back(example.ids[i]);
      result.types[place].push_back(type);
    }
    return place == 2 ? std::optional(std::move(result)) : std::nullopt;
  }
};

// Sentences and documents that have tokens, as pairSentences takes them.
struct Corpus {
  std::vector<uint64_t> sentences;
  std::vector<size_t> documents;

  Corpus(const std::vector<uint64_t> &offsets, const std::vector<size_t> &documentOf) {
    std::optional<size_t> last;
    for (size_t i = 0; i + 1 < offsets.size(); ++i) {
      if (offsets[i] == offsets[i + 1])
        continue;
      if (last != documentOf[i])
        documents.push_back(sentences.size());
      last = documentOf[i];
      sentences.push_back(offsets[i]);
    }
    documents.push_back(sentences.size());
    sentences.push_back(offsets.back());
  }
};

} // namespace

Result<PairSamples> makePairSamples(const TokenizedTexts &sentences,
                                    const std::vector<size_t> &documentOf, const Encoding &example,
                                    const SentencePairRules &rules, const std::string &file) {
  std::optional<PairTemplate> added = PairTemplate::of(example);
  if (!added)
    return unimplemented("%s: pairs of sentences need a tokenizer whose template has the second "
                         "text behind the first",
                         file.c_str());
  Corpus corpus(*sentences.offsets, documentOf);
  if (corpus.documents.size() < 3)
    return invalidArgument(
        "%s: expected two documents or more, divided by empty lines, because half of all pairs "
        "take their second part from another document; found %zu",
        file.c_str(), corpus.documents.size() - 1);
  PairSamples result;
  auto offsets = std::make_shared<std::vector<uint64_t>>(1, 0);
  TokenizedTexts &texts = result.texts;
  auto addTokens = [&](uint64_t begin, uint64_t end, int8_t type) {
    auto first = sentences.ids.begin();
    texts.ids.insert(texts.ids.end(), first + static_cast<int64_t>(begin),
                     first + static_cast<int64_t>(end));
    texts.types.resize(texts.ids.size(), type);
  };
  auto addFixed = [&](size_t place) {
    texts.ids.insert(texts.ids.end(), added->ids[place].begin(), added->ids[place].end());
    texts.types.insert(texts.types.end(), added->types[place].begin(), added->types[place].end());
  };
  for (const SentencePair &pair : pairSentences(corpus.sentences, corpus.documents, rules)) {
    addFixed(0);
    addTokens(pair.firstBegin, pair.firstEnd, added->typeOf[0]);
    addFixed(1);
    addTokens(pair.secondBegin, pair.secondEnd, added->typeOf[1]);
    addFixed(2);
    texts.longest =
        std::max(texts.longest, static_cast<int64_t>(texts.ids.size() - offsets->back()));
    offsets->push_back(texts.ids.size());
    result.isRandom.push_back(pair.isRandom);
  }
  texts.offsets = std::move(offsets);
  return result;
}

} // namespace weft::rt
