// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads .npy: a magic number, a version, the length of a header, the header (a Python dictionary
// with the keys descr, fortran_order and shape), the elements.
#include "data/npy.h"
#include "base/strided_copy.h"
#include "data/byte_order.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

namespace weft::rt {

namespace {

// An element, or a field of a record.
struct NpyType {
  std::string_view name; // of a field
  DataType type = DataType::u8;
  bool bigEndian = false;
  size_t offset = 0; // in the record
};

struct NpyHeader {
  std::vector<NpyType> fields; // one, unless elements are records
  bool isRecord = false;
  size_t elementBytes = 0;
  bool fortranOrder = false;
  std::vector<int64_t> shape;
};

// Reads the dictionary that NumPy writes: three keys in any order, with literals as values.
class NpyHeaderParser {
public:
  NpyHeaderParser(const std::string &file, std::string_view text) : file(file), text(text) {}

  Result<NpyHeader> parse() {
    NpyHeader header;
    bool seen[3] = {};
    WEFT_RETURN_IF_ERROR(expect('{'));
    while (!accept('}')) {
      std::string_view key;
      WEFT_RETURN_IF_ERROR(parseString(key));
      int which = key == "descr" ? 0 : key == "fortran_order" ? 1 : key == "shape" ? 2 : -1;
      if (which < 0 || seen[which])
        return error(("expected descr, fortran_order and shape once each, found '" +
                      std::string(key.substr(0, 40)) + "'")
                         .c_str());
      seen[which] = true;
      WEFT_RETURN_IF_ERROR(expect(':'));
      WEFT_RETURN_IF_ERROR(which == 0   ? parseType(header)
                           : which == 1 ? parseBool(header.fortranOrder)
                                        : parseShape(header.shape));
      if (!accept(',')) {
        WEFT_RETURN_IF_ERROR(expect('}'));
        break;
      }
    }
    skipSpace();
    if (place != text.size())
      return error("expected its end after '}'");
    if (!seen[0] || !seen[1] || !seen[2])
      return error("expected the keys descr, fortran_order and shape, one is missing");
    return header;
  }

private:
  Status error(const char *reason) const {
    return dataLoss("%s: .npy header, character %zu: %s", file.c_str(), place, reason);
  }
  void skipSpace() {
    while (place < text.size() && (text[place] == ' ' || text[place] == '\n'))
      ++place;
  }
  bool accept(char wanted) {
    skipSpace();
    if (place >= text.size() || text[place] != wanted)
      return false;
    ++place;
    return true;
  }
  Status expect(char wanted) {
    if (accept(wanted))
      return {};
    std::string reason = std::string("expected '") + wanted + "'";
    return error(reason.c_str());
  }
  Status parseString(std::string_view &value) {
    skipSpace();
    if (place >= text.size() || (text[place] != '\'' && text[place] != '"'))
      return error("expected a quoted string");
    size_t end = text.find(text[place], place + 1);
    if (end == std::string_view::npos)
      return error("a string does not end");
    value = text.substr(place + 1, end - place - 1);
    place = end + 1;
    return {};
  }
  Status parseBool(bool &value) {
    skipSpace();
    for (std::string_view word : {"True", "False"})
      if (text.substr(place).starts_with(word)) {
        value = word == "True";
        place += word.size();
        return {};
      }
    return error("expected True or False");
  }
  Status parseShape(std::vector<int64_t> &shape) {
    WEFT_RETURN_IF_ERROR(expect('('));
    while (!accept(')')) {
      if (shape.size() == 32)
        return error("expected at most 32 dimensions");
      skipSpace();
      int64_t size = 0;
      auto [end, failed] = std::from_chars(text.data() + place, text.data() + text.size(), size);
      if (failed != std::errc() || size < 0)
        return error("expected a size of the shape");
      place = static_cast<size_t>(end - text.data());
      shape.push_back(size);
      if (!accept(',')) {
        WEFT_RETURN_IF_ERROR(expect(')'));
        break;
      }
    }
    return {};
  }
  // '<f4', or a list of fields: [('a', '<f4'), ...].
  Status parseType(NpyHeader &header) {
    skipSpace();
    header.isRecord = accept('[');
    if (!header.isRecord) {
      std::string_view code;
      WEFT_RETURN_IF_ERROR(parseString(code));
      return addType(header, "", code);
    }
    while (!accept(']')) {
      std::string_view name, code;
      WEFT_RETURN_IF_ERROR(expect('('));
      WEFT_RETURN_IF_ERROR(parseString(name));
      WEFT_RETURN_IF_ERROR(expect(','));
      WEFT_RETURN_IF_ERROR(parseString(code));
      if (!accept(')'))
        return error("expected fields of one number each");
      WEFT_RETURN_IF_ERROR(addType(header, name, code));
      if (!accept(',')) {
        WEFT_RETURN_IF_ERROR(expect(']'));
        break;
      }
    }
    return header.fields.empty() ? error("expected a field of numbers, found none") : Status();
  }
  Status addType(NpyHeader &header, std::string_view name, std::string_view code) {
    static constexpr std::pair<std::string_view, DataType> types[] = {
        {"b1", DataType::boolean}, {"i1", DataType::i8},  {"u1", DataType::u8},
        {"i2", DataType::i16},     {"u2", DataType::u16}, {"i4", DataType::i32},
        {"u4", DataType::u32},     {"i8", DataType::i64}, {"u8", DataType::u64},
        {"f2", DataType::f16},     {"f4", DataType::f32}, {"f8", DataType::f64}};
    size_t unused = 0;
    // What lies between fields.
    if (header.isRecord && name.empty() && code.starts_with("|V") &&
        std::from_chars(code.data() + 2, code.data() + code.size(), unused).ec == std::errc() &&
        unused < 1u << 20) {
      header.elementBytes += unused;
      return {};
    }
    if (code.size() == 3 && std::strchr("<>|=", code[0]))
      for (auto [known, type] : types)
        if (code.substr(1) == known) {
          header.fields.push_back({name, type, code[0] == '>', header.elementBytes});
          header.elementBytes += dataTypeSize(type);
          return {};
        }
    std::string reason = header.isRecord ? "field '" + std::string(name.substr(0, 40)) + "': " : "";
    reason += "expected an element type of b1, i1, i2, i4, i8, u1, u2, u4, u8, f2, f4 or "
              "f8, found '" +
              std::string(code.substr(0, 20)) + "'";
    return error(reason.c_str());
  }

