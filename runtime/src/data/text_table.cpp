// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Readers of tables of text.
#include "data/text_table.h"
#include "base/json.h"
#include "data/csv.h"
#include "data/line_reader.h"

#include <algorithm>
#include <strings.h>

namespace weft::rt {

std::string shownText(std::string_view text) {
  if (text.size() <= 40)
    return std::string(text);
  size_t end = 40;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80)
    --end;
  return std::string(text.substr(0, end)) + "...";
}

std::optional<size_t> TextTable::find(std::string_view column) const {
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == column)
      return i;
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i].size() == column.size() &&
        strncasecmp(names[i].data(), column.data(), column.size()) == 0)
      return i;
  return std::nullopt;
}

std::string TextTable::place(int64_t row, size_t column) const {
  return fileName + ": line " + std::to_string(line(row)) + ", column " +
         std::to_string(column + 1) + " (" + shownText(names[column]) + ")";
}

Status TextTable::addRecord(const std::vector<std::string_view> &fields, int64_t line) {
  if (fields.size() != names.size())
    return dataLoss("%s: line %lld: expected %zu fields as in the header, found %zu",
                    fileName.c_str(), static_cast<long long>(line), names.size(), fields.size());
  for (std::string_view field : fields)
    addCell(field);
  lines.push_back(line);
  return {};
}

// --- TSV ----------------------------------------------------------------------------------------

static void splitAtTabs(std::string_view line, std::vector<std::string_view> &fields) {
  fields.clear();
  while (true) {
    size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos)
      return;
    line.remove_prefix(tab + 1);
  }
}

// CoLA's first line is a sentence: gj04, 1, nothing or a star, and the sentence.
static bool looksLikeCola(const std::vector<std::string_view> &fields) {
  return fields.size() == 4 && (fields[1] == "0" || fields[1] == "1") &&
         (fields[2].empty() || fields[2] == "*");
}

Status TextTable::readTsv(ByteSource source) {
  LineReader reader(std::move(source));
  std::vector<std::string_view> fields;
  while (true) {
    WEFT_ASSIGN_OR_RETURN(bool found, reader.next());
    if (!found)
      return {};
    if (reader.text().empty())
      continue;
    splitAtTabs(reader.text(), fields);
    if (names.empty()) {
      if (!looksLikeCola(fields)) {
        names.assign(fields.begin(), fields.end());
        continue;
      }
      names = {"source", "label", "star", "sentence"};
    }
    WEFT_RETURN_IF_ERROR(addRecord(fields, reader.line()));
  }
}

// --- CSV ----------------------------------------------------------------------------------------

Status TextTable::readCsv(ByteSource source) {
  CsvReader reader(std::move(source));
  std::vector<std::string_view> fields;
  while (true) {
    WEFT_ASSIGN_OR_RETURN(bool found, reader.next());
    if (!found)
      return {};
    fields.clear();
    for (size_t i = 0; i < reader.fieldCount(); ++i) {
      fields.push_back(reader.field(i));
      if (Status status = checkUtf8(fields.back(), fileName, reader.line()); !status.ok())
        return status;
    }
    if (names.empty())
      names.assign(fields.begin(), fields.end());
    else
      WEFT_RETURN_IF_ERROR(addRecord(fields, reader.line()));
  }
}

// --- JSON lines
// -----------------------------------------------------------------------------------

Status TextTable::readJsonLines(ByteSource source) {
  LineReader reader(std::move(source));
  while (true) {
    WEFT_ASSIGN_OR_RETURN(bool found, reader.next());
    if (!found)
      return {};
    if (reader.text().find_first_not_of(" \t") == std::string_view::npos)
      continue;
    std::string place = fileName + ": line " + std::to_string(reader.line());
    WEFT_ASSIGN_OR_RETURN(Json object, parseJson(reader.text(), place));
    if (!object.is_object())
      return dataLoss("%s: expected a JSON object, found %s", place.c_str(), object.type_name());
    if (names.empty())
      for (auto item = object.begin(); item != object.end(); ++item)
        names.push_back(item.key());
    for (const std::string &name : names) {
      auto value = object.find(name);
      if (value == object.end())
        return dataLoss("%s: expected the key \"%s\" as in the first line, found none",
                        place.c_str(), shownText(name).c_str());
      addCell(value->is_string() ? value->get_ref<const std::string &>() : formatJson(*value));
    }
    lines.push_back(reader.line());
  }
}

Result<TextTable> TextTable::read(ByteSource source, Format format) {
  TextTable table;
  table.fileName = source.name();
  Status status = format == Format::csv   ? table.readCsv(std::move(source))
                  : format == Format::tsv ? table.readTsv(std::move(source))
                                          : table.readJsonLines(std::move(source));
  WEFT_RETURN_IF_ERROR(std::move(status));
  if (table.names.empty())
    return dataLoss("%s: line 1: expected a header of column names, found an empty file",
                    table.fileName.c_str());
  std::vector<std::string_view> sorted(table.names.begin(), table.names.end());
  std::sort(sorted.begin(), sorted.end());
  for (auto same = sorted.begin(); (same = std::adjacent_find(same, sorted.end())) != sorted.end();
       ++same)
    if (!same->empty())
      return dataLoss("%s: line 1: expected columns of different names, found two that are called "
                      "%s",
                      table.fileName.c_str(), shownText(*same).c_str());
  return table;
}

} // namespace weft::rt
