// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Masks of language models: shares, what stays, whole words, limits, batches with and without
// positions.
#include "data/batch_plan.h"
#include "text/tokenizer.h"

#include <gtest/gtest.h>
#include <numeric>

using namespace weft::rt;

namespace {

// 0 to 9 are special, 4 is the mask, odd tokens from 100 on continue words.
MaskingRules rulesOf(double probability) {
  MaskingRules rules;
  rules.probability = probability;
  rules.maskToken = 4;
  rules.seed = 7;
  rules.flags.resize(1000);
  for (size_t i = 0; i < 10; ++i)
    rules.flags[i] = MaskingRules::special;
  for (size_t i = 101; i < 1000; i += 2)
    rules.flags[i] = MaskingRules::continuation;
  return rules;
}

struct Masked {
  std::vector<int32_t> tokens;
  std::vector<int64_t> labels;
  int64_t count() const {
    return std::count_if(labels.begin(), labels.end(), [](int64_t label) { return label != -100; });
  }
};

Masked mask(const MaskingRules &rules, std::vector<int32_t> tokens, int64_t epoch = 0,
            uint32_t sample = 0, int64_t limit = INT64_MAX) {
  Masked result{std::move(tokens), {}};
  result.labels.resize(result.tokens.size());
  rules.apply(epoch, sample, result.tokens, result.labels, -100, limit);
  return result;
}

std::vector<int32_t> tokensFrom(int32_t first, size_t count) {
  std::vector<int32_t> tokens(count);
  std::iota(tokens.begin(), tokens.end(), first);
  return tokens;
}

} // namespace

TEST(Masking, sharesAreBerts) {
  int64_t chosen = 0, masked = 0, kept = 0, all = 0;
  for (uint32_t sample = 0; sample < 200; ++sample) {
    std::vector<int32_t> tokens = tokensFrom(100, 500);
    tokens[0] = 2; // special
    Masked result = mask(rulesOf(0.15), tokens, 3, sample);
    EXPECT_EQ(result.labels[0], -100);
    for (size_t i = 0; i < tokens.size(); ++i) {
      ++all;
      if (result.labels[i] == -100) {
        EXPECT_EQ(result.tokens[i], tokens[i]);
        continue;
      }
      EXPECT_EQ(result.labels[i], tokens[i]);
      ++chosen;
      masked += result.tokens[i] == 4;
      kept += result.tokens[i] == tokens[i];
    }
  }
  auto share = [](int64_t part, int64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  EXPECT_NEAR(share(chosen, all), 0.15, 0.005);
  EXPECT_NEAR(share(masked, chosen), 0.8, 0.01);
  EXPECT_NEAR(share(kept, chosen), 0.1, 0.01);
}

TEST(Masking, dependsOnSeedEpochAndSampleAlone) {
  std::vector<int32_t> tokens = tokensFrom(100, 100);
  MaskingRules rules = rulesOf(0.15);
  Masked first = mask(rules, tokens, 1, 5);
  EXPECT_EQ(first.tokens, mask(rules, tokens, 1, 5).tokens);
  EXPECT_NE(first.labels, mask(rules, tokens, 2, 5).labels);
  EXPECT_NE(first.labels, mask(rules, tokens, 1, 6).labels);
  rules.seed = 8;
  EXPECT_NE(first.labels, mask(rules, tokens, 1, 5).labels);
}

TEST(Masking, wholeWordsAndLimits) {
  MaskingRules rules = rulesOf(0.3);
  rules.wholeWords = true;
  Masked result = mask(rules, tokensFrom(100, 100)); // words of two pieces
  ASSERT_GT(result.count(), 0);
  for (size_t i = 0; i < 100; i += 2)
    EXPECT_EQ(result.labels[i] == -100, result.labels[i + 1] == -100);
  EXPECT_LE(mask(rules, tokensFrom(100, 100), 0, 0, 5).count(), 4); // five would split a word
  EXPECT_EQ(mask(rulesOf(1), tokensFrom(100, 100), 0, 0, 7).count(), 7);
  // Never none, unless there is nothing to choose.
  EXPECT_EQ(mask(rulesOf(0), tokensFrom(100, 5)).count(), 1);
  EXPECT_EQ(mask(rulesOf(1), {2, 3, 0}).count(), 0);
}

// A sample that is cut out of a long text may begin and end within a word; special tokens end one.
TEST(Masking, partsOfWordsAreWords) {
  MaskingRules rules = rulesOf(0.5);
  rules.wholeWords = true;
  size_t parts = 0;
  for (uint32_t sample = 0; sample < 50; ++sample) {
    // The ends of words 100 and 120, word 140, special, the rest of none, the beginning of word
    // 160.
    Masked result = mask(rules, {101, 103, 121, 140, 141, 143, 3, 121, 160}, 0, sample);
    auto isHidden = [&](size_t place) { return result.labels[place] != -100; };
    EXPECT_EQ(isHidden(0), isHidden(1));
    EXPECT_EQ(isHidden(0), isHidden(2)); // pieces that follow each other are one word
    EXPECT_EQ(isHidden(3), isHidden(4));
    EXPECT_EQ(isHidden(3), isHidden(5));
    EXPECT_FALSE(isHidden(6));
    parts += isHidden(0) != isHidden(3) || isHidden(7) != isHidden(8);
  }
  EXPECT_GT(parts, 10u);
}

// What continues a word is what tokenizer.json says, whatever its prefix.
TEST(Masking, continuationsAreThoseOfTheTokenizer) {
  const char *text = R"({"version": "1.0", "added_tokens": [], "normalizer": null,
    "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": null, "decoder": null,
    "model": {"type": "WordPiece", "unk_token": "u", "continuing_subword_prefix": "@@",
              "max_input_chars_per_word": 100, "vocab": {"u": 0, "a": 1, "@@b": 2, "##b": 3, "@@": 4}}})";
  Result<Tokenizer> tokenizer = Tokenizer::fromJson(text, "t.json");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status().message();
  EXPECT_FALSE(tokenizer->isContinuation(1));
  EXPECT_TRUE(tokenizer->isContinuation(2));
  EXPECT_FALSE(tokenizer->isContinuation(3));
  EXPECT_FALSE(tokenizer->isContinuation(4));
}

