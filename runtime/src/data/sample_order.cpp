// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shuffling by seed and epoch.
#include "data/sample_order.h"
#include "base/random.h"

#include <algorithm>
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

std::vector<uint32_t> groupedOrder(const std::vector<uint32_t> &lengths, int64_t batchSize,
                                   uint64_t seed, int64_t epoch) {
  auto samples = static_cast<int64_t>(lengths.size());
  std::vector<uint32_t> order = sampleOrder(samples, SamplingStrategy::random, seed, epoch);
  batchSize = std::clamp<int64_t>(batchSize, 1, std::max<int64_t>(1, samples));
  int64_t block =
      batchSize * std::max<int64_t>(1, std::min<int64_t>(samples / (batchSize * 4), 50));
  std::vector<uint32_t> place(order.size());
  for (uint32_t i = 0; i < order.size(); ++i)
    place[order[i]] = i;
  size_t longest = 0; // the place of the block that begins with the longest sample
  for (int64_t begin = 0; begin < samples; begin += block) {
    // Equal lengths stay as they were shuffled.
    std::sort(order.begin() + begin, order.begin() + std::min(samples, begin + block),
              [&](uint32_t a, uint32_t b) {
                return lengths[a] != lengths[b] ? lengths[a] > lengths[b] : place[a] < place[b];
              });
    if (lengths[order[static_cast<size_t>(begin)]] > lengths[order[longest]])
      longest = static_cast<size_t>(begin);
  }
  if (!order.empty())
    std::swap(order[0], order[longest]);
  return order;
}

const char *samplingName(SamplingStrategy strategy) {
  static const char *const names[] = {"random", "sequential", "group_by_length"};
  return names[static_cast<size_t>(strategy)];
}

} // namespace weft::rt
