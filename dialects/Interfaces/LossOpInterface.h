// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interfaces of losses and of operands that hold indices.
#ifndef WEFT_INTERFACES_LOSSOPINTERFACE_H
#define WEFT_INTERFACES_LOSSOPINTERFACE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include <optional>

namespace weft {

// Valid indices: low <= i < high, or i == ignore.
struct IndexRange {
  int64_t low = 0;
  int64_t high = 0;
  std::optional<int64_t> ignore;
};

} // namespace weft

#include "dialects/Interfaces/LossOpInterface.h.inc"

#endif
