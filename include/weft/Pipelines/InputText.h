// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an IR file is before it is parsed. MLIR's parser calls itself for each bracket, its bytecode
// reader trusts its input: both are kept from files that would bring them down.
#ifndef WEFT_PIPELINES_INPUTTEXT_H
#define WEFT_PIPELINES_INPUTTEXT_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace weft {

/// Brackets within brackets, counting those of the aliases that a text uses (`#a = [#b]`).
inline constexpr unsigned kMaxNesting = 256;
/// Brackets and commas of an alias when all that it uses is written out.
inline constexpr uint64_t kMaxAliasSize = uint64_t{1} << 20;

/// Whether a file is MLIR bytecode.
bool isBytecode(llvm::StringRef file);

/// Why the file `name`, text or bytecode, is not given to MLIR, as a whole message:
/// "model.mlir:3:7: error: expected ..."; empty if it may be.
std::string describeInputFault(llvm::StringRef name, llvm::StringRef file, bool allowBytecode);

} // namespace weft

#endif
