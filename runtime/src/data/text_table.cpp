// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Readers of tables of text.
#include "data/text_table.h"
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

static constexpr uint32_t endOfRecord = ~0u;

std::optional<size_t> TextTable::indexOf(int64_t row, size_t column) const {
  size_t index = records[static_cast<size_t>(row)].first;
  if (tags.empty())
    return index + column;
  for (; tags[index] != endOfRecord; ++index)
    if (tags[index] / 4 == column)
      return index;
  return std::nullopt;
}

Status TextTable::filter(const std::function<Status(int64_t row)> &check) {
  size_t kept = 0;
  for (size_t i = 0; i < records.size(); ++i)
    if (Status status = check(static_cast<int64_t>(i)); !status.ok())
      WEFT_RETURN_IF_ERROR(badRows.add(status, fileName));
    else
      records[kept++] = records[i];
  records.resize(kept);
  return {};
}

Status TextTable::addRecord(const std::vector<std::string_view> &fields, int64_t line) {
  int64_t number = recordsSeen++;
  if (fields.size() != names.size())
    return badRows.add(dataLoss("%s: line %lld: expected %zu fields as in the header, found %zu",
                                fileName.c_str(), static_cast<long long>(line), names.size(),
                                fields.size()),
                       fileName);
  records.push_back({line, number, ends.size()});
  for (std::string_view field : fields)
    addCell(field);
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

// --- JSON ---------------------------------------------------------------------------------------

// The column of a key, which is often the one at `hint`.
size_t TextTable::columnOf(const std::string &key, size_t hint) {
  if (hint < names.size() && names[hint] == key)
    return hint;
  auto [found, isNew] = places.try_emplace(key, names.size());
  if (isNew)
    names.push_back(key);
  return found->second;
}

Status TextTable::readObject(JsonReader &reader) {
  if (reader.kind() != '{')
    return reader.unexpected("an object");
  Record record = {reader.place().line, recordsSeen++, ends.size()};
  std::vector<size_t> seen;
  std::string value;
  WEFT_RETURN_IF_ERROR(reader.begin('{'));
  while (true) {
    WEFT_ASSIGN_OR_RETURN(bool found, reader.next());
    if (!found)
      break;
    size_t column = columnOf(reader.key(), seen.size());
    seen.push_back(column);
    char kind = reader.kind();
    if (kind == 'n') {
      WEFT_RETURN_IF_ERROR(reader.skip());
      continue;
    }
    value.clear();
    WEFT_RETURN_IF_ERROR(kind == '"' ? reader.string(value) : reader.append(value));
    addCell(value);
    Kind stored = kind == '"'                  ? Kind::text
                  : kind == '{' || kind == '[' ? Kind::structured
                                               : Kind::scalar;
    tags.push_back(static_cast<uint32_t>(column) * 4 + static_cast<uint32_t>(stored));
  }
  std::sort(seen.begin(), seen.end());
  if (auto twice = std::adjacent_find(seen.begin(), seen.end()); twice != seen.end())
    return dataLoss("%s: line %lld: expected each key once, found %s twice", fileName.c_str(),
                    static_cast<long long>(record.line), shownText(names[*twice]).c_str());
  addCell({});
  tags.push_back(endOfRecord);
  records.push_back(record);
  return {};
}

Status TextTable::readJson(ByteSource source) {
  JsonReader reader(std::move(source));
  while (true) {
    WEFT_ASSIGN_OR_RETURN(bool any, reader.more());
    if (!any)
      return {};
    if (reader.kind() != '[') {
      WEFT_RETURN_IF_ERROR(readObject(reader));
      continue;
    }
    WEFT_RETURN_IF_ERROR(reader.begin('['));
    while (true) {
      WEFT_ASSIGN_OR_RETURN(bool found, reader.next());
      if (!found)
        break;
      WEFT_RETURN_IF_ERROR(readObject(reader));
    }
  }
}

Status TextTable::checkNames() const {
  if (names.empty())
    return dataLoss("%s: line 1: expected a header of column names, found an empty file",
                    fileName.c_str());
  std::vector<std::string_view> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end());
  for (auto same = sorted.begin(); (same = std::adjacent_find(same, sorted.end())) != sorted.end();
       ++same)
    if (!same->empty())
      return dataLoss("%s: line 1: expected columns of different names, found two that are called "
                      "%s",
                      fileName.c_str(), shownText(*same).c_str());
  return {};
}

Result<TextTable> TextTable::read(ByteSource source, Format format, bool skipBadRows) {
  TextTable table;
  table.fileName = source.name();
  table.badRows = BadRows(skipBadRows);
  Status status = format == Format::csv   ? table.readCsv(std::move(source))
                  : format == Format::tsv ? table.readTsv(std::move(source))
                                          : table.readJson(std::move(source));
  WEFT_RETURN_IF_ERROR(std::move(status));
  if (format == Format::jsonLines && table.names.empty())
    return dataLoss("%s: line 1: expected objects of JSON, a line each or in an array, found none",
                    table.fileName.c_str());
  WEFT_RETURN_IF_ERROR(table.checkNames());
  return table;
}

} // namespace weft::rt
