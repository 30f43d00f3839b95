// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests of tokenizers share: a small tokenizer, its encodings as text.
#ifndef WEFT_TEST_RUNTIME_TOKENIZER_TESTING_H
#define WEFT_TEST_RUNTIME_TOKENIZER_TESTING_H

#include "base/json.h"
#include "text/tokenizer.h"

#include <gtest/gtest.h>

namespace weft::rt::testing {

inline const char *const smallVocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"
    "the\nfilm\nun\n##able\n##s\na\nb\nc\nd\n##b\n##c\n.\n!\n'"
    "\n中\n文\ne\nß\ncafe\n[\n]\nThe\né\n";

inline Tokenizer smallTokenizer(const VocabularyOptions &options = {}) {
  Result<Tokenizer> tokenizer = Tokenizer::fromVocabulary(smallVocabulary, "vocab", options);
  if (!tokenizer.ok()) {
    ADD_FAILURE() << tokenizer.status().message();
    std::abort();
  }
  return tokenizer.take();
}

inline Encoding encoded(const Tokenizer &tokenizer, std::string_view text,
                        const EncodeOptions &options = {}) {
  Encoding result;
  Status status = tokenizer.encode(text, options, result);
  EXPECT_TRUE(status.ok()) << status.message();
  return result;
}

// "[CLS] the film ##s [SEP]".
inline std::string tokensOf(const Tokenizer &tokenizer, const Encoding &encoding) {
  std::string text;
  for (int32_t id : encoding.ids)
    text += (text.empty() ? "" : " ") + std::string(tokenizer.tokenOf(id));
  return text;
}

// Without special tokens.
inline std::string tokensOf(const Tokenizer &tokenizer, std::string_view text,
                            EncodeOptions options = {}) {
  options.addSpecialTokens = false;
  return tokensOf(tokenizer, encoded(tokenizer, text, options));
}

// A tokenizer.json that a test changes.
inline Json smallTokenizerJson() {
  return Json::parse(R"({
    "version": "1.0", "truncation": null, "padding": null,
    "added_tokens": [{"id": 2, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false,
                      "normalized": false, "special": true}],
    "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                   "strip_accents": null, "lowercase": true},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": {"type": "TemplateProcessing",
      "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
      "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
               {"Sequence": {"id": "B", "type_id": 1}}],
      "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]}}},
    "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
              "max_input_chars_per_word": 100,
              "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "a": 3, "##b": 4, "é": 5}}})");
}

} // namespace weft::rt::testing

#endif
