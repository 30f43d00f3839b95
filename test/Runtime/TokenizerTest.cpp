// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Texts to tokens with a vocabulary made by hand.
#include "ReaderTesting.h"
#include "TokenizerTesting.h"

#include <thread>

using namespace weft::rt;
using namespace weft::rt::testing;

TEST(Tokenizer, cutsWordsIntoTheLongestTokens) {
  Tokenizer tokenizer = smallTokenizer();
  Encoding encoding = encoded(tokenizer, "The  unables film's xyz.");
  EXPECT_EQ(tokensOf(tokenizer, encoding), "[CLS] the un ##able ##s film ' [UNK] [UNK] . [SEP]");
  EXPECT_EQ(encoding.offsets, (std::vector<TextRange>{{0, 0},
                                                      {0, 3},
                                                      {5, 7},
                                                      {7, 11},
                                                      {11, 12},
                                                      {13, 17},
                                                      {17, 18},
                                                      {18, 19},
                                                      {20, 23},
                                                      {23, 24},
                                                      {0, 0}}));
  EXPECT_EQ(encoding.wordIds, (std::vector<int32_t>{-1, 0, 1, 1, 1, 2, 3, 4, 5, 6, -1}));
  EXPECT_EQ(encoding.specialTokensMask, (std::vector<uint8_t>{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(encoding.sequenceIds, (std::vector<int8_t>{-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1}));
  EXPECT_EQ(encoding.typeIds, std::vector<int32_t>(11, 0));
}

TEST(Tokenizer, knowsItsVocabulary) {
  Tokenizer tokenizer = smallTokenizer();
  EXPECT_EQ(tokenizer.vocabularySize(), 28u);
  EXPECT_EQ(tokenizer.idOf("##able"), 8);
  EXPECT_EQ(tokenizer.idOf("able"), -1);
  EXPECT_EQ(tokenizer.tokenOf(6), "film");
  EXPECT_EQ(tokenizer.tokenOf(28), "");
  EXPECT_EQ(tokenizer.tokenOf(-1), "");
  EXPECT_TRUE(tokenizer.isContinuation(8));
  EXPECT_FALSE(tokenizer.isContinuation(6));
  EXPECT_TRUE(tokenizer.isSpecial(4));
  EXPECT_FALSE(tokenizer.isSpecial(5));
  const SpecialTokens &special = tokenizer.special();
  EXPECT_EQ(special.pad, 0);
  EXPECT_EQ(special.unk, 1);
  EXPECT_EQ(special.cls, 2);
  EXPECT_EQ(special.sep, 3);
  EXPECT_EQ(special.mask, 4);
  EXPECT_EQ(tokenizer.addedTokens(false), 2u);
  EXPECT_EQ(tokenizer.addedTokens(true), 3u);
  EXPECT_FALSE(tokenizer.modelMaxLength());
}

TEST(Tokenizer, normalizes) {
  Tokenizer tokenizer = smallTokenizer();
  EXPECT_EQ(tokensOf(tokenizer, "CAFÉ cafe\u0301"), "cafe cafe");
  EXPECT_EQ(tokensOf(tokenizer, "a中文b"), "a 中 文 b");
  EXPECT_EQ(tokensOf(tokenizer, "a\tb\u3000c\nd"), "a b c d");
  EXPECT_EQ(tokensOf(tokenizer, std::string("a\0b\x01", 4) + "c\u200b\ufffd"), "a ##b ##c");
  EXPECT_EQ(tokensOf(tokenizer, "a\u3002b\u00abc"), "a [UNK] b [UNK] c");
  EXPECT_EQ(tokensOf(tokenizer, "\u0301"), "");

  VocabularyOptions cased;
  cased.lowercase = false;
  EXPECT_EQ(tokensOf(smallTokenizer(cased), "The the É é"), "The the [UNK] é");
  VocabularyOptions stripped = cased;
  stripped.stripAccents = true;
  EXPECT_EQ(tokensOf(smallTokenizer(stripped), "The cafés é"), "The cafe ##s e");
  VocabularyOptions accents;
  accents.stripAccents = false;
  EXPECT_EQ(tokensOf(smallTokenizer(accents), "THE É"), "the é");
  VocabularyOptions together;
  together.handleChineseChars = false;
  EXPECT_EQ(tokensOf(smallTokenizer(together), "中文 中"), "[UNK] 中");
}

TEST(Tokenizer, countsCharactersNotBytes) {
  Tokenizer tokenizer = smallTokenizer();
  Encoding encoding = encoded(tokenizer, "é 中a cafe\u0301s 🙂 the");
  EXPECT_EQ(tokensOf(tokenizer, encoding), "[CLS] e 中 a cafe ##s [UNK] the [SEP]");
  EXPECT_EQ(encoding.offsets,
            (std::vector<TextRange>{
                {0, 0}, {0, 1}, {2, 3}, {3, 4}, {5, 9}, {10, 11}, {12, 13}, {14, 17}, {0, 0}}));
}

TEST(Tokenizer, leavesLongWordsUnknown) {
  Tokenizer tokenizer = smallTokenizer();
  std::string word = "a";
  while (word.size() < 100)
    word += 'b';
  EXPECT_EQ(encoded(tokenizer, word).size(), 102u);
  EXPECT_EQ(tokensOf(tokenizer, word + "b"), "[UNK]");
  EXPECT_EQ(tokensOf(tokenizer, std::string(1 << 16, 'b')), "[UNK]");
  // Accents that are stripped do not count, multi-byte characters count once.
  EXPECT_EQ(encoded(tokenizer, word + "\u0301").size(), 102u);
}

TEST(Tokenizer, findsSpecialTokensInTheText) {
  Tokenizer tokenizer = smallTokenizer();
  Encoding encoding = encoded(tokenizer, "the[MASK]é [mask][SEP]");
  EXPECT_EQ(tokensOf(tokenizer, encoding), "[CLS] the [MASK] e [ [UNK] ] [SEP] [SEP]");
  EXPECT_EQ(encoding.offsets[2], (TextRange{3, 9}));
  EXPECT_EQ(encoding.specialTokensMask, (std::vector<uint8_t>{1, 0, 0, 0, 0, 0, 0, 0, 1}));
}

TEST(Tokenizer, encodesPairs) {
  Tokenizer tokenizer = smallTokenizer();
  Encoding encoding;
  ASSERT_TRUE(tokenizer.encode("a b", "film", {}, encoding).ok());
  EXPECT_EQ(tokensOf(tokenizer, encoding), "[CLS] a b [SEP] film [SEP]");
  EXPECT_EQ(encoding.typeIds, (std::vector<int32_t>{0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(encoding.sequenceIds, (std::vector<int8_t>{-1, 0, 0, -1, 1, -1}));
  EXPECT_EQ(encoding.wordIds, (std::vector<int32_t>{-1, 0, 1, -1, 0, -1}));
  EXPECT_EQ(encoding.offsets[4], (TextRange{0, 4}));
  EncodeOptions bare;
  bare.addSpecialTokens = false;
  ASSERT_TRUE(tokenizer.encode("a b", "film", bare, encoding).ok());
  EXPECT_EQ(tokensOf(tokenizer, encoding), "a b film");
  EXPECT_EQ(encoding.typeIds, (std::vector<int32_t>{0, 0, 1}));
}

TEST(Tokenizer, encodesWordsThatAreGiven) {
  Tokenizer tokenizer = smallTokenizer();
  std::vector<std::string_view> words = {"film's", "", "unables", "\u0301", "中a"};
  Encoding encoding;
  ASSERT_TRUE(tokenizer.encodeWords(words, {}, encoding).ok());
  EXPECT_EQ(tokensOf(tokenizer, encoding), "[CLS] film ' [UNK] un ##able ##s 中 a [SEP]");
  EXPECT_EQ(encoding.wordIds, (std::vector<int32_t>{-1, 0, 0, 0, 2, 2, 2, 4, 4, -1}));
  EXPECT_EQ(encoding.offsets[8], (TextRange{1, 2}));
  std::vector<std::string_view> pair = {"a", "b"};
  ASSERT_TRUE(tokenizer.encodeWords(pair, pair, {}, encoding).ok());
  EXPECT_EQ(encoding.wordIds, (std::vector<int32_t>{-1, 0, 1, -1, 0, 1, -1}));
  EXPECT_EQ(encoding.sequenceIds, (std::vector<int8_t>{-1, 0, 0, -1, 1, 1, -1}));
}

static std::string truncated(std::string_view text, std::optional<std::string_view> pair,
                             const EncodeOptions &options) {
  Tokenizer tokenizer = smallTokenizer();
  Encoding encoding;
  Status status = pair ? tokenizer.encode(text, *pair, options, encoding)
                       : tokenizer.encode(text, options, encoding);
  if (!status.ok())
    return status.message();
  std::string result = tokensOf(tokenizer, encoding);
  for (const Encoding &piece : encoding.overflowing)
    result += " | " + tokensOf(tokenizer, piece);
  return result;
}

TEST(Tokenizer, truncates) {
  EncodeOptions options;
  options.maxLength = 5;
  EXPECT_EQ(truncated("a b c d", {}, options), "[CLS] a b c d [SEP]") << "not asked for";
  options.truncation = Truncation::longestFirst;
  EXPECT_EQ(truncated("a b c d", {}, options), "[CLS] a b c [SEP]");
  EXPECT_EQ(truncated("a b c", {}, options), "[CLS] a b c [SEP]");
  options.side = TruncationSide::left;
  EXPECT_EQ(truncated("a b c d", {}, options), "[CLS] b c d [SEP]");
  options.side = TruncationSide::right;
  options.maxLength = 7;
  EXPECT_EQ(truncated("a b c d", "a", options), "[CLS] a b c [SEP] a [SEP]");
  EXPECT_EQ(truncated("a", "a b c d", options), "[CLS] a [SEP] a b c [SEP]");
  EXPECT_EQ(truncated("a b c d", "a b c d", options), "[CLS] a b [SEP] a b [SEP]");
  options.truncation = Truncation::onlyFirst;
  EXPECT_EQ(truncated("a b c d", "a b", options), "[CLS] a b [SEP] a b [SEP]");
  options.truncation = Truncation::onlySecond;
  EXPECT_EQ(truncated("a b", "a b c d", options), "[CLS] a b [SEP] a b [SEP]");
  options.truncation = Truncation::longestFirst;
  options.maxLength = 2;
  EXPECT_EQ(truncated("a b", {}, options), "[CLS] [SEP]");
}

TEST(Tokenizer, keepsTheOverflow) {
  EncodeOptions options;
  options.maxLength = 5;
  options.truncation = Truncation::longestFirst;
  options.keepOverflow = true;
  EXPECT_EQ(truncated("a b c d a", {}, options), "[CLS] a b c [SEP] | [CLS] d a [SEP]");
  options.stride = 1;
  EXPECT_EQ(truncated("a b c d a", {}, options), "[CLS] a b c [SEP] | [CLS] c d a [SEP]");
  options.side = TruncationSide::left;
  EXPECT_EQ(truncated("a b c d a", {}, options), "[CLS] c d a [SEP] | [CLS] a b c [SEP]");
  options.side = TruncationSide::right;
  options.truncation = Truncation::onlySecond;
  options.maxLength = 6;
  EXPECT_EQ(truncated("a", "a b c", options), "[CLS] a [SEP] a b [SEP] | [CLS] a [SEP] b c [SEP]");
  options.truncation = Truncation::longestFirst;
  options.maxLength = 7;
  EXPECT_EQ(truncated("a b c", "a b c", options),
            "[CLS] a b [SEP] a b [SEP] | [CLS] b c [SEP] a b [SEP] | [CLS] b c [SEP] b c [SEP] | "
            "[CLS] a b [SEP] b c [SEP]");
}

TEST(Tokenizer, saysWhyItCannotTruncate) {
  EncodeOptions options;
  options.truncation = Truncation::longestFirst;
  options.maxLength = 1;
  EXPECT_EQ(truncated("a", {}, options),
            "maximum length: expected room for the 2 special tokens at least, found 1");
  options.maxLength = 4;
  options.stride = 2;
  options.keepOverflow = true;
  EXPECT_EQ(truncated("a b c", {}, options),
            "stride: expected less than the 2 tokens that a part of the text may have, found 2");
  options.truncation = Truncation::onlySecond;
  EXPECT_EQ(truncated("a b c", {}, options),
            "truncation only_second: expected a pair of texts, found one");
  options.truncation = Truncation::onlyFirst;
  EXPECT_EQ(truncated("a", "a b c", options),
            "truncation only_first: expected a text of more than the 3 tokens that are too many, "
            "found 1");
}

TEST(Tokenizer, replacesOrRefusesInvalidUtf8) {
  Tokenizer tokenizer = smallTokenizer();
  Encoding encoding;
  // A byte that begins nothing, a sequence that is cut, a surrogate, an overlong form.
  std::string text = "a\xFF b\xE4\xB8 c\xED\xA0\x80 d\xC0\xAF\xF4\x90 the\xE4";
  ASSERT_TRUE(tokenizer.encode(text, {}, encoding).ok());
  EXPECT_EQ(tokensOf(tokenizer, encoding), "[CLS] a b c d the [SEP]");
  EXPECT_EQ(encoding.offsets[3], (TextRange{6, 7}));
  EXPECT_EQ(encoding.offsets[5], (TextRange{17, 20}));
  EncodeOptions strict;
  strict.invalidUtf8 = InvalidUtf8::error;
  EXPECT_EQ(tokenizer.encode(text, strict, encoding).message(),
            "text: byte 1: expected UTF-8, found 0xFF");
  EXPECT_EQ(tokenizer.encode("a", "the\xE4", strict, encoding).message(),
            "pair: byte 3: expected UTF-8, found 0xE4");
  std::vector<std::string_view> words = {"a", "\x80"};
  EXPECT_EQ(tokenizer.encodeWords(words, strict, encoding).message(),
            "text, word 1: byte 0: expected UTF-8, found 0x80");
  EXPECT_TRUE(tokenizer.encode("a", {}, encoding).ok());
  EXPECT_EQ(tokensOf(tokenizer, encoding), "[CLS] a [SEP]");
}

TEST(Tokenizer, decodes) {
  Tokenizer tokenizer = smallTokenizer();
  Encoding encoding = encoded(tokenizer, "The unables film's [MASK] a.");
  EXPECT_EQ(tokenizer.decode(encoding.ids), "the unables film ' a.") << "[UNK] is special too";
  EXPECT_EQ(tokenizer.decode(encoding.ids, false),
            "[CLS] the unables film ' [UNK] [MASK] a. [SEP]");
}

TEST(Tokenizer, encodesFromSeveralThreads) {
  Tokenizer tokenizer = smallTokenizer();
  std::string text = "the cafés 中文 [MASK] unables, a.b";
  Encoding expected = encoded(tokenizer, text);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (size_t i = 0; i < wrong.size(); ++i)
    threads.emplace_back([&, i] {
      Encoding encoding;
      for (int round = 0; round < 200; ++round)
        wrong[i] += !tokenizer.encode(text, {}, encoding).ok() || encoding.ids != expected.ids;
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}
