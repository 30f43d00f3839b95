// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CSV as Python's csv module reads it: comma-separated fields, quoted where needed, one record a
// line, the first of which names the columns.
#ifndef WEFT_RUNTIME_DATA_CSV_H
#define WEFT_RUNTIME_DATA_CSV_H

#include "data/array.h"
#include "data/bad_rows.h"
#include "data/byte_source.h"

#include <string_view>

namespace weft::rt {

// Reads records one at a time. Lines end in LF, CRLF or CR; lines without any character are
// skipped; a byte-order mark in front is too. A quote opens a field only as its first character,
// elsewhere it is a character like others; what follows the closing quote belongs to the field.
class CsvReader {
public:
  explicit CsvReader(ByteSource source);

  // Goes on to the next record; false at the end of the data.
  Result<bool> next();
  size_t fieldCount() const { return ends.size(); }
  // Valid until next() is called.
  std::string_view field(size_t index) const;
  // Where the record begins, from 1.
  int64_t line() const { return recordLine; }
  const std::string &name() const { return source.name(); }

private:
  enum class Place { fieldStart, plain, quoted, quoteInQuoted };
  // Takes one byte; true when the record is complete.
  Result<bool> take(uint8_t byte);
  bool endLine();
  void endField() { ends.push_back(text.size()); }
  Status misplaced(const char *found) const;

  ByteSource source;
  std::vector<uint8_t> buffer;
  size_t used = 0, filled = 0;
  std::string text;         // the fields of the record, one after the other
  std::vector<size_t> ends; // where each of them ends in `text`
  Place place = Place::fieldStart;
  int64_t currentLine = 1, recordLine = 1, quoteLine = 1;
  bool atStart = true, afterReturn = false; // a line feed then ends no line of its own
};

// A table of numbers.
struct CsvTable {
  // Names of the columns of `values`, in the order of the file.
  std::vector<std::string> columns;
  // [rows, columns]; uint8 if all are integers of 0 to 255, else float32, else (integers above
  // 2^24) float64.
  Array values;
  // The column that was set apart, if the file has one of the names asked for.
  bool hasLabel = false;
  std::string labelName;
  Array label; // [rows]
  // Cells of the column of ids, as they stand; empty if the file has none.
  std::vector<std::string> ids;
  // Which record of the file each row is, from 0.
  std::vector<int64_t> numbers;
  BadRows bad;
};

struct CsvOptions {
  // The first of these (compared without regard to case) that is a column is set apart.
  std::vector<std::string> labelNames;
  // A column whose cells are kept as text; with `idIsValue` it is one of the columns of numbers
  // too.
  std::string idColumn = "";
  bool idIsValue = true;
  // Leaves out rows of another number of fields than the header has, and with cells that are no
  // numbers.
  bool skipBadRows = false;
};

// Reads a table whose fields are all numbers.
Result<CsvTable> readCsvTable(ByteSource source, const CsvOptions &options);

} // namespace weft::rt

#endif
