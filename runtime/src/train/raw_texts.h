// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The texts of a file as they stand there, for those who show them beside their tokens. A data set
// has the tokens alone.
#ifndef WEFT_RUNTIME_TRAIN_RAW_TEXTS_H
#define WEFT_RUNTIME_TRAIN_RAW_TEXTS_H

#include "data/conll.h"
#include "data/text_table.h"
#include "text/tokenizer.h"

namespace weft::rt {

// A file in the one of these that its format has.
struct TextFile {
  std::string path;
  std::optional<TextTable> table;
  std::optional<TaggedSentences> sentences;
  // Of sentences of a table: what the column of ids has, if there is one, and their records.
  std::vector<std::string> ids;
  std::vector<int64_t> rows;
  // Plain text without its empty lines, and the numbers of the others, from 1.
  std::vector<std::string> lines;
  std::vector<int64_t> numbers;
};

// Which columns of a table hold what.
struct TextColumns {
  size_t text = 0;
  std::optional<size_t> pair, label;
};

class RawTexts {
public:
  RawTexts(TextFile file, TextColumns columns) : file(std::move(file)), columns(columns) {}
  // One text, or a pair, that comes from no file; `place` stands in messages.
  RawTexts(std::string text, std::optional<std::string> pair, std::string place);

  int64_t count() const;
  // Texts are lists of words, rather than strings.
  bool areWords() const { return file.sentences.has_value(); }
  bool arePairs() const { return given ? given->has_value() : columns.pair.has_value(); }
  bool areLabelled() const;
  // The record of the file that a text is, from 0; its own number where there are none.
  int64_t number(int64_t index) const;
  // Of strings.
  std::string_view text(int64_t index) const;
  std::string_view pair(int64_t index) const;
  std::string_view label(int64_t index) const { return file.table->cell(index, *columns.label); }
  // Of lists of words.
  std::vector<std::string_view> words(int64_t index) const;
  std::string_view tag(int64_t index, int64_t word) const {
    return file.sentences->tag(file.sentences->first(index) + word);
  }

  Status encode(const Tokenizer &tokenizer, int64_t index, const EncodeOptions &options,
                Encoding &result) const;
  // "file: line 3, column 2 (sentence)".
  std::string place(int64_t index) const;

private:
  TextFile file;
  TextColumns columns;
  std::optional<std::optional<std::string>> given; // the pair of a text without a file
};

} // namespace weft::rt

#endif
