// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), and where
// in its stream the elements of a tensor find their random words. Generated kernels compute the
// same.
#ifndef WEFT_DIALECT_PHILOX_H
#define WEFT_DIALECT_PHILOX_H

#include "llvm/ADT/ArrayRef.h"

#include <array>
#include <cmath>
#include <cstdint>

namespace weft {

using PhiloxBlock = std::array<uint32_t, 4>;

// Four random words as a function of a key and a counter: ten rounds, key word 0 the low half of
// `key`.
constexpr PhiloxBlock philox(uint64_t key, PhiloxBlock counter) {
  uint32_t key0 = static_cast<uint32_t>(key);
  uint32_t key1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    uint64_t product0 = uint64_t{0xD2511F53} * counter[0];
    uint64_t product1 = uint64_t{0xCD9E8D57} * counter[2];
    counter = {
        static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key0, static_cast<uint32_t>(product1),
        static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key1, static_cast<uint32_t>(product0)};
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return counter;
}

// The place of an element in a random op's stream.
struct RandomPlace {
  uint64_t row;
  uint64_t column;
};

// What two neighbours in the last dimension but one are apart in columns.
constexpr uint64_t kColumnsPerLine = 65536;

// The place of the element at `index` of a tensor of this shape, whose first sample is number
// `sampleOffset` of the optimizer step. In ranks 0, 1 and 2 the row is the sample; from 3 on, rows
// count all coordinates but the last two, which make the column.
inline RandomPlace getRandomPlace(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape,
                                  int64_t sampleOffset) {
  size_t rank = index.size();
  if (rank == 0)
    return {static_cast<uint64_t>(sampleOffset), 0};
  uint64_t row = static_cast<uint64_t>(index[0] + sampleOffset);
  if (rank == 1)
    return {row, 0};
  if (rank == 2)
    return {row, static_cast<uint64_t>(index[1])};
  for (size_t i = 1; i + 2 < rank; ++i)
    row = row * shape[i] + index[i];
  return {row, kColumnsPerLine * index[rank - 2] + index[rank - 1]};
}

// The place of element (`row`, `column`) of a matrix that is a tensor of rank 3 with its first two
// dimensions flattened, `rowsPerSample` the size of the second.
inline RandomPlace getFlattenedPlace(int64_t row, int64_t column, int64_t rowsPerSample,
                                     int64_t sampleOffset) {
  return {static_cast<uint64_t>(sampleOffset + row / rowsPerSample),
          kColumnsPerLine * (row % rowsPerSample) + column};
}

// The random word of a place: counter (id, step, row, column / 4), lane column mod 4.
constexpr uint32_t getRandomWord(uint64_t seed, uint64_t id, uint64_t step, RandomPlace place) {
  PhiloxBlock block =
      philox(seed, {static_cast<uint32_t>(id), static_cast<uint32_t>(step),
                    static_cast<uint32_t>(place.row), static_cast<uint32_t>(place.column / 4)});
  return block[place.column % 4];
}

// A dropout of probability `p`, 0 <= p < 1, keeps an element whose random word is at least this.
inline uint32_t getDropThreshold(double p) {
  return static_cast<uint32_t>(std::floor(std::ldexp(p, 32)));
}

} // namespace weft

#endif
