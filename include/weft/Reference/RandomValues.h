// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random numbers of the reference interpreter: the streams that the runtime initializes parameters
// from, and seeded input tensors for tests.
#ifndef WEFT_REFERENCE_RANDOMVALUES_H
#define WEFT_REFERENCE_RANDOMVALUES_H

#include "dialects/Interfaces/ReferenceTensor.h"
#include "dialects/Weft/Philox.h"

#include <cstdint>

namespace weft {

struct Distribution;

// Word i of a stream depends on (seed, stream, i) only.
class WordStream {
public:
  WordStream(uint64_t seed, uint64_t stream) : seed(seed), stream(stream) {}
  uint32_t next();
  // Below `bound` (at least 1), for tests: the bias of at most bound / 2^32 does not matter to
  // them.
  int64_t nextBelow(int64_t bound) { return (uint64_t(next()) * uint64_t(bound)) >> 32; }
  // In [0, 1), 24 bits.
  double nextUniform() { return (next() >> 8) * 0x1p-24; }

private:
  uint64_t seed, stream, position = 0;
  PhiloxBlock block{};
};

// The stream that belongs to a name (FNV-1a).
uint64_t streamOfName(llvm::StringRef name);

// Fills `tensor` from `distribution`, one word of the stream per element, rounded to its type.
void fillFrom(const Distribution &distribution, WordStream stream, ReferenceTensor &tensor);

// What the elements of a seeded tensor are.
struct SeededSpec {
  mlir::RankedTensorType type;
  int64_t dynamicSize = 1;         // in place of a dynamic dimension
  double low = -2, high = 2;       // of floating-point elements
  int64_t intLow = 0, intHigh = 4; // of integers, half-open
};

// One tensor per spec. All floating-point elements of all tensors together are distinct and none is
// close to another or to the middle of its range: functions with kinks there (relu, maximum) can be
// differentiated numerically. Elements are rounded to their type.
llvm::SmallVector<ReferenceTensor> makeSeededTensors(llvm::ArrayRef<SeededSpec> specs,
                                                     uint64_t seed);

} // namespace weft

#endif
