// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folders, tokenizer.json, vocab.txt and tokenizer_config.json, and what is wrong with them.
#include "ReaderTesting.h"
#include "TokenizerTesting.h"

#include <sstream>

using namespace weft::rt;
using namespace weft::rt::testing;

// The message of a tokenizer.json that `change` has been at.
static std::string errorOf(const std::function<void(Json &)> &change) {
  Json json = smallTokenizerJson();
  change(json);
  Result<Tokenizer> tokenizer = Tokenizer::fromJson(json.dump(), "t.json");
  return tokenizer.ok() ? "no error" : tokenizer.status().message();
}

static Tokenizer changed(const std::function<void(Json &)> &change) {
  Json json = smallTokenizerJson();
  change(json);
  Result<Tokenizer> tokenizer = Tokenizer::fromJson(json.dump(), "t.json");
  if (!tokenizer.ok()) {
    ADD_FAILURE() << tokenizer.status().message();
    return smallTokenizer();
  }
  return tokenizer.take();
}

TEST(TokenizerJson, reads) {
  Tokenizer tokenizer = changed([](Json &) {});
  EXPECT_EQ(tokensOf(tokenizer, encoded(tokenizer, "AB É [CLS]")), "[CLS] a ##b [UNK] [CLS]");
  EXPECT_EQ(tokenizer.special().mask, -1);
  Encoding pair;
  ASSERT_TRUE(tokenizer.encode("a", "ab", {}, pair).ok());
  EXPECT_EQ(tokensOf(tokenizer, pair), "a [CLS] a ##b");
}

TEST(TokenizerJson, readsOtherProcessors) {
  Tokenizer none = changed([](Json &json) { json["post_processor"] = nullptr; });
  EXPECT_EQ(tokensOf(none, encoded(none, "a")), "a");
  Tokenizer bert = changed([](Json &json) {
    json["post_processor"] = {
        {"type", "BertProcessing"}, {"sep", {"[PAD]", 0}}, {"cls", {"[CLS]", 2}}};
  });
  Encoding pair;
  ASSERT_TRUE(bert.encode("a", "a", {}, pair).ok());
  EXPECT_EQ(tokensOf(bert, pair), "[CLS] a [PAD] a [PAD]");
  EXPECT_EQ(pair.typeIds, (std::vector<int32_t>{0, 0, 0, 1, 1}));
  Tokenizer plain = changed([](Json &json) { json["normalizer"] = nullptr; });
  EXPECT_EQ(tokensOf(plain, "a A é"), "a [UNK] é");
}

TEST(TokenizerJson, takesTheModelsNumbers) {
  Tokenizer tokenizer = changed([](Json &json) {
    json["model"]["max_input_chars_per_word"] = 2;
    json["model"]["continuing_subword_prefix"] = "";
  });
  EXPECT_EQ(tokensOf(tokenizer, "aa aaa"), "a a [UNK]");
}

