// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a tokenizer consists of: the readers of files fill in TokenizerParts, from which the tables
// are made.
#ifndef WEFT_RUNTIME_TEXT_TOKENIZER_DATA_H
#define WEFT_RUNTIME_TEXT_TOKENIZER_DATA_H

#include "text/added_tokens.h"
#include "text/normalizer.h"
#include "text/tokenizer.h"
#include "text/word_piece.h"

namespace weft::rt {

// A place of a template: tokens that are added, or one of the texts.
struct TemplatePiece {
  int sequence = -1; // 0 or 1; -1: `ids`
  std::vector<int32_t> ids;
  int32_t typeId = 0;
};

// Each text occurs at most once.
struct Template {
  std::vector<TemplatePiece> pieces;

  size_t addedTokens() const;
};

struct TokenizerParts {
  NormalizerOptions normalizer;
  std::vector<WordPiece::Token> vocabulary;
  WordPieceOptions wordPiece;
  // An id of -1 is given here; others have to be those that Hugging Face would give.
  std::vector<AddedToken> added;
  Template single, pair;
  // Names of the special tokens; the unknown one is WordPiece's.
  std::string cls = "[CLS]", sep = "[SEP]", pad = "[PAD]", mask = "[MASK]";
  std::optional<size_t> modelMaxLength;
  TruncationSide truncationSide = TruncationSide::right;
  bool padsLeft = false;
  // Special tokens are text where they stand in a text.
  bool splitSpecialTokens = false;
  // Of the decoder.
  std::string decoderPrefix = "##";
  bool decoderCleansUp = true;
};

struct TokenizerData {
  // `name` stands in messages. Templates are checked against the vocabulary.
  static Result<std::shared_ptr<const TokenizerData>> create(TokenizerParts parts,
                                                             const std::string &name);

  // -1: there is none.
  int32_t idOf(std::string_view token) const;
  const AddedToken *addedWithId(int32_t id) const;

  // Without the vocabulary, which went into `model`.
  TokenizerParts parts;
  Normalizer normalizer;
  WordPiece model;
  AddedTokenFinder rawFinder, normalizedFinder;
  // Ids of ASCII punctuation, each a word by itself.
  std::array<int32_t, 128> punctuationIds;
  SpecialTokens special;
  int32_t maxId = -1;

private:
  std::vector<std::pair<int32_t, int32_t>> addedById; // id, index; sorted
  Status addTokens(const std::string &name);
  Status makeFinders(const std::string &name);
  Status checkTemplates(const std::string &name) const;
};

} // namespace weft::rt

#endif
