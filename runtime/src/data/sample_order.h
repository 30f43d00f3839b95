// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order in which an epoch visits the samples: a function of (seed, epoch) and nothing else, so
// that a run that is resumed needs to know only how far it was.
#ifndef WEFT_RUNTIME_DATA_SAMPLE_ORDER_H
#define WEFT_RUNTIME_DATA_SAMPLE_ORDER_H

#include <cstdint>
#include <vector>

namespace weft::rt {

enum class SamplingStrategy { random, sequential };

// All of 0 .. samples - 1: shuffled (Fisher-Yates over Philox words), or as they are.
std::vector<uint32_t> sampleOrder(int64_t samples, SamplingStrategy strategy, uint64_t seed,
                                  int64_t epoch);

} // namespace weft::rt

#endif
