// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Refusing, or counting.
#include "data/bad_rows.h"

namespace weft::rt {

Status BadRows::add(Status error) {
  if (!skip)
    return Status(error.code(), error.message() + "; --skip-bad-rows leaves such rows out");
  if (total < 3)
    first[total] = error.message();
  ++total;
  return {};
}

std::string BadRows::notice(const std::string &file) const {
  std::string text = file + ": left out " + std::to_string(total) + (total == 1 ? " row" : " rows");
  std::string_view between = ": ";
  for (std::string_view message : first) {
    if (message.empty())
      break;
    if (message.starts_with(file + ": "))
      message.remove_prefix(file.size() + 2);
    text.append(between).append(message);
    between = "; ";
  }
  return text + (total > 3 ? " ..." : "");
}

} // namespace weft::rt
