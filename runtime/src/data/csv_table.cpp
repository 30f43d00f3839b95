// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CSV files of numbers, kept in the narrowest of three types that holds them all.
#include "data/csv.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <strings.h>

namespace weft::rt {

namespace {

// Grows by one number at a time and widens when a number does not fit. Memory from realloc, which
// moves pages rather than bytes.
class NumberColumn {
public:
  NumberColumn() = default;
  NumberColumn(const NumberColumn &) = delete;
  NumberColumn &operator=(const NumberColumn &) = delete;
  ~NumberColumn() { std::free(memory); }

  Status append(double value) {
    DataType needed = narrowest(value);
    if (rank(needed) > rank(type))
      WEFT_RETURN_IF_ERROR(widen(needed));
    size_t size = dataTypeSize(type);
    if ((count + 1) * size > capacity)
      WEFT_RETURN_IF_ERROR(reserve(std::max<size_t>(4096, (count + 1) * size * 2)));
    store(type, count++, value);
    return {};
  }

  Array finish(std::vector<int64_t> shape) {
    Array array;
    array.type = type;
    array.shape = std::move(shape);
    if (auto *shrunk = static_cast<uint8_t *>(std::realloc(memory, count * dataTypeSize(type) + 1)))
      memory = shrunk;
    array.data = memory;
    array.owner = std::shared_ptr<const void>(
        memory, [](const void *pointer) { std::free(const_cast<void *>(pointer)); });
    memory = nullptr;
    return array;
  }

private:
  static int rank(DataType type) {
    return type == DataType::u8 ? 0 : type == DataType::f32 ? 1 : 2;
  }
  static DataType narrowest(double value) {
    bool integer = value == std::floor(value);
    if (integer && value >= 0 && value <= 255)
      return DataType::u8;
    return !integer || static_cast<double>(static_cast<float>(value)) == value ? DataType::f32
                                                                               : DataType::f64;
  }
  void store(DataType as, size_t index, double value) {
    if (as == DataType::u8) {
      memory[index] = static_cast<uint8_t>(value);
    } else if (as == DataType::f32) {
      auto narrow = static_cast<float>(value);
      std::memcpy(memory + index * sizeof(narrow), &narrow, sizeof(narrow));
    } else {
      std::memcpy(memory + index * sizeof(value), &value, sizeof(value));
    }
  }
  Status reserve(size_t bytes) {
    auto *grown = static_cast<uint8_t *>(std::realloc(memory, bytes));
    if (!grown)
      return resourceExhausted("no memory for %zu bytes", bytes);
    memory = grown;
    capacity = bytes;
    return {};
  }
  Status widen(DataType wider) {
    WEFT_RETURN_IF_ERROR(reserve(std::max<size_t>(4096, (count + 1) * dataTypeSize(wider) * 2)));
    Array old;
    old.type = type;
    old.data = memory;
    // From the last one down: the wider element never covers one that is still to be read.
    for (size_t i = count; i-- > 0;)
      store(wider, i, elementAsDouble(old, static_cast<int64_t>(i)));
    type = wider;
    return {};
  }