TEST(TokenizerJson, appendsAddedTokens) {
  auto token = [](int id, const char *content, std::vector<std::string> set) {
    Json json = {{"id", id},        {"content", content}, {"single_word", false},
                 {"lstrip", false}, {"rstrip", false},    {"normalized", false},
                 {"special", false}};
    for (const std::string &flag : set)
      json[flag] = true;
    return json;
  };
  Tokenizer tokenizer = changed([&](Json &json) {
    json["added_tokens"].push_back(token(6, "New York", {"normalized"}));
    json["added_tokens"].push_back(token(7, "<x>", {"lstrip", "rstrip"}));
    json["added_tokens"].push_back(token(8, "a.", {"single_word"}));
  });
  Encoding encoding = encoded(tokenizer, "a NEW YÓRK  <x> a. aa.");
  EXPECT_EQ(tokensOf(tokenizer, encoding), "[CLS] a New York <x> a. [UNK] [UNK]");
  EXPECT_EQ(encoding.offsets[2], (TextRange{2, 10}));
  EXPECT_EQ(encoding.offsets[3], (TextRange{10, 16}));
  EXPECT_EQ(tokenizer.vocabularySize(), 9u);
  EXPECT_EQ(tokenizer.idOf("<x>"), 7);

  EXPECT_EQ(errorOf([&](Json &json) { json["added_tokens"].push_back(token(9, "<x>", {})); }),
            "t.json: added_tokens[1] (\"<x>\"): expected the id 6 (the next behind the "
            "vocabulary), found 9");
  EXPECT_EQ(errorOf([&](Json &json) { json["added_tokens"].push_back(token(4, "a", {})); }),
            "t.json: added_tokens[1] (\"a\"): expected the id 3 (as in the vocabulary), found 4");
  EXPECT_EQ(errorOf([&](Json &json) { json["added_tokens"].push_back(token(2, "[CLS]", {})); }),
            "t.json: added_tokens[1] (\"[CLS]\"): the token is added twice");
  EXPECT_EQ(errorOf([&](Json &json) { json["added_tokens"].push_back(token(6, "", {})); }),
            "t.json: added_tokens[1] (\"\"): expected text, found none");
  EXPECT_EQ(errorOf([&](Json &json) {
              json["added_tokens"].push_back(token(6, "\x01", {"normalized"}));
            }),
            "t.json: added_tokens[1] (\"\\x01\"): the normalizer leaves nothing of it");
  EXPECT_EQ(errorOf([&](Json &json) {
              json["added_tokens"].push_back(token(6, "N", {"normalized"}));
              json["added_tokens"].push_back(token(7, "n", {"normalized"}));
            }),
            "t.json: added_tokens[2] (\"n\"): expected a normal form of its own, found that of "
            "another token, \"n\"");
  EXPECT_EQ(errorOf([&](Json &json) {
              json["model"]["vocab"].erase("a");
              json["added_tokens"].push_back(token(5, "<x>", {}));
            }),
            "t.json: added_tokens[1] (\"<x>\"): the id 5 that follows the vocabulary is already "
            "that of \"é\"");
}

TEST(TokenizerJson, namesWhatIsWrong) {
  EXPECT_EQ(errorOf([](Json &json) { json["surprise"] = 1; }),
            "t.json: found the key \"surprise\", which could change ids and is not supported");
  EXPECT_EQ(errorOf([](Json &json) { json["version"] = "2.0"; }),
            "t.json: version: expected \"1.0\", found \"2.0\"");
  EXPECT_EQ(errorOf([](Json &json) { json["model"]["type"] = "BPE"; }),
            "t.json: model.type: expected WordPiece, found \"BPE\", which is not supported");
  EXPECT_EQ(
      errorOf([](Json &json) { json["model"]["dropout"] = 0.1; }),
      "t.json: model: found the key \"dropout\", which could change ids and is not supported");
  EXPECT_EQ(errorOf([](Json &json) { json["model"].erase("vocab"); }),
            "t.json: model: the key \"vocab\" is missing");
  EXPECT_EQ(errorOf([](Json &json) { json["model"]["vocab"] = Json::array(); }),
            "t.json: model.vocab: expected an object of tokens and ids, found array");
  EXPECT_EQ(errorOf([](Json &json) { json["model"]["vocab"]["a"] = -1; }),
            "t.json: model.vocab[\"a\"]: expected an integer of 0 to 16777215, found -1");
  EXPECT_EQ(errorOf([](Json &json) { json["model"]["vocab"]["a"] = 1.5; }),
            "t.json: model.vocab[\"a\"]: expected an integer of 0 to 16777215, found 1.5");
  EXPECT_EQ(errorOf([](Json &json) { json["model"]["vocab"]["a"] = 4; }),
            "t.json: model.vocab[\"a\"]: expected an id of its own, found 4, which another token "
            "has");
  EXPECT_EQ(errorOf([](Json &json) { json["model"]["unk_token"] = "?"; }),
            "t.json: expected the unknown token \"?\" in the vocabulary of 6 tokens, which does "
            "not have it");
  EXPECT_EQ(errorOf([](Json &json) { json["model"]["max_input_chars_per_word"] = -1; }),
            "t.json: model.max_input_chars_per_word: expected an integer of at least 0, found -1");
  EXPECT_EQ(errorOf([](Json &json) { json.erase("model"); }),
            "t.json: model: expected an object, found null");
  EXPECT_EQ(errorOf([](Json &json) { json["normalizer"]["type"] = "NFC"; }),
            "t.json: normalizer.type: expected BertNormalizer, found \"NFC\", which is not "
            "supported");
  EXPECT_EQ(errorOf([](Json &json) { json["normalizer"]["lowercase"] = 1; }),
            "t.json: normalizer.lowercase: expected true or false, found 1");
  EXPECT_EQ(errorOf([](Json &json) { json["pre_tokenizer"] = nullptr; }),
            "t.json: pre_tokenizer: expected an object, found null");
  EXPECT_EQ(errorOf([](Json &json) { json["pre_tokenizer"] = {{"type", "Whitespace"}}; }),
            "t.json: pre_tokenizer.type: expected BertPreTokenizer, found \"Whitespace\", which is "
            "not supported");
  EXPECT_EQ(errorOf([](Json &json) { json["added_tokens"][0]["lstrip"] = "no"; }),
            "t.json: added_tokens[0].lstrip: expected true or false, found \"no\"");
}

