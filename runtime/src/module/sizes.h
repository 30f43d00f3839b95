// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes that are linear in the batch, and the limits within which their arithmetic cannot overflow.
#ifndef WEFT_RUNTIME_MODULE_SIZES_H
#define WEFT_RUNTIME_MODULE_SIZES_H

#include "schema/module_generated.h"

#include <cstdint>
#include <optional>

namespace weft::rt {

// With these, fixed + rows * perRow stays below 2^63 for every allowed batch.
inline constexpr int64_t maxRows = int64_t{1} << 26;
inline constexpr int64_t maxBytesPerRow = int64_t{1} << 36;
inline constexpr int64_t maxFixedBytes = int64_t{1} << 46;
inline constexpr uint64_t maxScratchBytes = uint64_t{1} << 30;
inline constexpr size_t maxRank = 16;

struct Linear {
  int64_t fixed = 0;
  int64_t perRow = 0;

  int64_t at(int64_t rows) const { return fixed + rows * perRow; }
  bool isAllowed() const {
    return fixed >= 0 && perRow >= 0 && fixed <= maxFixedBytes && perRow <= maxBytesPerRow;
  }
  // True if this is no larger than `other` at every batch of at least one row.
  bool fitsIn(const Linear &other) const { return perRow <= other.perRow && at(1) <= other.at(1); }
  friend bool operator==(const Linear &, const Linear &) = default;
};

inline Linear linear(const schema::LinearSize &size) { return {size.fixed(), size.per_row()}; }

// The bytes of a tensor of this shape; none if a dimension is not allowed or they are too many.
// Only dimension 0 may depend on the rows.
std::optional<Linear> tensorBytes(const flatbuffers::Vector<const schema::Dimension *> &shape,
                                  schema::ElementType type);

// The tiles of one dispatch of a kernel; none if they are more than 2^53.
std::optional<int64_t> tileCount(const schema::Kernel &kernel, int64_t rows);

} // namespace weft::rt

#endif
