// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Copies between arrays of one shape and different strides: logical and physical layouts of a
// variable, DLPack tensors.
#ifndef WEFT_RUNTIME_BASE_STRIDED_COPY_H
#define WEFT_RUNTIME_BASE_STRIDED_COPY_H

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weft::rt {

// Strides, in elements, of a dense row-major array.
std::vector<int64_t> rowMajorStrides(std::span<const int64_t> shape);

// Strides of the logical dimensions of an array that is stored dense with physical dimension i
// being logical dimension layout[i]; an empty layout is the identity.
std::vector<int64_t> stridesOfLayout(std::span<const int64_t> shape,
                                     std::span<const int32_t> layout);

// Copies all elements. `elementBytes` is 1, 2, 4 or 8; strides are in elements and may be anything
// that stays inside the arrays.
void stridedCopy(size_t elementBytes, std::span<const int64_t> shape, void *target,
                 std::span<const int64_t> targetStrides, const void *source,
                 std::span<const int64_t> sourceStrides);

} // namespace weft::rt

#endif