TEST(TokenizerJson, namesWhatIsWrongWithTemplates) {
  EXPECT_EQ(errorOf([](Json &json) { json["post_processor"]["type"] = "RobertaProcessing"; }),
            "t.json: post_processor.type: expected TemplateProcessing or BertProcessing, found "
            "\"RobertaProcessing\", which is not supported");
  EXPECT_EQ(errorOf([](Json &json) { json["post_processor"]["single"].erase(1); }),
            "t.json: post_processor.single: expected the sequence A once, found A 0 times and B 0 "
            "times");
  EXPECT_EQ(errorOf([](Json &json) { json["post_processor"]["pair"].erase(2); }),
            "t.json: post_processor.pair: expected the sequences A and B, each once, found A 1 "
            "times and B 0 times");
  EXPECT_EQ(
      errorOf([](Json &json) { json["post_processor"]["single"][1]["Sequence"]["id"] = "C"; }),
      "t.json: post_processor.single[1].Sequence.id: expected \"A\" or \"B\", found \"C\"");
  EXPECT_EQ(errorOf([](Json &json) {
              json["post_processor"]["single"][0]["SpecialToken"]["id"] = "[X]";
            }),
            "t.json: post_processor.single[0].SpecialToken.id: expected one of the keys of "
            "special_tokens, found \"[X]\"");
  EXPECT_EQ(
      errorOf([](Json &json) { json["post_processor"]["special_tokens"]["[CLS]"]["ids"][0] = 6; }),
      "t.json: post_processor: expected ids of 0 to 5, found 6");
  EXPECT_EQ(errorOf([](Json &json) { json["post_processor"]["single"][0] = {{"Padding", 1}}; }),
            "t.json: post_processor.single[0]: expected the key Sequence or SpecialToken, found "
            "\"Padding\"");
}

// Nothing that a damaged file holds may do harm: not when it is read, nor when it is used.
TEST(TokenizerJson, survivesDamage) {
  Encoding encoding;
  forEachDamage(bytesOf(smallTokenizerJson().dump()), [&](const Bytes &file, bool cut) {
    std::string text(file.begin(), file.end());
    Result<Tokenizer> tokenizer = Tokenizer::fromJson(text, "t.json");
    if (cut)
      EXPECT_FALSE(tokenizer.ok());
    if (tokenizer.ok())
      (void)tokenizer->encode("AB é[CLS] 中", "b", {}, encoding);
    else
      EXPECT_TRUE(tokenizer.status().message().starts_with("t.json: "));
  });
}

