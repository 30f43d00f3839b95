// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `--help` that fits a screen, for tools whose full list of options is LLVM's and runs to hundreds
// of lines. The full list stays at `--help-list`.
#ifndef WEFT_TOOLS_SHORTHELP_H
#define WEFT_TOOLS_SHORTHELP_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace weft {

// Prints `text` and returns true if the first argument asks for help.
inline bool printShortHelp(int argc, char **argv, llvm::StringRef text) {
  if (argc < 2)
    return false;
  llvm::StringRef first = argv[1];
  if (first != "--help" && first != "-help" && first != "-h")
    return false;
  llvm::outs() << text;
  return true;
}

} // namespace weft

#endif
