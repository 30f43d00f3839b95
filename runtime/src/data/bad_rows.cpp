// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Refusing, or counting.
#include "data/bad_rows.h"

namespace weft::rt {

Status BadRows::add(const Status &error, const std::string &file) {
  std::string message = error.message();
  if (!skip)
    return Status(error.code(), message.append("; --skip-bad-rows leaves such rows out"));
  if (message.starts_with(file))
    message.erase(0, file.size() + 2);
  if (++total <= 3)
    first.append(total == 1 ? ": " : "; ").append(message);
  return {};
}

std::string BadRows::notice(const std::string &file) const {
  std::string text = file;
  text.append(": left out ").append(std::to_string(total)).append(total == 1 ? " row" : " rows");
  return text.append(first).append(total > 3 ? " ..." : "");
}

} // namespace weft::rt
