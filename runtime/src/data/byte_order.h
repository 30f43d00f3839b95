// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integers in files, which have a byte order of their own. The host is little-endian.
#ifndef WEFT_RUNTIME_DATA_BYTE_ORDER_H
#define WEFT_RUNTIME_DATA_BYTE_ORDER_H

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weft::rt {

static_assert(std::endian::native == std::endian::little,
              "the readers assume a little-endian host");

inline uint32_t loadBigEndian32(const uint8_t *bytes) {
  uint32_t value;
  std::memcpy(&value, bytes, sizeof(value));
  return __builtin_bswap32(value);
}

template <typename T>
T loadLittleEndian(const uint8_t *bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

// Reverses the bytes of each of `count` elements of `size` bytes.
inline void swapBytes(uint8_t *data, size_t count, size_t size) {
  if (size == 1)
    return;
  for (size_t i = 0; i < count; ++i)
    std::reverse(data + i * size, data + (i + 1) * size);
}

} // namespace weft::rt

#endif
