// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JSON of any length, value by value: what readers of large files stand on. Memory is that of the
// longest string. Takes one value or several after each other (JSON lines).
#ifndef WEFT_RUNTIME_DATA_JSON_READER_H
#define WEFT_RUNTIME_DATA_JSON_READER_H

#include "data/byte_source.h"

#include <vector>

namespace weft::rt {

// The caller reads each value by the function of its type. Every failure, `unexpected` included,
// is like "FILE: line 1, column 20 (data[0].title): expected a string, found a number"; columns
// count characters. Strings are UTF-8 of at most 64 MiB, nesting is of at most 64 levels.
class JsonReader {
public:
  explicit JsonReader(ByteSource source);

  // Goes to the value that follows; false at the end of the data.
  Result<bool> more();
  // What the value begins with; digits and '-' are '0'.
  char kind();

  // '{' or '[', then its members or elements one by one: false once it is closed.
  Status begin(char open);
  Result<bool> next();
  // Of the member that next() went to.
  const std::string &key() const { return frames.back().key; }

  Status string(std::string &value);
  Status integer(int64_t &value);
  Status boolean(bool &value);
  // Any value.
  Status skip();
  // Appends any value as JSON on one line; numbers as they stand.
  Status append(std::string &text);

  // Where the value that follows, or the one read last, begins.
  struct Place {
    int64_t line = 1, column = 1;
  };
  Place place() const { return value; }
  Status unexpected(const std::string &wanted);
  // `what` at that place, as it stands.
  Status wrong(const std::string &what) { return wrong(what, value); }
  Status wrong(const std::string &what, Place at);
  const std::string &name() const { return source.name(); }

private:
  struct Frame {
    char open;
    int64_t index; // -1 before the first
    std::string key;
  };
  int look();
  void advance();
  void toValue();
  bool accept(char byte);
  Status readString(std::string &value);
  Status readEscape(std::string &value);
  Result<uint32_t> readHex();
  Status readNumber(std::string &value);
  Status visit(std::string *text);
  Status readWord(const char *word);

  ByteSource source;
  std::vector<uint8_t> buffer;
  size_t used = 0, filled = 0;
  Status failure; // of the source
  Place current, value;
  std::vector<Frame> frames;
};

} // namespace weft::rt

#endif
