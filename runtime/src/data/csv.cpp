// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The states of a CSV record.
#include "data/csv.h"

#include <utility>

namespace weft::rt {

CsvReader::CsvReader(ByteSource source) : source(std::move(source)), buffer(1u << 16) {}

std::string_view CsvReader::field(size_t index) const {
  size_t begin = index ? ends[index - 1] : 0;
  return std::string_view(text).substr(begin, ends[index] - begin);
}

Status CsvReader::misplaced(const char *found) const {
  return dataLoss("%s: line %lld, field %zu: %s", name().c_str(),
                  static_cast<long long>(currentLine), ends.size() + 1, found);
}

// True if the line ends a record; an empty one does not.
bool CsvReader::endLine() {
  ++currentLine;
  bool isEmpty = ends.empty() && place == Place::fieldStart;
  if (isEmpty)
    recordLine = currentLine;
  else
    endField();
  place = Place::fieldStart;
  return !isEmpty;
}

Result<bool> CsvReader::take(uint8_t byte) {
  if (byte == 0)
    return misplaced("expected text, found a zero byte");
  bool continuesReturn = std::exchange(afterReturn, byte == '\r') && byte == '\n';
  if (place == Place::quoted) {
    currentLine += byte == '\r' || (byte == '\n' && !continuesReturn);
    if (byte == '"')
      place = Place::quoteInQuoted;
    else
      text.push_back(static_cast<char>(byte));
    return false;
  }
  switch (byte) {
  case ',':
    endField();
    place = Place::fieldStart;
    return false;
  case '\r':
    return endLine();
  case '\n':
    return !continuesReturn && endLine();
  case '"':
    if (place != Place::plain) {
      if (place == Place::quoteInQuoted)
        text.push_back('"');
      else
        quoteLine = currentLine;
      place = Place::quoted;
      return false;
    }
    [[fallthrough]];
  default:
    place = Place::plain;
    text.push_back(static_cast<char>(byte));
    return false;
  }
}

Result<bool> CsvReader::next() {
  text.clear();
  ends.clear();
  recordLine = currentLine;
  while (true) {
    if (used == filled) {
      WEFT_ASSIGN_OR_RETURN(filled, source.read(buffer.data(), buffer.size()));
      used = 0;
      if (atStart && filled >= 3 && buffer[0] == 0xEF && buffer[1] == 0xBB && buffer[2] == 0xBF)
        used = 3;
      atStart = false;
      if (used == filled)
        break;
    }
    WEFT_ASSIGN_OR_RETURN(bool complete, take(buffer[used++]));
    if (complete)
      return true;
  }
  if (place == Place::quoted)
    return dataLoss("%s: line %lld: the file ends inside a quoted field", name().c_str(),
                    static_cast<long long>(quoteLine));
  if (ends.empty() && place == Place::fieldStart)
    return false;
  endField();
  place = Place::fieldStart;
  return true;
}

} // namespace weft::rt
