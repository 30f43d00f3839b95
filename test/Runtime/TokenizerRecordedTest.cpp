// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What Hugging Face's tokenizers gave: a recorded list of small cases (Inputs/tokenizer/record.py)
// and, where WEFT_GOLDEN and WEFT_MINILM are set, real texts with a real vocabulary.
#include "TestInputs.h"
#include "TokenizerTesting.h"
#include "text/normalizer.h"
#include "text/utf8.h"

#include <cinttypes>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace weft::rt;
using namespace weft::rt::testing;

namespace {

Json recorded() {
  Result<Json> json = parseJsonFile(WEFT_TEST_INPUTS "/tokenizer/recorded.json");
  EXPECT_TRUE(json.ok()) << json.status().message();
  return json.ok() ? json.take() : Json();
}

EncodeOptions optionsOf(const Json &test) {
  EncodeOptions options;
  options.addSpecialTokens = test.value("add_special_tokens", true);
  if (!test.contains("max_length"))
    return options;
  std::string strategy = test["truncation"];
  options.truncation = strategy == "only_first"    ? Truncation::onlyFirst
                       : strategy == "only_second" ? Truncation::onlySecond
                                                   : Truncation::longestFirst;
  options.maxLength = test["max_length"];
  options.stride = test.value("stride", 0);
  options.side =
      test.value("side", "right") == "left" ? TruncationSide::left : TruncationSide::right;
  options.keepOverflow = test.contains("overflowing");
  return options;
}

Status encodeCase(const Tokenizer &tokenizer, const Json &test, Encoding &encoding) {
  EncodeOptions options = optionsOf(test);
  auto wordsOf = [](const Json &list) {
    return std::vector<std::string>(list.begin(), list.end());
  };
  if (!test.contains("words")) {
    std::string text = test["text"];
    return test.contains("pair")
               ? tokenizer.encode(text, test["pair"].get<std::string>(), options, encoding)
               : tokenizer.encode(text, options, encoding);
  }
  std::vector<std::string> first = wordsOf(test["words"]);
  std::vector<std::string_view> words(first.begin(), first.end());
  if (!test.contains("pair"))
    return tokenizer.encodeWords(words, options, encoding);
  std::vector<std::string> second = wordsOf(test["pair"]);
  std::vector<std::string_view> pair(second.begin(), second.end());
  return tokenizer.encodeWords(words, pair, options, encoding);
}

template <typename T>
Json withNulls(const std::vector<T> &values) {
  Json list = Json::array();
  for (T value : values)
    list.push_back(value < 0 ? Json() : Json(value));
  return list;
}

void expectEqual(const Encoding &encoding, const Json &expected) {
  EXPECT_EQ(Json(encoding.ids), expected["ids"]);
  EXPECT_EQ(Json(encoding.typeIds), expected["type_ids"]);
  Json offsets = Json::array();
  for (TextRange range : encoding.offsets)
    offsets.push_back({range.begin, range.end});
  EXPECT_EQ(offsets, expected["offsets"]);
  EXPECT_EQ(withNulls(encoding.wordIds), expected["word_ids"]);
  EXPECT_EQ(withNulls(encoding.sequenceIds), expected["sequence_ids"]);
  EXPECT_EQ(Json(encoding.specialTokensMask), expected["special_tokens_mask"]);
}

// The hash of code points as record.py has it.
struct CodePoints {
  size_t count = 0;
  uint64_t hash = 0xCBF29CE484222325u;

  void add(char32_t character) {
    ++count;
    for (int shift = 0; shift < 32; shift += 8)
      hash = (hash ^ (character >> shift & 0xFF)) * 0x100000001B3u;
  }
};

void expectEqual(const CodePoints &found, const Json &expected, const std::string &name) {
  char hash[17];
  std::snprintf(hash, sizeof(hash), "%016" PRIx64, found.hash);
  EXPECT_EQ(found.count, expected["count"].get<size_t>()) << name;
  EXPECT_EQ(hash, expected["hash"].get<std::string>()) << name;
}

template <typename Visit>
void forEachCodePoint(Visit visit) {
  for (char32_t c = 0; c < 0x110000; ++c)
    if (c < 0xD800 || c >= 0xE000)
      visit(c);
}

} // namespace

