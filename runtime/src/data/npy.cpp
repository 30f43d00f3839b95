// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads .npy: a magic number, a version, the length of a header, the header (a Python dictionary
// with the keys descr, fortran_order and shape), the elements.
#include "data/npy.h"
#include "data/byte_order.h"

#include <charconv>
#include <cstring>
#include <string_view>

namespace weft::rt {

namespace {

struct NpyHeader {
  DataType type = DataType::u8;
  bool bigEndian = false;
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
  Status parseType(NpyHeader &header) {
    skipSpace();
    if (place < text.size() && text[place] == '[')
      return error("structured arrays are not supported; expected one element type such as '<f4'");
    std::string_view name;
    WEFT_RETURN_IF_ERROR(parseString(name));
    static constexpr std::pair<std::string_view, DataType> types[] = {
        {"b1", DataType::boolean}, {"i1", DataType::i8},  {"u1", DataType::u8},
        {"i2", DataType::i16},     {"u2", DataType::u16}, {"i4", DataType::i32},
        {"u4", DataType::u32},     {"i8", DataType::i64}, {"u8", DataType::u64},
        {"f2", DataType::f16},     {"f4", DataType::f32}, {"f8", DataType::f64}};
    if (name.size() == 3 && std::strchr("<>|=", name[0]))
      for (auto [code, type] : types)
        if (name.substr(1) == code) {
          header.type = type;
          header.bigEndian = name[0] == '>';
          return {};
        }
    std::string reason =
        "expected an element type of b1, i1, i2, i4, i8, u1, u2, u4, u8, f2, f4 or "
        "f8, found '" +
        std::string(name.substr(0, 20)) + "'";
    return error(reason.c_str());
  }

  const std::string &file;
  std::string_view text;
  size_t place = 0;
};

Result<NpyHeader> readHeader(ByteSource &source) {
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
  std::string text(size, '\0');
  WEFT_RETURN_IF_ERROR(source.readExactly(text.data(), size, ".npy header"));
  return NpyHeaderParser(name, text).parse();
}

} // namespace

Result<Array> readNpy(ByteSource &source) {
  WEFT_ASSIGN_OR_RETURN(NpyHeader header, readHeader(source));
  const char *name = source.name().c_str();
  if (header.fortranOrder && header.shape.size() > 1)
    return invalidArgument("%s: expected an array in C order, found Fortran order; save "
                           "numpy.ascontiguousarray(array)",
                           name);
  size_t size = dataTypeSize(header.type);
  std::optional<int64_t> count = checkedElementCount(header.shape, size);
  size_t bytes = count ? static_cast<size_t>(*count) * size : 0;
  if (!count || bytes > source.remainingAtMost())
    return dataLoss("%s: .npy header promises %s elements of %s, but at most %llu bytes follow",
                    name, formatShape(header.shape).c_str(), dataTypeName(header.type),
                    static_cast<unsigned long long>(source.remainingAtMost()));
  uint8_t *target = nullptr;
  Result<Array> array = Array::allocate(header.type, std::move(header.shape), &target);
  if (!array.ok())
    return array.takeStatus().withContext(source.name());
  WEFT_RETURN_IF_ERROR(source.readExactly(target, bytes, ".npy elements"));
  WEFT_RETURN_IF_ERROR(source.expectEnd());
  if (header.bigEndian)
    swapBytes(target, static_cast<size_t>(*count), size);
  return array;
}

Result<Array> readNpyFile(const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::open(path));
  return readNpy(source);
}

} // namespace weft::rt
