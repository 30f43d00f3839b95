// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Readers of the files that describe a tokenizer.
#ifndef WEFT_RUNTIME_TEXT_TOKENIZER_FILES_H
#define WEFT_RUNTIME_TEXT_TOKENIZER_FILES_H

#include "base/json.h"
#include "text/tokenizer_data.h"

#include <array>

namespace weft::rt {

// tokenizer.json. `name` stands in messages, here as everywhere.
Result<TokenizerParts> readTokenizerJson(std::string_view text, const std::string &name);
// vocab.txt: a token a line, whose number from 0 is its id. White space at its end is not part of
// it.
Result<TokenizerParts> readVocabulary(std::string_view text, const std::string &name,
                                      const VocabularyOptions &options);

// What tokenizer_config.json and the files beside it say, special_tokens_map.json and
// added_tokens.json, which count only where tokenizer_config.json has no added_tokens_decoder.
struct TokenizerConfig {
  enum Name { bos, eos, unk, sep, pad, cls, mask, nameCount };
  struct Named {
    bool isSaid = false;
    std::optional<AddedToken> token; // none: null
    bool isObject = false;           // in tokenizer_config.json, with flags
  };

  std::optional<bool> lowercase, handleChineseChars;
  // Holds a value, which may be null, if the file says so.
  std::optional<std::optional<bool>> stripAccents;
  std::optional<size_t> modelMaxLength;
  bool splitSpecialTokens = false, truncatesLeft = false, padsLeft = false;
  std::array<Named, nameCount> names;
  std::vector<AddedToken> custom;               // image_token and the like
  std::optional<std::vector<AddedToken>> extra; // extra_special_tokens
  // Of added_tokens_decoder or added_tokens.json, with their ids.
  std::vector<AddedToken> added;
  // There is an added_tokens_decoder.
  bool listsAdded = false;
  // tokenizer_class is one of BERT's, or not said.
  bool isBert = true;
  std::string className;
  // The folder is one of Transformers: it has tokenizer_config.json or config.json.
  bool isFound = false;
};
Status readTokenizerConfig(std::string_view text, const std::string &name, TokenizerConfig &config);
// The configuration beside a tokenizer, or an empty one.
Result<TokenizerConfig> readConfigOfFolder(const std::string &folder);

void sortById(std::vector<AddedToken> &tokens);

// [CLS] A [SEP] and [CLS] A [SEP] B [SEP].
void setBertTemplates(int32_t cls, int32_t sep, TokenizerParts &parts);

} // namespace weft::rt

#endif