TEST(Masking, oneOfAThousandHasMoreThanUsual) {
  MaskingRules rules = rulesOf(0.15);
  EXPECT_EQ(rules.usualLimit(16), 7);
  EXPECT_EQ(rules.usualLimit(32), 11);
  EXPECT_EQ(rules.usualLimit(128), 32);
  EXPECT_EQ(rules.usualLimit(512), 102);
  EXPECT_EQ(rulesOf(0).usualLimit(512), 1);
  int64_t more = 0;
  for (uint32_t sample = 0; sample < 4000; ++sample)
    more += mask(rules, tokensFrom(100, 128), 0, sample).count() > 32;
  EXPECT_LT(more, 10);
}

namespace {

InputSpec input(const char *name, int64_t length, bool isLabel = false) {
  InputSpec spec;
  spec.name = name;
  spec.type = ElementType::i32;
  spec.sampleShape = {length};
  spec.isLabel = isLabel;
  if (isLabel) {
    spec.hasIgnoreIndex = true;
    spec.ignoreIndex = -100;
    spec.high = 1000;
  }
  return spec;
}

DataField field(const char *name, std::vector<int32_t> values, int64_t rows) {
  DataField result;
  uint8_t *target = nullptr;
  result.name = name;
  result.file = "arrays";
  result.kind = std::string(name) == "labels" ? DataField::Kind::labels : DataField::Kind::features;
  result.array =
      Array::allocate(DataType::i32, {rows, static_cast<int64_t>(values.size()) / rows}, &target)
          .take();
  std::copy(values.begin(), values.end(), reinterpret_cast<int32_t *>(target));
  return result;
}

// Buckets of 4 and 8 tokens with 1 and 2 labelled positions.
std::vector<BucketSpec> positionBuckets() {
  std::vector<BucketSpec> buckets(2);
  for (uint32_t i = 0; i < 2; ++i) {
    buckets[i].index = i;
    buckets[i].inputs = {input("input_ids", 4 + 4 * i), input("attention_mask", 4 + 4 * i),
                         input("masked_positions", 1 + i), input("labels", 1 + i, true)};
  }
  return buckets;
}

} // namespace

TEST(Masking, labelsMoveToTheirPositions) {
  Dataset data;
  data.path = "arrays";
  data.fields = {field("input_ids", {10, 11, 12, 13, 20, 21, 22, 23}, 2),
                 field("labels", {-100, 500, -100, -100, -100, -100, 600, 601}, 2)};
  Result<BatchPlan> plan = BatchPlan::create(data, positionBuckets());
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  // Two labels do not fit where one does, however short the sample is.
  uint32_t first[] = {0}, both[] = {1, 0};
  EXPECT_EQ(plan->bucketFor(first), 0u);
  EXPECT_EQ(plan->bucketFor(both), 1u);
  int32_t ids[16], mask[16], positions[4], labels[4];
  void *targets[] = {ids, mask, positions, labels};
  plan->fill({both, 1}, targets);
  const int32_t wantedPositions[] = {2, 3, 1, 0}, wantedLabels[] = {600, 601, 500, -100};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(positions[i], wantedPositions[i]) << i;
    EXPECT_EQ(labels[i], wantedLabels[i]) << i;
    EXPECT_EQ(ids[i], 20 + i);
    EXPECT_EQ(mask[i], 1);
    EXPECT_EQ(mask[4 + i], 0);
  }
  data.fields[1] = field("labels", {-100, 500, 1, 2, -100, -100, 600, 601}, 2);
  EXPECT_EQ(BatchPlan::create(data, positionBuckets()).status().message(),
            "arrays: labels, sample 0: expected at most 2 labels, the most that the module was "
            "compiled for, found 3");
}

TEST(Masking, masksAreMadeWithTheBatch) {
  Dataset data;
  data.path = "arrays";
  data.fields = {field("input_ids", tokensFrom(100, 16), 2)};
  data.masking = std::make_shared<MaskingRules>(rulesOf(1));
  Result<BatchPlan> plan = BatchPlan::create(data, positionBuckets());
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  uint32_t second[] = {1};
  int32_t ids[8], mask[8], positions[2], labels[2], other[2];
  void *targets[] = {ids, mask, positions, labels};
  plan->fill({second, 1, 4}, targets);
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(labels[i], 108 + positions[i]);
  void *again[] = {ids, mask, other, labels};
  plan->fill({second, 1, 4}, again);
  EXPECT_TRUE(std::equal(positions, positions + 2, other));
}
