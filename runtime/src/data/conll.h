// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CoNLL files: a token and its tag on each line, a blank line between sentences.
#ifndef WEFT_RUNTIME_DATA_CONLL_H
#define WEFT_RUNTIME_DATA_CONLL_H

#include "data/byte_source.h"

#include <string_view>
#include <vector>

namespace weft::rt {

// Sentences of words, each with a tag unless the file has none.
class TaggedSentences {
public:
  // Columns are divided by tabs (if the line has one) or else by spaces: the first is the token,
  // the last the tag, unless `tokenColumn` and `tagColumn` say another, counted from 1. A line that
  // holds nothing but spaces, tabs and byte-order marks ends a sentence, and so does a -DOCSTART-
  // line. A line of another number of columns than the first one is an error. A file of one column
  // has no tags. Lines like "# text = ..." in front of a sentence are comments.
  //
  // Ten columns between tabs, the first of which counts words, are CoNLL-U: the token is FORM, the
  // tag UPOS, or the column of another name (LEMMA, XPOS, DEPREL ...). Lines that begin with # are
  // comments; those of ranges (3-4) and of empty nodes (8.1) are left out.
  static Result<TaggedSentences> read(ByteSource source, const std::string &tokenColumn = "",
                                      const std::string &tagColumn = "");

  const std::string &file() const { return fileName; }
  int64_t sentences() const { return static_cast<int64_t>(firstWords.size()) - 1; }
  bool hasTags() const { return columns > 1; }
  // The words of a sentence are numbers first(i) to first(i + 1) - 1.
  int64_t first(int64_t sentence) const { return firstWords[static_cast<size_t>(sentence)]; }
  std::string_view word(int64_t index) const { return at(index, 0); }
  std::string_view tag(int64_t index) const { return at(index, 1); }
  int64_t line(int64_t word) const { return lines[static_cast<size_t>(word)]; }

  // For readers of other formats that hold the same: adds a word to the sentence that is open, or
  // closes it (nothing if it is empty).
  void add(std::string_view word, std::string_view tag, int64_t line);
  void endSentence();
  explicit TaggedSentences(std::string file, bool tagged)
      : fileName(std::move(file)), columns(tagged ? 2 : 1) {}

private:
  std::string_view at(int64_t index, size_t part) const {
    size_t place = 2 * static_cast<size_t>(index) + part;
    size_t begin = place ? ends[place - 1] : 0;
    return std::string_view(text).substr(begin, ends[place] - begin);
  }

  std::string fileName;
  size_t columns = 0;
  std::string text; // word, tag, word, tag ...
  std::vector<size_t> ends;
  std::vector<int64_t> lines, firstWords{0};
};

} // namespace weft::rt

#endif