TEST(TokenizerRecorded, givesWhatHuggingFaceGives) {
  Json all = recorded();
  size_t cases = 0;
  for (const auto &[name, tests] : all["tokenizers"].items()) {
    Result<Tokenizer> tokenizer =
        Tokenizer::load(std::string(WEFT_TEST_INPUTS "/tokenizer/") + name + ".json");
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.status().message();
    Encoding encoding;
    for (const Json &test : tests) {
      SCOPED_TRACE(name + ": " + test.dump());
      Status status = encodeCase(*tokenizer, test, encoding);
      ASSERT_TRUE(status.ok()) << status.message();
      expectEqual(encoding, test);
      if (test.contains("decoded"))
        EXPECT_EQ(tokenizer->decode(encoding.ids), test["decoded"].get<std::string>());
      if (!test.contains("overflowing"))
        continue;
      ASSERT_EQ(encoding.overflowing.size(), test["overflowing"].size());
      for (size_t i = 0; i < encoding.overflowing.size(); ++i)
        expectEqual(encoding.overflowing[i], test["overflowing"][i]);
      ++cases;
    }
  }
  EXPECT_GT(cases, 20u);
}

// All code points: tools/dev/generate-unicode-tables writes the tables.
TEST(TokenizerRecorded, hasHuggingFacesCharacterProperties) {
  Json properties = recorded()["properties"];
  const CharacterTable &table = CharacterTable::get();
  auto check = [&](const std::string &name, uint8_t property) {
    CodePoints found;
    forEachCodePoint([&](char32_t c) {
      char32_t parts[8];
      // Marks that decompose are never asked about.
      bool asked = property != markProperty || (decompose(c, parts) == 1 && parts[0] == c);
      if (asked && (table[c] & property))
        found.add(c);
    });
    expectEqual(found, properties[name], name);
  };
  check("control", controlProperty);
  check("space", spaceProperty);
  check("punctuation", punctuationProperty);
  check("mark", markProperty);
  check("chinese", chineseProperty);
  check("decomposes", decomposesProperty);
  check("uppercase", uppercaseProperty);
  check("word", wordProperty);
}

TEST(TokenizerRecorded, changesCharactersAsHuggingFaceDoes) {
  Json properties = recorded()["properties"];
  CodePoints lowercase, decomposition;
  forEachCodePoint([&](char32_t c) {
    if (lowercaseOf(c) != c)
      lowercase.add(lowercaseOf(c));
    char32_t parts[8];
    size_t count = decompose(c, parts);
    if (count > 1 || parts[0] != c)
      for (size_t i = 0; i < count; ++i)
        decomposition.add(parts[i]);
  });
  expectEqual(lowercase, properties["lowercase"], "lowercase");
  expectEqual(decomposition, properties["decomposition"], "decomposition");
}

TEST(TokenizerGolden, givesWhatHuggingFaceGives) {
  const char *golden = std::getenv("WEFT_GOLDEN"), *model = std::getenv("WEFT_MINILM");
  if (!golden || !model)
    GTEST_SKIP() << "WEFT_GOLDEN or WEFT_MINILM is not set";
  std::string folder = model;
  if (std::filesystem::exists(folder + "/model/tokenizer.json")) // of the package
    folder += "/model";
  std::ifstream file(std::string(golden) + "/tokenizer/cases.jsonl");
  ASSERT_TRUE(file) << golden;
  // From both of its forms.
  for (const char *form : {"/tokenizer.json", "/vocab.txt"}) {
    Result<Tokenizer> tokenizer = Tokenizer::load(folder + form);
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.status().message();
    file.clear();
    file.seekg(0);
    size_t cases = 0;
    Encoding encoding;
    for (std::string line; std::getline(file, line); ++cases) {
      SCOPED_TRACE(line);
      Json test = Json::parse(line);
      ASSERT_TRUE(encodeCase(*tokenizer, test, encoding).ok());
      ASSERT_EQ(Json(encoding.ids), test["ids"]);
      if (test.contains("token_type_ids"))
        ASSERT_EQ(Json(encoding.typeIds), test["token_type_ids"]);
    }
    EXPECT_GT(cases, 1500u);
  }
}
