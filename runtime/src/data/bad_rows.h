// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows of tables that cannot be used.
#ifndef WEFT_RUNTIME_DATA_BAD_ROWS_H
#define WEFT_RUNTIME_DATA_BAD_ROWS_H

#include "base/status.h"

#include <string>

namespace weft::rt {

// Each of them is an error, or, if the user says so (--skip-bad-rows), left out and counted.
class BadRows {
public:
  explicit BadRows(bool skip = false) : skip(skip) {}

  // Takes note of a row of `file` that is left out; else gives the error, with what to do about it.
  Status add(const Status &error, const std::string &file);
  int64_t count() const { return total; }
  // "FILE: left out 2 rows: line 3: expected ...; line 7: ..."; names the first three.
  std::string notice(const std::string &file) const;

private:
  bool skip;
  int64_t total = 0;
  std::string first;
};

} // namespace weft::rt

#endif
