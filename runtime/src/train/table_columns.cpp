// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Columns by name, cells by what they lack.
#include "train/table_columns.h"

#include <algorithm>
#include <strings.h>

namespace weft::rt {

std::string listedColumns(const std::vector<std::string> &columns) {
  std::string text;
  for (const std::string &name : columns)
    text += (text.empty() ? "" : ", ") + shownText(name);
  return text;
}

Result<std::optional<size_t>> chooseColumn(const TextTable &table, const std::string &asked,
                                           const std::vector<std::string> &usual,
                                           const char *option) {
  if (!asked.empty()) {
    std::optional<size_t> column = table.find(asked);
    if (!column)
      return invalidArgument("%s: line 1: %s: expected a column %s, found %s", table.file().c_str(),
                             option, asked.c_str(), listedColumns(table.columns()).c_str());
    return column;
  }
  for (const std::string &name : usual)
    if (std::optional<size_t> column = table.find(name))
      return column;
  return std::optional<size_t>();
}

static Status unexpected(const TextTable &table, int64_t row, size_t column, const char *wanted) {
  std::string_view cell = table.cell(row, column);
  return invalidArgument("%s: expected %s, found %s", table.place(row, column).c_str(), wanted,
                         cell.empty() ? "nothing" : shownText(cell).c_str());
}

Status checkText(const TextTable &table, int64_t row, size_t column) {
  bool isText = table.kind(row, column) == TextTable::Kind::text;
  return isText && !table.cell(row, column).empty() ? Status()
                                                    : unexpected(table, row, column, "a text");
}

Status checkLabel(const TextTable &table, int64_t row, size_t column) {
  static constexpr std::string_view none[] = {"nan", "NaN", "null", "NULL", "<NA>"};
  std::string_view cell = table.cell(row, column);
  bool isUndecided = cell == "-" && strcasecmp(table.columns()[column].c_str(), "gold_label") == 0;
  if (cell.find_first_not_of(" \t") == std::string_view::npos || isUndecided ||
      table.kind(row, column) == TextTable::Kind::structured ||
      std::find(std::begin(none), std::end(none), cell) != std::end(none))
    return unexpected(table, row, column, "a label");
  return {};
}

} // namespace weft::rt
