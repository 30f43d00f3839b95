// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random values for parameters and for the order of data. Element i of a stream depends only on
// (seed, stream, i), so values do not depend on the order in which tensors are filled.
#ifndef WEFT_RUNTIME_BASE_RANDOM_H
#define WEFT_RUNTIME_BASE_RANDOM_H

#include "base/philox.h"

#include <cstdint>
#include <string_view>

namespace weft::rt {

// A 64-bit number for a name (FNV-1a): the stream of a parameter.
uint64_t streamOfName(std::string_view name);

// Words 4*block .. 4*block+3 of a stream.
PhiloxBlock randomBlock(uint64_t seed, uint64_t stream, uint64_t block);

// Sequential reader of a stream.
class RandomStream {
public:
  RandomStream(uint64_t seed, uint64_t stream) : seed(seed), stream(stream) {}
  uint32_t nextWord();
  uint64_t nextWord64();
  // Uniform in [0, bound), unbiased (Lemire's method); bound >= 1.
  uint64_t nextBelow(uint64_t bound);

private:
  uint64_t seed, stream, position = 0;
  PhiloxBlock block{};
};

// A word as a number of [0, 1): 24 bits, exact in f32.
double uniformFromWord(uint32_t word);
// The inverse of the normal distribution function at p in (0, 1) (Wichura, algorithm AS 241, 1988):
// relative error about 1e-16.
double inverseNormal(double p);
// A word as a standard normal number.
double normalFromWord(uint32_t word);
// A word as a standard normal number cut to [-2, 2].
double truncatedNormalFromWord(uint32_t word);

} // namespace weft::rt

#endif
