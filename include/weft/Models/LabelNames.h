// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of classes as a user gives them.
#ifndef WEFT_MODELS_LABELNAMES_H
#define WEFT_MODELS_LABELNAMES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LogicalResult.h"

#include <string>
#include <vector>

namespace weft::models {

/// "O,B-person". Names are different and printable; otherwise `error` says what was expected and
/// found.
llvm::FailureOr<std::vector<std::string>> parseLabelNames(llvm::StringRef text, std::string &error);

/// Those of a file: a JSON array of strings, or a name a line.
llvm::FailureOr<std::vector<std::string>> readLabelNames(llvm::StringRef path, std::string &error);

} // namespace weft::models

#endif
