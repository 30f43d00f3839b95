// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The grammar of RFC 8259, a byte at a time.
#include "data/json_reader.h"
#include "data/line_reader.h"

#include <charconv>
#include <cstring>

namespace weft::rt {

static constexpr size_t maxStringBytes = size_t{64} << 20, maxDepth = 64;

JsonReader::JsonReader(ByteSource given) : source(std::move(given)), buffer(size_t{1} << 16) {
  if (look() == 0xEF) // a byte-order mark
    for (uint8_t byte : {0xEF, 0xBB, 0xBF})
      if (look() == byte)
        ++used;
}

// --- Bytes
// -----------------------------------------------------------------------------------------

// The byte that follows, or -1 at the end.
int JsonReader::look() {
  if (used == filled) {
    if (!failure.ok())
      return -1;
    Result<size_t> count = source.read(buffer.data(), buffer.size());
    if (!count.ok())
      failure = count.takeStatus();
    used = 0;
    filled = count.ok() ? *count : 0;
    if (filled == 0)
      return -1;
  }
  return buffer[used];
}

void JsonReader::advance() {
  uint8_t byte = buffer[used++];
  if (byte == '\n') {
    ++current.line;
    current.column = 1;
  } else {
    current.column += (byte & 0xC0) != 0x80;
  }
}

// Over what may stand between values.
void JsonReader::toValue() {
  for (int byte = look(); byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
       byte = look())
    advance();
  value = current;
}

bool JsonReader::accept(char byte) {
  if (look() != byte)
    return false;
  advance();
  return true;
}

// --- Errors
// ----------------------------------------------------------------------------------------

Status JsonReader::wrong(const std::string &what, Place at) {
  if (!failure.ok())
    return failure;
  std::string path;
  for (const Frame &frame : frames)
    if (frame.open == '[' && frame.index >= 0)
      path += "[" + std::to_string(frame.index) + "]";
    else if (frame.open == '{' && frame.index >= 0)
      path += (path.empty() ? "" : ".") + frame.key.substr(0, 40);
  return dataLoss("%s: line %lld, column %lld%s: %s", name().c_str(),
                  static_cast<long long>(at.line), static_cast<long long>(at.column),
                  path.empty() ? "" : (" (" + path + ")").c_str(), what.c_str());
}

Status JsonReader::unexpected(const std::string &wanted) {
  int byte = look();
  char text[24];
  const char *found = text;
  if (byte < 0)
    found = "the end of the file";
  else if (byte == '{' || byte == '[')
    found = byte == '{' ? "an object" : "an array";
  else if (byte == '"')
    found = "a string";
  else if (byte == '-' || (byte >= '0' && byte <= '9'))
    found = "a number";
  else if (byte == 't' || byte == 'f')
    found = "a boolean";
  else if (byte == 'n')
    found = "null";
  else
    std::snprintf(text, sizeof(text), byte > ' ' && byte < 127 ? "'%c'" : "the byte 0x%02X", byte);
  return wrong("expected " + wanted + ", found " + found);
}

// --- Structure
// -------------------------------------------------------------------------------------

Result<bool> JsonReader::more() {
  toValue();
  bool any = look() >= 0;
  if (!failure.ok())
    return failure;
  return any;
}

char JsonReader::kind() {
  toValue();
  int byte = look();
  return byte < 0 ? 0 : byte == '-' || (byte >= '0' && byte <= '9') ? '0' : static_cast<char>(byte);
}

Status JsonReader::begin(char open) {
  if (kind() != open)
    return unexpected(open == '{' ? "an object" : "an array");
  if (frames.size() == maxDepth)
    return wrong("expected at most 64 levels of nesting");
  advance();
  frames.push_back({open, -1, {}});
  return {};
}

Result<bool> JsonReader::next() {
  toValue();
  Frame &frame = frames.back();
  char close = frame.open == '{' ? '}' : ']';
  if (accept(close)) {
    frames.pop_back();
    return false;
  }
  if (frame.index >= 0) {
    if (!accept(','))
      return unexpected(std::string("',' or '") + close + "'");
    toValue();
  }
  if (frame.open == '{') {
    if (look() != '"')
      return unexpected("a key");
    WEFT_RETURN_IF_ERROR(readString(frame.key));
    toValue();
    if (!accept(':'))
      return unexpected("':'");
    toValue();
  }
  ++frame.index;
  return true;
}

// --- Values
// ----------------------------------------------------------------------------------------

Status JsonReader::string(std::string &value) {
  if (kind() != '"')
    return unexpected("a string");
  return readString(value);
}

Status JsonReader::readString(std::string &value) {
  value.clear();
  advance();
  for (int byte = look(); byte != '"'; byte = look()) {
    // Most characters are taken over as they stand.
    size_t begin = used;
    while (used < filled && buffer[used] >= ' ' && buffer[used] < 0x80 && buffer[used] != '"' &&
           buffer[used] != '\\')
      ++used;
    value.append(reinterpret_cast<const char *>(buffer.data()) + begin, used - begin);
    current.column += static_cast<int64_t>(used - begin);
    if (used > begin)
      continue;
    if (byte < ' ')
      return unexpected("the end of a string");
    if (value.size() > maxStringBytes)
      return wrong("expected a string of at most 64 MiB, found more");
    advance();
    if (byte != '\\')
      value.push_back(static_cast<char>(byte));
    else
      WEFT_RETURN_IF_ERROR(readEscape(value));
  }
  advance();
  if (std::optional<size_t> place = findInvalidByte(value)) {
    char text[80];
    std::snprintf(text, sizeof(text), "expected UTF-8, found the byte 0x%02X as byte %zu",
                  static_cast<uint8_t>(value[*place]), *place + 1);
    return wrong(text);
  }
  return {};
}

Result<uint32_t> JsonReader::readHex() {
  uint32_t number = 0;
  for (int i = 0; i < 4; ++i) {
    int byte = look(), lower = byte | 0x20;
    bool digit = byte >= '0' && byte <= '9';
    if (!digit && (lower < 'a' || lower > 'f'))
      return unexpected("four hexadecimal digits after \\u");
    number = number * 16 + static_cast<uint32_t>(digit ? byte - '0' : lower - 'a' + 10);
    advance();
  }
  return number;
}

Status JsonReader::readEscape(std::string &value) {
  static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  int byte = look();
  if (byte <= 0 || (byte != 'u' && !std::strchr(names, byte)))
    return unexpected("one of \"\\/bfnrtu after a backslash");
  advance();
  if (byte != 'u') {
    value.push_back(meanings[std::strchr(names, byte) - names]);
    return {};
  }
  WEFT_ASSIGN_OR_RETURN(uint32_t code, readHex());
  if (code >= 0xD800 && code < 0xE000) {
    uint32_t low = 0;
    if (code < 0xDC00 && accept('\\') && accept('u')) {
      WEFT_ASSIGN_OR_RETURN(low, readHex());
    }
    if (low < 0xDC00 || low >= 0xE000)
      return wrong("expected both halves of a surrogate pair, found one");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (code < 0x80) {
    value.push_back(static_cast<char>(code));
    return {};
  }
  int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  value.push_back(static_cast<char>((0xFF00 >> (more + 1) & 0xFF) | code >> (6 * more)));
  while (more-- > 0)
    value.push_back(static_cast<char>(0x80 | (code >> (6 * more) & 0x3F)));
  return {};
}

// -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?
static bool isNumber(const char *at) {
  auto digits = [&at] {
    const char *begin = at;
    while (*at >= '0' && *at <= '9')
      ++at;
    return at - begin;
  };
  at += *at == '-';
  bool zero = *at == '0';
  auto count = digits();
  if (count == 0 || (zero && count > 1))
    return false;
  if (*at == '.' && (++at, digits() == 0))
    return false;
  if (*at == 'e' || *at == 'E') {
    ++at;
    at += *at == '+' || *at == '-';
    if (digits() == 0)
      return false;
  }
  return *at == 0;
}

Status JsonReader::readNumber(std::string &value) {
  value.clear();
  if (kind() != '0')
    return unexpected("a number");
  for (int byte = look(); byte > 0 && std::strchr("+-.0123456789eE", byte) && value.size() < 400;
       byte = look()) {
    value.push_back(static_cast<char>(byte));
    advance();
  }
  return isNumber(value.c_str()) ? Status()
                                 : wrong("expected a number, found " + value.substr(0, 40));
}

Status JsonReader::integer(int64_t &value) {
  std::string text;
  if (kind() != '0')
    return unexpected("an integer");
  WEFT_RETURN_IF_ERROR(readNumber(text));
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return wrong("expected an integer, found " + text.substr(0, 40));
  return {};
}

Status JsonReader::readWord(const char *word) {
  for (const char *letter = word; *letter; ++letter)
    if (!accept(*letter))
      return unexpected(word);
  return {};
}

Status JsonReader::boolean(bool &result) {
  char first = kind();
  if (first != 't' && first != 'f')
    return unexpected("true or false");
  result = first == 't';
  return readWord(result ? "true" : "false");
}

Status JsonReader::skip() { return visit(nullptr); }

Status JsonReader::append(std::string &text) { return visit(&text); }

static void appendString(std::string &text, const std::string &value) {
  text += '"';
  for (char character : value) {
    if (character == '"' || character == '\\')
      text += '\\';
    if (static_cast<uint8_t>(character) >= ' ') {
      text += character;
      continue;
    }
    char escape[8];
    std::snprintf(escape, sizeof(escape), "\\u%04x", static_cast<unsigned>(character));
    text += escape;
  }
  text += '"';
}

// Skips a value, or appends it to `text`.
Status JsonReader::visit(std::string *text) {
  std::string read;
  switch (char first = kind()) {
  case '{':
  case '[': {
    WEFT_RETURN_IF_ERROR(begin(first));
    for (const char *between = ""; true; between = ",") {
      WEFT_ASSIGN_OR_RETURN(bool found, next());
      if (text)
        *text += *between == 0 ? std::string(1, first) : found ? between : "";
      if (!found)
        break;
      if (text && first == '{') {
        appendString(*text, key());
        *text += ':';
      }
      WEFT_RETURN_IF_ERROR(visit(text));
    }
    if (text)
      *text += first == '{' ? '}' : ']';
    return {};
  }
  case '"':
    WEFT_RETURN_IF_ERROR(readString(read));
    if (text)
      appendString(*text, read);
    return {};
  case '0':
    WEFT_RETURN_IF_ERROR(readNumber(read));
    break;
  case 't':
  case 'f':
  case 'n':
    read = first == 't' ? "true" : first == 'f' ? "false" : "null";
    WEFT_RETURN_IF_ERROR(readWord(read.c_str()));
    break;
  default:
    return unexpected("a value");
  }
  if (text)
    *text += read;
  return {};
}

} // namespace weft::rt
