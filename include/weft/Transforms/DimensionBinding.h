// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes of named dimensions, as users write them.
#ifndef WEFT_TRANSFORMS_DIMENSIONBINDING_H
#define WEFT_TRANSFORMS_DIMENSIONBINDING_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LogicalResult.h"

#include <cstdint>
#include <string>

namespace weft {

/// The sizes that a named dimension takes.
struct DimensionBinding {
  std::string name;
  llvm::SmallVector<int64_t> sizes;
  /// Another dimension, whose sizes these belong to one by one; empty: any size goes with any.
  std::string partner;
};

/// Parses `seq=16:128:16` (first, last and step, the last included if the step meets it),
/// `seq=16,32,64` or `batch=64`; `masked@seq=4,7,13` are sizes in pairs with those of `seq`. An
/// item without `=` goes on with the list before it, so that a list may arrive split at its commas.
/// On failure `error` says what was expected and found.
llvm::FailureOr<llvm::SmallVector<DimensionBinding>>
parseDimensionBindings(llvm::ArrayRef<std::string> items, std::string &error);

} // namespace weft

#endif
