// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files that the compiler reads and writes. Reading never waits and maps nothing; what is written
// appears under its name when it is whole.
#ifndef WEFT_MODELS_FILES_H
#define WEFT_MODELS_FILES_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

namespace weft::models {

/// The content of a regular file of at most `limit` bytes. The error is the reason only, without
/// the path. Pipes, devices and the like are refused.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readInputFile(llvm::StringRef path,
                                                                  uint64_t limit);

/// Writes what `print` prints: "-" is stdout, pipes and character devices are written to as they
/// are, and anything else is replaced at once, a file behind a link too. The error is the reason
/// only, without the path.
llvm::Error writeOutputFile(llvm::StringRef path,
                            llvm::function_ref<void(llvm::raw_ostream &)> print);

} // namespace weft::models

#endif