TEST(TokenizerVocabulary, survivesDamage) {
  Encoding encoding;
  forEachDamage(bytesOf("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##é\n"), [&](const Bytes &file, bool) {
    std::string text(file.begin(), file.end());
    Result<Tokenizer> tokenizer = Tokenizer::fromVocabulary(text, "v.txt");
    if (tokenizer.ok())
      (void)tokenizer->encode("aé[CLS] 中", "b", {}, encoding);
    else
      EXPECT_TRUE(tokenizer.status().message().starts_with("v.txt: "));
  });
}

TEST(TokenizerVocabulary, namesWhatIsWrong) {
  auto errorIn = [](const char *text) {
    return Tokenizer::fromVocabulary(text, "v.txt").status().message();
  };
  EXPECT_EQ(errorIn("[UNK]\n[CLS]\na\n"),
            "v.txt: expected the special token \"[SEP]\" in a line of its own, found none");
  EXPECT_EQ(errorIn("[CLS]\n[SEP]\n"), "v.txt: expected the unknown token \"[UNK]\" in the "
                                       "vocabulary of 2 tokens, which does not have it");
  EXPECT_EQ(errorIn("[UNK]\n[CLS]\n[SEP]\na\xFF\n"),
            "v.txt: line 4: expected UTF-8, found the byte 0xFF");
}

TEST(TokenizerVocabulary, readsLines) {
  // CRLF, white space at the end, an empty line, a token twice, no line feed at the end.
  Result<Tokenizer> tokenizer =
      Tokenizer::fromVocabulary("[UNK]\r\n[CLS]\r\n[SEP] \t\n\na\nb\na\n##c", "v.txt");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status().message();
  EXPECT_EQ(encoded(*tokenizer, "ac b").ids, (std::vector<int32_t>{1, 6, 7, 5, 2}));
}

TEST(TokenizerFolder, prefersTokenizerJson) {
  TemporaryFolder folder;
  EXPECT_EQ(Tokenizer::load(folder.path()).status().message(),
            folder.path() + ": expected tokenizer.json or vocab.txt in the folder, found neither");
  folder.write("vocab.txt", bytesOf(smallVocabulary));
  Result<Tokenizer> fromVocabulary = Tokenizer::load(folder.path());
  ASSERT_TRUE(fromVocabulary.ok()) << fromVocabulary.status().message();
  EXPECT_EQ(fromVocabulary->vocabularySize(), 28u);
  folder.write("tokenizer.json", bytesOf(smallTokenizerJson().dump()));
  Result<Tokenizer> fromJson = Tokenizer::load(folder.path());
  ASSERT_TRUE(fromJson.ok()) << fromJson.status().message();
  EXPECT_EQ(fromJson->vocabularySize(), 6u);
  // A file by itself, under any name.
  folder.write("x", bytesOf(smallTokenizerJson().dump()));
  folder.write("y", bytesOf("{\n" + std::string(smallVocabulary)));
  ASSERT_TRUE(Tokenizer::load(folder.path("x")).ok());
  Result<Tokenizer> brace = Tokenizer::load(folder.path("y"));
  ASSERT_TRUE(brace.ok()) << brace.status().message();
  EXPECT_EQ(brace->vocabularySize(), 29u);
  EXPECT_NE(Tokenizer::load(folder.path("none")).status().message().find("No such file"),
            std::string::npos);
}

