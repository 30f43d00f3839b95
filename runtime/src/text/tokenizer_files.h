// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Readers of the files that describe a tokenizer.
#ifndef WEFT_RUNTIME_TEXT_TOKENIZER_FILES_H
#define WEFT_RUNTIME_TEXT_TOKENIZER_FILES_H

#include "base/json.h"
#include "text/tokenizer_data.h"

namespace weft::rt {

// tokenizer.json. `name` stands in messages, here as everywhere.
Result<TokenizerParts> readTokenizerJson(std::string_view text, const std::string &name);
// vocab.txt: a token a line, whose number from 0 is its id. White space at its end is not part of
// it.
Result<TokenizerParts> readVocabulary(std::string_view text, const std::string &name,
                                      const VocabularyOptions &options);

// What tokenizer_config.json says of a tokenizer of the BERT family.
struct TokenizerConfig {
  std::optional<bool> lowercase, handleChineseChars;
  // Holds a value, which may be null, if the file says so.
  std::optional<std::optional<bool>> stripAccents;
  std::optional<std::string> cls, sep, pad, mask, unk;
  std::optional<size_t> modelMaxLength;
  // Of added_tokens_decoder, with their ids, and of additional_special_tokens.
  std::vector<AddedToken> added;
  // There is an added_tokens_decoder.
  bool listsAdded = false;
  // tokenizer_class is one of BERT's, or not said.
  bool isBert = true;
  std::string className;
};
Result<TokenizerConfig> readTokenizerConfig(std::string_view text, const std::string &name);

// [CLS] A [SEP] and [CLS] A [SEP] B [SEP].
void setBertTemplates(int32_t cls, int32_t sep, TokenizerParts &parts);

} // namespace weft::rt

#endif
