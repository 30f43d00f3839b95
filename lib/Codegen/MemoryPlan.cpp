// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Greedy placement by size.
#include "weft/Codegen/MemoryPlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

namespace weft {

// The offset of the smallest gap between `placed` (sorted by offset) that holds `size` bytes.
static int64_t findGap(llvm::ArrayRef<const LifeTime *> placed, int64_t size, int64_t alignment) {
  int64_t end = 0;
  int64_t best = -1;
  int64_t bestGap = std::numeric_limits<int64_t>::max();
  for (const LifeTime *other : placed) {
    int64_t gap = other->offset - end;
    if (gap >= size && gap < bestGap) {
      best = end;
      bestGap = gap;
    }
    end = std::max<int64_t>(end, llvm::alignTo(other->offset + other->size, alignment));
  }
  return best >= 0 ? best : end;
}

int64_t planMemory(llvm::MutableArrayRef<LifeTime> tensors, int64_t alignment) {
  llvm::SmallVector<LifeTime *> order;
  for (LifeTime &tensor : tensors)
    order.push_back(&tensor);
  llvm::stable_sort(order, [](LifeTime *a, LifeTime *b) { return a->size > b->size; });

  int64_t bytes = 0;
  llvm::SmallVector<const LifeTime *> placed;
  for (LifeTime *tensor : order) {
    llvm::SmallVector<const LifeTime *> alive;
    for (const LifeTime *other : placed)
      if (other->first <= tensor->last && tensor->first <= other->last)
        alive.push_back(other);
    tensor->offset = findGap(alive, tensor->size, alignment);
    bytes = std::max<int64_t>(bytes, llvm::alignTo(tensor->offset + tensor->size, alignment));
    auto place = llvm::upper_bound(
        placed, tensor, [](const LifeTime *a, const LifeTime *b) { return a->offset < b->offset; });
    placed.insert(place, tensor);
  }
  return bytes;
}

} // namespace weft
