// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables whose cells are text: CSV and TSV with a header, and JSON lines.
#ifndef WEFT_RUNTIME_DATA_TEXT_TABLE_H
#define WEFT_RUNTIME_DATA_TEXT_TABLE_H

#include "data/byte_source.h"

#include <optional>
#include <string_view>
#include <vector>

namespace weft::rt {

class TextTable {
public:
  enum class Format {
    csv,      // as RFC 4180 has it: quoted where needed
    tsv,      // GLUE's: fields between tabs, no quotes; a quote is a character like others
    jsonLines // an object a line; numbers, booleans, arrays and objects as JSON writes them
  };

  // The first record names the columns (the keys of the first object of JSON lines, in the order of
  // the alphabet). A TSV file without a header whose lines look like CoLA's has the columns
  // source, label, star, sentence. A record with fewer or more fields, a missing key and cells that
  // are not UTF-8 are errors that name line and column.
  static Result<TextTable> read(ByteSource source, Format format);

  const std::string &file() const { return fileName; }
  const std::vector<std::string> &columns() const { return names; }
  // By name; compared without regard to case if no column has that name exactly.
  std::optional<size_t> find(std::string_view column) const;
  int64_t rows() const { return static_cast<int64_t>(lines.size()); }
  std::string_view cell(int64_t row, size_t column) const {
    size_t index = static_cast<size_t>(row) * names.size() + column;
    size_t begin = index ? ends[index - 1] : 0;
    return std::string_view(text).substr(begin, ends[index] - begin);
  }
  // Where a row begins, from 1.
  int64_t line(int64_t row) const { return lines[static_cast<size_t>(row)]; }
  // "file: line 3, column 2 (sentence)".
  std::string place(int64_t row, size_t column) const;

private:
  Status readCsv(ByteSource source);
  Status readTsv(ByteSource source);
  Status readJsonLines(ByteSource source);
  void addCell(std::string_view cell) {
    text += cell;
    ends.push_back(text.size());
  }
  Status addRecord(const std::vector<std::string_view> &fields, int64_t line);

  std::string fileName;
  std::vector<std::string> names;
  std::string text; // all cells, one after the other
  std::vector<size_t> ends;
  std::vector<int64_t> lines;
};

// At most 40 bytes of a text, for messages; cut between characters.
std::string shownText(std::string_view text);

} // namespace weft::rt

#endif