  DataType type = DataType::u8;
  uint8_t *memory = nullptr;
  size_t count = 0, capacity = 0;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

std::optional<double> parseNumber(std::string_view text) {
  text = trimmed(text);
  if (text.size() > 1 && text.front() == '+' && text[1] != '-')
    text.remove_prefix(1);
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

// What stands in a message: at most 40 bytes.
[[gnu::cold]] std::string shown(std::string_view text) {
  return std::string(text.substr(0, 40)) + (text.size() > 40 ? "..." : "");
}

[[gnu::cold]] std::optional<size_t> findColumn(const std::vector<std::string> &names,
                                               const std::string &wanted) {
  for (size_t i = 0; i < names.size(); ++i)
    if (strcasecmp(wanted.c_str(), names[i].c_str()) == 0)
      return i;
  return std::nullopt;
}

[[gnu::cold]] Status readHeader(CsvReader &reader, std::vector<std::string> &names) {
  WEFT_ASSIGN_OR_RETURN(bool found, reader.next());
  if (!found)
    return dataLoss("%s: line 1: expected a header of column names, found an empty file",
                    reader.name().c_str());
  bool anyName = false;
  for (size_t i = 0; i < reader.fieldCount(); ++i) {
    names.emplace_back(trimmed(reader.field(i)));
    anyName |= !parseNumber(names.back());
  }
  return anyName ? Status()
                 : dataLoss("%s: line %lld: expected a header of column names, found only numbers",
                            reader.name().c_str(), static_cast<long long>(reader.line()));
}

// Reads the rows below a header.
class RowReader {
public:
  [[gnu::cold]] RowReader(CsvReader &reader, const CsvOptions &options, CsvTable &table)
      : reader(reader), options(options), table(table), names(table.columns) {
    for (const std::string &wanted : options.labelNames)
      if (!labelPlace)
        labelPlace = findColumn(names, wanted);
    if (!options.idColumn.empty())
      idPlace = findColumn(names, options.idColumn);
    if (idPlace && idPlace == labelPlace)
      labelPlace.reset();
  }

  Status readAll() {
    for (int64_t number = 0;; ++number) {
      WEFT_ASSIGN_OR_RETURN(bool found, reader.next());
      if (!found)
        break;
      if (Status status = parseRow(); !status.ok()) {
        WEFT_RETURN_IF_ERROR(table.bad.add(status, reader.name()));
        continue;
      }
      for (size_t i = 0; i < names.size(); ++i)
        if (isNumber(i))
          WEFT_RETURN_IF_ERROR((labelPlace == i ? label : values).append(row[i]));
      if (idPlace)
        table.ids.emplace_back(reader.field(*idPlace));
      table.numbers.push_back(number);
    }
    finish();
    return {};
  }

private:
  bool isNumber(size_t column) const { return idPlace != column || options.idIsValue; }

  Status parseRow() {
    if (reader.fieldCount() != names.size())
      return otherFields();
    row.assign(names.size(), 0);
    for (size_t i = 0; i < names.size(); ++i) {
      if (!isNumber(i))
        continue;
      std::optional<double> number = parseNumber(reader.field(i));
      if (!number)
        return noNumber(i);
      row[i] = *number;
    }
    return {};
  }

  [[gnu::cold, gnu::noinline]] Status otherFields() const {
    return dataLoss("%s: line %lld: expected %zu fields as in the header, found %zu",
                    reader.name().c_str(), static_cast<long long>(reader.line()), names.size(),
                    reader.fieldCount());
  }
  [[gnu::cold, gnu::noinline]] Status noNumber(size_t column) const {
    return dataLoss("%s: line %lld, column %zu (%s): expected %s, found '%s'%s",
                    reader.name().c_str(), static_cast<long long>(reader.line()), column + 1,
                    shown(names[column]).c_str(),
                    labelPlace == column ? "a number, that of a class or a value" : "a number",
                    shown(reader.field(column)).c_str(), adviceFor(column));
  }

  // What to do about names of classes.
  const char *adviceFor(size_t column) const {
    if (trimmed(reader.field(column)).empty())
      return "";
    return labelPlace == column ? "; write the classes as numbers, from 0 on"
           : labelPlace         ? ""
                                : "; the column of labels is called label, target, class or y, or "
                                  "is what --label-column says";
  }

  [[gnu::cold, gnu::noinline]] void finish() {
    auto rows = static_cast<int64_t>(table.numbers.size());
    size_t columns = names.size() - labelPlace.has_value() - (idPlace && !options.idIsValue);
    table.values = values.finish({rows, static_cast<int64_t>(columns)});
    if (labelPlace) {
      table.hasLabel = true;
      table.labelName = names[*labelPlace];
      table.label = label.finish({rows});
    }
    std::vector<std::string> kept;
    for (size_t i = 0; i < names.size(); ++i)
      if (labelPlace != i && isNumber(i))
        kept.push_back(std::move(names[i]));
    names = std::move(kept);
  }

  CsvReader &reader;
  const CsvOptions &options;
  CsvTable &table;
  std::vector<std::string> &names;
  std::optional<size_t> labelPlace, idPlace;
  std::vector<double> row;
  NumberColumn values, label;
};

} // namespace

[[gnu::cold]] Result<CsvTable> readCsvTable(ByteSource source, const CsvOptions &options) {
  CsvReader reader(std::move(source));
  CsvTable table;
  table.bad = BadRows(options.skipBadRows);
  WEFT_RETURN_IF_ERROR(readHeader(reader, table.columns));
  WEFT_RETURN_IF_ERROR(RowReader(reader, options, table).readAll());
  return table;
}

} // namespace weft::rt
