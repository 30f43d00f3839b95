// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shuffling by seed and epoch.
#include "data/sample_order.h"
#include "base/random.h"

#include <numeric>
#include <string>
#include <utility>

namespace weft::rt {

std::vector<uint32_t> sampleOrder(int64_t samples, SamplingStrategy strategy, uint64_t seed,
                                  int64_t epoch) {
  std::vector<uint32_t> order(static_cast<size_t>(samples));
  std::iota(order.begin(), order.end(), 0u);
  if (strategy == SamplingStrategy::sequential)
    return order;
  RandomStream words(seed, streamOfName("order of epoch " + std::to_string(epoch)));
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[words.nextBelow(i)]);
  return order;
}

} // namespace weft::rt