// Ids and what is found in texts are those that transformers' BertTokenizer (5.24) gives for the
// folder.
TEST(TokenizerFolder, readsAddedTokensOfOlderFolders) {
  TemporaryFolder folder;
  folder.write("vocab.txt", bytesOf(smallVocabulary));
  auto load = [&](const char *tokens) {
    folder.write("added_tokens.json", bytesOf(tokens));
    return Tokenizer::load(folder.path());
  };
  // "<y>" and "Film" match what is left of a text when it is normalized; "<X>", which the
  // configuration names, matches the text as it stands.
  folder.write("special_tokens_map.json", bytesOf(R"({"mask_token": "<X>"})"));
  Result<Tokenizer> tokenizer = load(R"({"<y>": 30, "<X>": 28, "Film": 29})");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status().message();
  EXPECT_EQ(tokenizer->idOf("<X>"), 28);
  EXPECT_EQ(tokenizer->idOf("Film"), 29);
  EXPECT_EQ(tokenizer->idOf("<y>"), 30);
  EXPECT_TRUE(tokenizer->isSpecial(28));
  EXPECT_FALSE(tokenizer->isSpecial(30));
  EXPECT_EQ(tokensOf(*tokenizer, "a<X><Y>b FILM"), "a <X> <y> b Film");
  EXPECT_EQ(tokensOf(*tokenizer, "<x>"), "[UNK] [UNK] [UNK]");

  // added_tokens_decoder goes before it.
  folder.write("tokenizer_config.json", bytesOf(R"({"added_tokens_decoder": {}})"));
  Result<Tokenizer> decoder = load(R"({"<y>": 28})");
  ASSERT_TRUE(decoder.ok()) << decoder.status().message();
  EXPECT_EQ(decoder->idOf("<y>"), -1);
  folder.write("tokenizer_config.json", bytesOf("{}"));

  std::string path = folder.path("added_tokens.json");
  EXPECT_EQ(load("[]").status().message(), path + ": expected a JSON object, found array");
  EXPECT_EQ(load(R"({"<y>": "28"})").status().message(),
            path + ": \"<y>\": expected an integer, found string");
  EXPECT_EQ(load(R"({"<y>": -1})").status().message(),
            path + ": \"<y>\": expected a token with an id of 0 to 16777215, found -1");
  EXPECT_EQ(load(R"({"": 28})").status().message(),
            path + ": \"\": expected a token with an id of 0 to 16777215, found 28");
  EXPECT_EQ(load(R"({"<y>": 28, "<z>": 28})").status().message(),
            path + ": expected an id of its own for each token, found 28 for \"<y>\" and \"<z>\"");
  EXPECT_EQ(load(R"({"<y>": 33})").status().message(),
            folder.path("vocab.txt") + ": added_tokens[0] (\"<y>\"): expected the id 28 (the next "
                                       "behind the vocabulary), found 33");
  EXPECT_EQ(load(R"({"film": 28})").status().message(),
            folder.path("vocab.txt") +
                ": added_tokens[0] (\"film\"): expected the id 6 (as in the vocabulary), found 28");
}

