// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables whose cells are text: CSV and TSV with a header, and objects of JSON.
#ifndef WEFT_RUNTIME_DATA_TEXT_TABLE_H
#define WEFT_RUNTIME_DATA_TEXT_TABLE_H

#include "data/bad_rows.h"
#include "data/json_reader.h"

#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace weft::rt {

class TextTable {
public:
  enum class Format {
    csv,      // as Python's csv module reads it: quoted where needed
    tsv,      // GLUE's: fields between tabs, no quotes; a quote is a character like others
    jsonLines // objects, one after the other (a line each, as a rule), or an array of objects
  };
  enum class Kind {
    text,
    scalar,    // a number or a boolean of JSON, as it stands there
    structured // an array or an object of JSON, as JSON on one line
  };

  // The first record of CSV and TSV names the columns. A TSV file without a header whose lines look
  // like CoLA's has the columns source, label, star, sentence. The columns of JSON are the keys of
  // all objects, in the order in which they first stand; a key that an object lacks and null are
  // missing there. Cells that are not UTF-8 are errors that name line and column; a record with
  // fewer or more fields is one, unless `skipBadRows`.
  static Result<TextTable> read(ByteSource source, Format format, bool skipBadRows = false);

  const std::string &file() const { return fileName; }
  const std::vector<std::string> &columns() const { return names; }
  // By name; compared without regard to case if no column has that name exactly.
  std::optional<size_t> find(std::string_view column) const;
  int64_t rows() const { return static_cast<int64_t>(records.size()); }
  // Empty where nothing stands.
  std::string_view cell(int64_t row, size_t column) const {
    std::optional<size_t> index = indexOf(row, column);
    if (!index)
      return {};
    size_t begin = *index ? ends[*index - 1] : 0;
    return std::string_view(text).substr(begin, ends[*index] - begin);
  }
  Kind kind(int64_t row, size_t column) const {
    std::optional<size_t> index = indexOf(row, column);
    return index && !tags.empty() ? static_cast<Kind>(tags[*index] & 3) : Kind::text;
  }
  // Where a row begins, from 1.
  int64_t line(int64_t row) const { return records[static_cast<size_t>(row)].line; }
  // Which record of the file a row is, from 0: its index, unless others were left out before it.
  int64_t number(int64_t row) const { return records[static_cast<size_t>(row)].number; }
  // "file: line 3, column 2 (sentence)".
  std::string place(int64_t row, size_t column) const;

  // Rows that were left out so far.
  BadRows &bad() { return badRows; }
  // Leaves out the rows for which `check` fails, or gives the first failure, as BadRows has it. It
  // is called for each row in order, by its number before any is left out.
  Status filter(const std::function<Status(int64_t row)> &check);

private:
  struct Record {
    int64_t line, number;
    size_t first; // of its cells
  };
  Status readCsv(ByteSource source);
  Status readTsv(ByteSource source);
  Status readJson(ByteSource source);
  Status readObject(JsonReader &reader);
  size_t columnOf(const std::string &key, size_t hint);
  Status checkNames() const;
  void addCell(std::string_view cell) {
    text += cell;
    ends.push_back(text.size());
  }
  Status addRecord(const std::vector<std::string_view> &fields, int64_t line);
  std::optional<size_t> indexOf(int64_t row, size_t column) const;

  std::string fileName;
  std::vector<std::string> names;
  std::map<std::string, size_t> places; // of the names of JSON
  std::string text;                     // all cells, one after the other
  std::vector<size_t> ends;
  // Of JSON, which stores the cells that are there: column * 4 + kind. The cells of a record end
  // with one of `endOfRecord`.
  std::vector<uint32_t> tags;
  std::vector<Record> records;
  int64_t recordsSeen = 0;
  BadRows badRows;
};

// At most 40 bytes of a text, for messages; cut between characters.
std::string shownText(std::string_view text);

} // namespace weft::rt

#endif