  const std::string &file;
  std::string_view text;
  size_t place = 0;
};

// `text` is that of the header, whose names are parts of it.
Result<NpyHeader> readHeader(ByteSource &source, std::string &text) {
  const std::string &name = source.name();
  uint8_t start[8];
  WEFT_RETURN_IF_ERROR(source.readExactly(start, sizeof(start), ".npy magic number"));
  if (std::memcmp(start, "\x93NUMPY", 6) != 0)
    return dataLoss("%s: expected a .npy file, which begins with \\x93NUMPY", name.c_str());
  if (start[6] < 1 || start[6] > 3 || start[7] != 0)
    return dataLoss("%s: .npy version: expected 1.0, 2.0 or 3.0, found %u.%u", name.c_str(),
                    start[6], start[7]);
  uint8_t length[4] = {};
  WEFT_RETURN_IF_ERROR(
      source.readExactly(length, start[6] == 1 ? 2 : 4, ".npy length of the header"));
  auto size = loadLittleEndian<uint32_t>(length);
  if (size > (1u << 20))
    return dataLoss("%s: .npy header: expected at most 1 MiB, found %u bytes", name.c_str(), size);
  text.resize(size);
  WEFT_RETURN_IF_ERROR(source.readExactly(text.data(), size, ".npy header"));
  return NpyHeaderParser(name, text).parse();
}

// The elements from column-major to row-major order.
Result<Array> transposed(const Array &array) {
  std::vector<int64_t> reversed(array.shape.rbegin(), array.shape.rend());
  std::vector<int64_t> from = rowMajorStrides(reversed);
  std::reverse(from.begin(), from.end());
  uint8_t *target = nullptr;
  WEFT_ASSIGN_OR_RETURN(Array result, Array::allocate(array.type, array.shape, &target));
  stridedCopy(dataTypeSize(array.type), array.shape, target, rowMajorStrides(array.shape),
              array.data, from);
  return result;
}

// One field of all records, in the byte order of this machine.
Result<Array> columnOf(const Array &records, const NpyHeader &header, const NpyType &field) {
  size_t size = dataTypeSize(field.type);
  uint8_t *target = nullptr;
  WEFT_ASSIGN_OR_RETURN(Array column, Array::allocate(field.type, header.shape, &target));
  auto rows = static_cast<size_t>(header.shape[0]);
  for (size_t i = 0; i < rows; ++i)
    std::memcpy(target + i * size, records.data + i * header.elementBytes + field.offset, size);
  if (field.bigEndian)
    swapBytes(target, rows, size);
  return column;
}

// What pandas' to_records() puts in front.
bool isIndex(const NpyType &field, const Array &column) {
  if (field.name != "index" || isFloat(field.type))
    return false;
  for (int64_t i = 0; i < column.elements(); ++i)
    if (elementAsInteger(column, i) != i)
      return false;
  return true;
}

// Records to rows of numbers of one type.
Result<Array> tableOf(const Array &records, const NpyHeader &header) {
  std::vector<Array> columns;
  for (const NpyType &field : header.fields) {
    WEFT_ASSIGN_OR_RETURN(Array column, columnOf(records, header, field));
    bool mayBeIndex = &field == &header.fields[0] && header.fields.size() > 1;
    if (!mayBeIndex || !isIndex(field, column))
      columns.push_back(std::move(column));
  }
  bool same = std::all_of(columns.begin(), columns.end(),
                          [&](const Array &column) { return column.type == columns[0].type; });
  DataType type = same ? columns[0].type : DataType::f64;
  size_t size = dataTypeSize(type);
  std::vector<int64_t> shape = header.shape;
  if (columns.size() > 1)
    shape.push_back(static_cast<int64_t>(columns.size()));
  uint8_t *target = nullptr;
  WEFT_ASSIGN_OR_RETURN(Array table, Array::allocate(type, std::move(shape), &target));
  for (int64_t row = 0; row < header.shape[0]; ++row)
    for (const Array &column : columns) {
      double value = 0;
      if (!same)
        value = elementAsDouble(column, row);
      std::memcpy(target,
                  same ? column.data + static_cast<size_t>(row) * size
                       : reinterpret_cast<const uint8_t *>(&value),
                  size);
      target += size;
    }
  return table;
}

} // namespace

Result<Array> readNpy(ByteSource &source) {
  std::string text;
  WEFT_ASSIGN_OR_RETURN(NpyHeader header, readHeader(source, text));
  const char *name = source.name().c_str();
  if (header.isRecord && header.shape.size() != 1)
    return invalidArgument("%s: expected a list of records, found the shape %s", name,
                           formatShape(header.shape).c_str());
  // Records are bytes at first.
  DataType type = header.isRecord ? DataType::u8 : header.fields[0].type;
  std::vector<int64_t> shape = header.shape;
  if (header.isRecord)
    shape.push_back(static_cast<int64_t>(header.elementBytes));
  std::optional<int64_t> count = checkedElementCount(shape, dataTypeSize(type));
  size_t bytes = count ? static_cast<size_t>(*count) * dataTypeSize(type) : 0;
  if (!count || bytes > source.remainingAtMost())
    return dataLoss("%s: .npy header promises %s elements of %s, but at most %llu bytes follow",
                    name, formatShape(header.shape).c_str(),
                    header.isRecord ? "a record" : dataTypeName(type),
                    static_cast<unsigned long long>(source.remainingAtMost()));
  uint8_t *target = nullptr;
  Result<Array> array = Array::allocate(type, std::move(shape), &target);
  if (!array.ok())
    return array.takeStatus().withContext(source.name());
  WEFT_RETURN_IF_ERROR(source.readExactly(target, bytes, ".npy elements"));
  WEFT_RETURN_IF_ERROR(source.expectEnd());
  if (!header.isRecord && header.fields[0].bigEndian)
    swapBytes(target, static_cast<size_t>(*count), dataTypeSize(type));
  if (header.isRecord)
    array = tableOf(*array, header);
  else if (header.fortranOrder && header.shape.size() > 1)
    array = transposed(*array);
  if (!array.ok())
    return array.takeStatus().withContext(source.name());
  return array;
}

Result<std::vector<int64_t>> readNpyShape(const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::open(path));
  std::string text;
  WEFT_ASSIGN_OR_RETURN(NpyHeader header, readHeader(source, text));
  return std::move(header.shape);
}

Result<Array> readNpyFile(const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::open(path));
  return readNpy(source);
}

} // namespace weft::rt