TEST(TokenizerFolder, readsTheConfiguration) {
  TemporaryFolder folder;
  folder.write("vocab.txt", bytesOf(smallVocabulary));
  auto load = [&](const char *config) {
    folder.write("tokenizer_config.json", bytesOf(config));
    return Tokenizer::load(folder.path());
  };
  Result<Tokenizer> cased = load(R"({"do_lower_case": false, "model_max_length": 512})");
  ASSERT_TRUE(cased.ok()) << cased.status().message();
  EXPECT_EQ(tokensOf(*cased, "The é"), "The é");
  EXPECT_EQ(cased->modelMaxLength(), 512u);
  Result<Tokenizer> stripped =
      load(R"({"do_lower_case": false, "strip_accents": true, "tokenize_chinese_chars": false,
               "model_max_length": 1000000000000000019884624838656})");
  ASSERT_TRUE(stripped.ok()) << stripped.status().message();
  EXPECT_EQ(tokensOf(*stripped, "The é 中文"), "The e [UNK]");
  EXPECT_FALSE(stripped->modelMaxLength());
  Result<Tokenizer> named = load(R"({"cls_token": {"content": "a"}, "sep_token": "b",
               "added_tokens_decoder": {"28": {"content": "<x>", "special": true}}})");
  ASSERT_TRUE(named.ok()) << named.status().message();
  EXPECT_EQ(tokensOf(*named, encoded(*named, "c<x>")), "a c <x> b");
  EXPECT_TRUE(named->isSpecial(28));

  Result<Tokenizer> additional = load(R"({"additional_special_tokens": ["<x>", {"content": "<y>"}],
                                          "mask_token": "<m>"})");
  ASSERT_TRUE(additional.ok()) << additional.status().message();
  EXPECT_EQ(additional->special().mask, 28);
  EXPECT_EQ(additional->idOf("<y>"), 30);
  EXPECT_EQ(tokensOf(*additional, "a<y><m>"), "a <y> <m>");
  folder.write("special_tokens_map.json", bytesOf(R"({"sep_token": "a", "cls_token": "b"})"));
  Result<Tokenizer> mapped = load(R"({"cls_token": "c"})");
  ASSERT_TRUE(mapped.ok()) << mapped.status().message();
  EXPECT_EQ(tokensOf(*mapped, encoded(*mapped, "d")), "b d a");
  folder.write("special_tokens_map.json", bytesOf("{}"));

  std::string path = folder.path("tokenizer_config.json");
  EXPECT_EQ(load(R"({"additional_special_tokens": [1]})").status().message(),
            path + ": additional_special_tokens[0]: expected a string or an object with "
                   "\"content\", found number");
  EXPECT_EQ(load(R"({"do_lower_case": 1})").status().message(),
            path + ": do_lower_case: expected true or false, found number");
  EXPECT_EQ(load(R"({"cls_token": 1})").status().message(),
            path + ": cls_token: expected a string or an object with \"content\", found number");
  EXPECT_EQ(load(R"({"added_tokens_decoder": {"x": {}}})").status().message(),
            path + ": added_tokens_decoder[\"x\"]: expected an id of 0 to 16777215 as key");
  EXPECT_EQ(load(R"({"tokenizer_class": "BertJapaneseTokenizer"})").status().message(),
            folder.path("vocab.txt") +
                ": tokenizer_config.json beside it: tokenizer_class: expected a tokenizer of BERT, "
                "found BertJapaneseTokenizer");

  // What the configuration says goes before tokenizer.json.
  folder.write("tokenizer.json", bytesOf(smallTokenizerJson().dump()));
  Result<Tokenizer> both = load(R"({"do_lower_case": false, "tokenizer_class": "BertTokenizer"})");
  ASSERT_TRUE(both.ok()) << both.status().message();
  EXPECT_EQ(tokensOf(*both, "A é"), "[UNK] é");
}

namespace {

// A folder of a tokenizer of BERT, whose files a test changes.
class BertFolder {
public:
  BertFolder() {
    folder.write("vocab.txt", bytesOf(smallVocabulary));
    folder.write("config.json", bytesOf("{}"));
  }
  void write(const char *name, const char *text) { folder.write(name, bytesOf(text)); }
  void writeTokenizer(const Json &json) { folder.write("tokenizer.json", bytesOf(json.dump())); }
  std::string path(const char *name) const { return folder.path(name); }
  Result<Tokenizer> load() const { return Tokenizer::load(folder.path()); }
  // Tokens of a text, or the error.
  std::string operator()(const char *text) const {
    Result<Tokenizer> tokenizer = load();
    return tokenizer.ok() ? tokensOf(*tokenizer, text) : tokenizer.status().message();
  }

private:
  TemporaryFolder folder;
};

// tokenizer.json with the vocabulary of vocab.txt.
Json bertTokenizerJson() {
  Json json = smallTokenizerJson();
  json["model"]["vocab"] = Json::object();
  std::istringstream lines(smallVocabulary);
  int id = 0;
  for (std::string line; std::getline(lines, line);)
    json["model"]["vocab"][line] = id++;
  json["post_processor"] = nullptr;
  json["added_tokens"] = Json::array();
  return json;
}

Json addedToken(int id, const char *content, std::vector<std::string> set) {
  Json json = {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
               {"rstrip", false}, {"normalized", false}, {"special", true}};
  for (const std::string &flag : set)
    json[flag] = true;
  return json;
}

} // namespace

