// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Offsets for tensors that live for a while, so that tensors which live at different times share
// memory.
#ifndef WEFT_CODEGEN_MEMORYPLAN_H
#define WEFT_CODEGEN_MEMORYPLAN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace weft {

// A tensor that must be kept from step `first` to step `last`, both included.
struct LifeTime {
  int64_t size = 0;
  unsigned first = 0;
  unsigned last = 0;
  // Filled in by `planMemory`.
  int64_t offset = 0;
};

// Gives each tensor an offset that is a multiple of `alignment`, so that no two which live at the
// same time overlap: largest first, each into the smallest gap that holds it. Returns the size of
// the region.
int64_t planMemory(llvm::MutableArrayRef<LifeTime> tensors, int64_t alignment);

} // namespace weft

#endif
