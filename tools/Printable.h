// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names from files in messages: a terminal shows them as they stand, letters of every script too.
#ifndef WEFT_TOOLS_PRINTABLE_H
#define WEFT_TOOLS_PRINTABLE_H

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Unicode.h"

#include <string>

namespace weft {

// Control characters, marks without a shape and what is not UTF-8 become \xNN, byte by byte.
inline std::string printable(llvm::StringRef text) {
  std::string result;
  auto *begin = reinterpret_cast<const llvm::UTF8 *>(text.begin());
  auto *end = reinterpret_cast<const llvm::UTF8 *>(text.end());
  while (begin != end) {
    const llvm::UTF8 *next = begin;
    llvm::UTF32 code = 0;
    bool isShown = llvm::convertUTF8Sequence(&next, end, &code, llvm::strictConversion) ==
                       llvm::conversionOK &&
                   llvm::sys::unicode::isPrintable(static_cast<int>(code));
    if (next == begin)
      ++next;
    for (; begin != next; ++begin)
      result += isShown ? std::string(1, static_cast<char>(*begin))
                        : "\\x" + llvm::utohexstr(*begin, /*LowerCase=*/true, /*Width=*/2);
  }
  return result;
}

} // namespace weft

#endif