// What AutoTokenizer of transformers 5.24 gives for these folders; "[" and "]" are tokens, "mask"
// is none.
TEST(TokenizerFolder, splitsSpecialTokensIfAsked) {
  BertFolder folder;
  EXPECT_EQ(folder("[MASK] film [SEP]"), "[MASK] film [SEP]");
  folder.write("tokenizer_config.json", R"({"split_special_tokens": true})");
  EXPECT_EQ(folder("[MASK] film [SEP]"), "[ [UNK] ] film [ [UNK] ]");
  EXPECT_EQ(folder("film[MASK]film"), "film [ [UNK] ] film");
  // Tokens that are not special are found all the same.
  folder.write("tokenizer_config.json",
               R"({"split_special_tokens": true, "added_tokens_decoder": {
                   "28": {"content": "<x>", "special": true},
                   "29": {"content": "<y>", "special": false}}})");
  EXPECT_EQ(folder("<x> a<y>b"), "[UNK] [UNK] [UNK] a <y> b");
  folder.write("tokenizer_config.json", R"({"split_special_tokens": true})");
  Json json = bertTokenizerJson();
  json["added_tokens"].push_back(addedToken(4, "[MASK]", {}));
  folder.writeTokenizer(json);
  EXPECT_EQ(folder("film[MASK]film"), "film [ [UNK] ] film");
  folder.write("tokenizer_config.json", R"({"split_special_tokens": "true"})");
  EXPECT_EQ(folder("a"), folder.path("tokenizer_config.json") +
                             ": split_special_tokens: expected true or false, found string");
}

TEST(TokenizerFolder, takesFlagsOfSpecialTokens) {
  BertFolder folder;
  // In either file.
  const char *const token =
      R"({"mask_token": {"__type": "AddedToken", "content": "[MASK]", "lstrip": true,
                               "rstrip": false, "normalized": true, "single_word": false}})";
  for (const char *file : {"special_tokens_map.json", "tokenizer_config.json"}) {
    folder.write(file, token);
    EXPECT_EQ(folder("[mask] [Mask]"), "[MASK] [MASK]") << file;
    Encoding encoding = encoded(*folder.load(), "a  [MASK] b");
    EXPECT_EQ(encoding.offsets[2], (TextRange{1, 9})) << file;
    folder.write(file, "{}");
  }
  folder.write("special_tokens_map.json",
               R"({"mask_token": {"content": "[MASK]", "single_word": true, "rstrip": true}})");
  EXPECT_EQ(folder("film[MASK]film"), "film [ [UNK] ] film");
  EXPECT_EQ(folder("[mask] [MASK]"), "[ [UNK] ] [MASK]");
  // added_tokens_decoder goes before both files, tokenizer.json before flags elsewhere.
  folder.write("tokenizer_config.json", R"({"cls_token": "c", "added_tokens_decoder":
      {"4": {"content": "[MASK]", "lstrip": true, "normalized": true, "special": true}}})");
  EXPECT_EQ(folder("[mask] film[MASK]film"), "[MASK] film [MASK] film");
  EXPECT_EQ(tokensOf(*folder.load(), encoded(*folder.load(), "a")), "c a [SEP]");
  Json json = bertTokenizerJson();
  json["added_tokens"].push_back(addedToken(4, "[MASK]", {"rstrip"}));
  folder.writeTokenizer(json);
  EXPECT_EQ(folder("[mask]"), "[MASK]");
  folder.write("tokenizer_config.json", token);
  EXPECT_EQ(folder("[mask] [MASK]"), "[ [UNK] ] [MASK]");
}

