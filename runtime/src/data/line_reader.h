// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lines of UTF-8 text: what the readers of TSV, JSON lines, CoNLL and plain text stand on.
#ifndef WEFT_RUNTIME_DATA_LINE_READER_H
#define WEFT_RUNTIME_DATA_LINE_READER_H

#include "data/byte_source.h"

#include <optional>
#include <string_view>

namespace weft::rt {

// The place of the first byte that is not UTF-8, or nothing.
std::optional<size_t> findInvalidByte(std::string_view text);

// An error like "FILE: line 3, byte 17: expected UTF-8, found the byte 0xE9" for the first byte
// that is not (overlong forms, surrogates and what lies above U+10FFFF included).
Status checkUtf8(std::string_view text, const std::string &file, int64_t line);

// Lines end in LF, CRLF or CR, the last one perhaps in nothing; a byte-order mark in front is
// skipped. A zero byte, a line that is not UTF-8 and one of more than 64 MiB are errors.
class LineReader {
public:
  explicit LineReader(ByteSource source) : source(std::move(source)) {}

  // Goes on to the next line; false at the end of the data.
  Result<bool> next();
  // The line without its end; valid until next() is called.
  std::string_view text() const { return current; }
  // From 1.
  int64_t line() const { return number; }
  const std::string &name() const { return source.name(); }

private:
  Status refill();
  Status check();
  size_t findEnd(size_t from);

  ByteSource source;
  std::string buffer;
  size_t used = 0; // of the buffer
  bool atEnd = false;
  size_t returnAt = 0; // no carriage return of the buffer lies between `used` and it
  std::string_view current;
  int64_t number = 0;
};

} // namespace weft::rt

#endif
