// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The strided copy: a counter over the outer dimensions around a loop over the last one.
#include "base/strided_copy.h"

#include <cstring>
#include <numeric>

namespace weft::rt {

std::vector<int64_t> rowMajorStrides(std::span<const int64_t> shape) {
  std::vector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

std::vector<int64_t> stridesOfLayout(std::span<const int64_t> shape,
                                     std::span<const int32_t> layout) {
  if (layout.empty())
    return rowMajorStrides(shape);
  std::vector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[layout[i]] = stride;
    stride *= shape[layout[i]];
  }
  return strides;
}

template <size_t bytes>
static void copyRow(int64_t count, char *target, int64_t targetStride, const char *source,
                    int64_t sourceStride) {
  if (targetStride == 1 && sourceStride == 1) {
    std::memcpy(target, source, static_cast<size_t>(count) * bytes);
    return;
  }
  constexpr int64_t step = bytes;
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(target + i * targetStride * step, source + i * sourceStride * step, bytes);
}

template <size_t bytes>
static void copyAll(std::span<const int64_t> shape, char *target,
                    std::span<const int64_t> targetStrides, const char *source,
                    std::span<const int64_t> sourceStrides) {
  if (shape.empty()) {
    std::memcpy(target, source, bytes);
    return;
  }
  size_t last = shape.size() - 1;
  int64_t rows = std::accumulate(shape.begin(), shape.end() - 1, int64_t{1}, std::multiplies<>());
  std::vector<int64_t> position(last, 0);
  int64_t targetOffset = 0, sourceOffset = 0;
  for (int64_t row = 0; row < rows; ++row) {
    copyRow<bytes>(shape[last], target + targetOffset * int64_t{bytes}, targetStrides[last],
                   source + sourceOffset * int64_t{bytes}, sourceStrides[last]);
    for (size_t i = last; i-- > 0;) {
      targetOffset += targetStrides[i];
      sourceOffset += sourceStrides[i];
      if (++position[i] < shape[i])
        break;
      targetOffset -= targetStrides[i] * shape[i];
      sourceOffset -= sourceStrides[i] * shape[i];
      position[i] = 0;
    }
  }
}

void stridedCopy(size_t elementBytes, std::span<const int64_t> shape, void *target,
                 std::span<const int64_t> targetStrides, const void *source,
                 std::span<const int64_t> sourceStrides) {
  for (int64_t size : shape)
    if (size == 0)
      return;
  auto *to = static_cast<char *>(target);
  auto *from = static_cast<const char *>(source);
  switch (elementBytes) {
  case 1:
    return copyAll<1>(shape, to, targetStrides, from, sourceStrides);
  case 2:
    return copyAll<2>(shape, to, targetStrides, from, sourceStrides);
  case 4:
    return copyAll<4>(shape, to, targetStrides, from, sourceStrides);
  case 8:
    return copyAll<8>(shape, to, targetStrides, from, sourceStrides);
  }
}

} // namespace weft::rt