TEST(TokenizerFolder, numbersSpecialTokensInOrder) {
  BertFolder folder;
  folder.write("tokenizer_config.json",
               R"({"image_token": "<i>", "additional_special_tokens": ["<x>"], "mask_token": "<m>",
                   "bos_token": "<s>", "eos_token": "<e>", "add_bos_token": true})");
  Result<Tokenizer> tokenizer = folder.load();
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status().message();
  int32_t id = 28;
  for (const char *token : {"<s>", "<e>", "<m>", "<i>", "<x>"})
    EXPECT_EQ(tokenizer->idOf(token), id++) << token;
  EXPECT_EQ(folder("a<s>b"), "a <s> b");
  // No mask token at all.
  folder.write("tokenizer_config.json", R"({"mask_token": null})");
  EXPECT_EQ(folder("a [MASK]"), "a [ [UNK] ]");
  EXPECT_EQ(folder.load()->special().mask, -1);
  folder.write("tokenizer_config.json", R"({"sep_token": null})");
  EXPECT_EQ(folder("a"),
            folder.path("tokenizer_config.json") + ": sep_token: expected a token, found null");
  folder.write("tokenizer_config.json", R"({"extra_special_tokens": {"image_token": "<x>"}})");
  EXPECT_EQ(folder("a<x>"), "a <x>");
  folder.write("tokenizer_config.json", R"({"extra_special_tokens": "<x>"})");
  EXPECT_EQ(folder("a"), folder.path("tokenizer_config.json") +
                             ": extra_special_tokens: expected an array, found string");
}

TEST(TokenizerFolder, normalizesAsTransformersDoes) {
  BertFolder folder;
  Json json = bertTokenizerJson();
  json["normalizer"]["lowercase"] = false;
  folder.writeTokenizer(json);
  EXPECT_EQ(folder("The É"), "the e");
  folder.write("tokenizer_config.json", R"({"do_lower_case": false, "do_basic_tokenize": false,
                                            "never_split": ["a.b"], "add_prefix_space": true})");
  EXPECT_EQ(folder("The a.b"), "The a . b");
  folder.write("tokenizer_config.json", R"({"tokenizer_class": "PreTrainedTokenizerFast"})");
  EXPECT_EQ(folder("The É"), "The [UNK]");
}

TEST(TokenizerFolder, tellsTheSides) {
  BertFolder folder;
  folder.write("tokenizer_config.json", R"({"truncation_side": "left", "padding_side": "right"})");
  Result<Tokenizer> tokenizer = folder.load();
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status().message();
  EXPECT_EQ(tokenizer->truncationSide(), TruncationSide::left);
  EXPECT_FALSE(tokenizer->padsLeft());
  EXPECT_FALSE(tokenizer->modelMaxLength());
  folder.write("tokenizer_config.json", R"({"max_len": 64, "padding_side": "left"})");
  EXPECT_EQ(folder.load()->modelMaxLength(), 64u);
  EXPECT_TRUE(folder.load()->padsLeft());
  folder.write("tokenizer_config.json", R"({"truncation_side": "middle"})");
  EXPECT_EQ(folder("a"), folder.path("tokenizer_config.json") +
                             ": truncation_side: expected \"left\" or \"right\", found \"middle\"");
}

// Tokens of a file and of its configuration meet in time that their number decides: compared with
// each other one by one they would take minutes.
TEST(TokenizerFolder, readsManyAddedTokens) {
  TemporaryFolder folder;
  constexpr int count = 50'000;
  Json decoder = Json::object(), additional = Json::array(), ids = Json::object();
  for (int i = 0; i < count; ++i) {
    std::string token = "<" + std::to_string(i) + ">";
    ids[token] = 28 + i;
    additional.push_back(token);
    decoder[std::to_string(28 + i)] = {{"content", token}, {"special", true}};
  }
  folder.write("vocab.txt", bytesOf(smallVocabulary));
  folder.write("added_tokens.json", bytesOf(ids.dump()));
  folder.write("tokenizer_config.json",
               bytesOf(Json{{"additional_special_tokens", additional}}.dump()));
  auto begin = std::chrono::steady_clock::now();
  Result<Tokenizer> older = Tokenizer::load(folder.path());
  ASSERT_TRUE(older.ok()) << older.status().message();
  EXPECT_EQ(older->idOf("<49999>"), 28 + count - 1);
  folder.write("tokenizer_config.json", bytesOf(Json{{"added_tokens_decoder", decoder},
                                                     {"additional_special_tokens", additional}}
                                                    .dump()));
  Result<Tokenizer> newer = Tokenizer::load(folder.path());
  ASSERT_TRUE(newer.ok()) << newer.status().message();
  EXPECT_TRUE(newer->isSpecial(28 + count - 1));
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(took.count(), 30);
}
