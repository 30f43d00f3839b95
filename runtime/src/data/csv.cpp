// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The states of a CSV record.
#include "data/csv.h"

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

Result<bool> CsvReader::take(uint8_t byte) {
  if (byte == 0)
    return misplaced("expected text, found a zero byte");
  if (place == Place::quoted) {
    if (byte == '"')
      place = Place::quoteInQuoted;
    else
      text.push_back(static_cast<char>(byte));
    currentLine += byte == '\n';
    return false;
  }
  if (place == Place::afterCarriageReturn && byte != '\n')
    return misplaced("expected a line feed after a carriage return");
  switch (byte) {
  case ',':
    endField();
    place = Place::fieldStart;
    return false;
  case '\r':
    place = Place::afterCarriageReturn;
    return false;
  case '\n':
    ++currentLine;
    if (ends.empty() && text.empty() && place != Place::quoteInQuoted) {
      // An empty line.
      place = Place::fieldStart;
      recordLine = currentLine;
      return false;
    }
    endField();
    place = Place::fieldStart;
    return true;
  case '"':
    if (place == Place::plain)
      return misplaced("found a quote inside a field that does not begin with one");
    if (place == Place::quoteInQuoted)
      text.push_back('"');
    else
      quoteLine = currentLine;
    place = Place::quoted;
    return false;
  default:
    if (place == Place::quoteInQuoted)
      return misplaced("expected a comma or the end of the line after a closing quote");
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
  if (place == Place::afterCarriageReturn)
    return misplaced("expected a line feed after a carriage return, found the end of the file");
  if (ends.empty() && text.empty() && place != Place::quoteInQuoted)
    return false;
  endField();
  place = Place::fieldStart;
  return true;
}

} // namespace weft::rt
