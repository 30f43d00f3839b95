// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order in which an epoch visits the samples: a function of (seed, epoch) and nothing else, so
// that a run that is resumed needs to know only how far it was.
#ifndef WEFT_RUNTIME_DATA_SAMPLE_ORDER_H
#define WEFT_RUNTIME_DATA_SAMPLE_ORDER_H

#include <cstdint>
#include <vector>

namespace weft::rt {

enum class SamplingStrategy { random, sequential, groupByLength };
const char *samplingName(SamplingStrategy strategy);

// All of 0 .. samples - 1: shuffled (Fisher-Yates over Philox words), or as they are. By length is
// groupedOrder's.
std::vector<uint32_t> sampleOrder(int64_t samples, SamplingStrategy strategy, uint64_t seed,
                                  int64_t epoch);

// Shuffled so that the samples of a batch are about equally long, as Hugging Face's
// LengthGroupedSampler: blocks of up to 50 batches of the shuffled order, each sorted by length,
// the longest first; the longest sample of all comes first, so that memory runs out at once or
// never.
std::vector<uint32_t> groupedOrder(const std::vector<uint32_t> &lengths, int64_t batchSize,
                                   uint64_t seed, int64_t epoch);

} // namespace weft::rt

#endif
