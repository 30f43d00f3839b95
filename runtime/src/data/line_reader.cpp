// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Splitting into lines, and the check of each.
#include "data/line_reader.h"

#include <algorithm>

namespace weft::rt {

static constexpr size_t maxLineBytes = size_t{64} << 20;
static constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";

// Bytes of the well-formed sequence that `text` begins with (table 3-7 of the Unicode standard); 0
// if there is none.
static size_t sequenceLength(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  auto continues = [&](size_t i, uint8_t low, uint8_t high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  uint8_t first = byte(0);
  if (first < 0x80)
    return 1;
  if (first >= 0xC2 && first <= 0xDF)
    return continues(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    uint8_t low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    uint8_t low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2, 0x80, 0xBF) && continues(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

std::optional<size_t> findInvalidByte(std::string_view text) {
  size_t place = 0;
  while (place < text.size()) {
    if (static_cast<uint8_t>(text[place]) < 0x80) {
      ++place;
      continue;
    }
    size_t length = sequenceLength(text.substr(place));
    if (length == 0)
      return place;
    place += length;
  }
  return std::nullopt;
}

Status checkUtf8(std::string_view text, const std::string &file, int64_t line) {
  if (std::optional<size_t> place = findInvalidByte(text))
    return dataLoss("%s: line %lld, byte %zu: expected UTF-8, found the byte 0x%02X", file.c_str(),
                    static_cast<long long>(line), *place + 1, static_cast<uint8_t>(text[*place]));
  return {};
}

// Keeps what has not been used and adds to it.
Status LineReader::refill() {
  constexpr size_t step = size_t{1} << 16;
  buffer.erase(0, used);
  returnAt -= std::min(returnAt, used);
  used = 0;
  size_t kept = buffer.size();
  if (kept > maxLineBytes)
    return dataLoss("%s: line %lld: expected at most %zu bytes, found more", name().c_str(),
                    static_cast<long long>(number), maxLineBytes);
  size_t wanted = std::max(step, kept); // long lines cost linear time
  buffer.resize(kept + wanted);
  WEFT_ASSIGN_OR_RETURN(size_t count, source.read(buffer.data() + kept, wanted));
  buffer.resize(kept + count);
  atEnd = count < wanted;
  return {};
}

Status LineReader::check() {
  if (size_t zero = current.find('\0'); zero != std::string_view::npos)
    return dataLoss("%s: line %lld, byte %zu: expected text, found a zero byte", name().c_str(),
                    static_cast<long long>(number), zero + 1);
  return checkUtf8(current, name(), number);
}

// Where a line ends in the buffer, from `from` on, or the buffer's size.
size_t LineReader::findEnd(size_t from) {
  returnAt = std::max(returnAt, from);
  if (returnAt < buffer.size() && buffer[returnAt] != '\r')
    returnAt = std::min(buffer.find('\r', returnAt), buffer.size());
  return std::min(std::string_view(buffer).substr(0, returnAt).find('\n', from), returnAt);
}

Result<bool> LineReader::next() {
  ++number;
  size_t searched = 0;
  size_t end;
  while (true) {
    end = findEnd(used + searched);
    // Whether a line feed follows a carriage return has to be seen.
    if (end + 1 < buffer.size() || (end < buffer.size() && buffer[end] == '\n') || atEnd)
      break;
    searched = end - used;
    WEFT_RETURN_IF_ERROR(refill());
  }
  if (used == buffer.size())
    return false;
  current = std::string_view(buffer).substr(used, end - used);
  bool isPair = end + 1 < buffer.size() && buffer[end] == '\r' && buffer[end + 1] == '\n';
  used = std::min(end + 1 + isPair, buffer.size());
  if (number == 1 && current.starts_with(byteOrderMark))
    current.remove_prefix(byteOrderMark.size());
  WEFT_RETURN_IF_ERROR(check());
  return true;
}

} // namespace weft::rt
