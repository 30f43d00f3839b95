// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes of tensors and tile counts.
#include "module/sizes.h"

#include "base/element_type.h"

namespace weft::rt {

std::optional<Linear> tensorBytes(const flatbuffers::Vector<const schema::Dimension *> &shape,
                                  schema::ElementType type) {
  Linear bytes{static_cast<int64_t>(elementSize(static_cast<ElementType>(type))), 0};
  for (flatbuffers::uoffset_t i = 0; i < shape.size(); ++i) {
    Linear size{shape.Get(i)->fixed(), shape.Get(i)->per_row()};
    bool isDynamic = size.perRow != 0;
    if (!size.isAllowed() || (isDynamic && (i != 0 || size.fixed != 0)))
      return std::nullopt;
    if (isDynamic)
      bytes = {0, bytes.fixed * size.perRow};
    else if (__builtin_mul_overflow(bytes.fixed, size.fixed, &bytes.fixed) ||
             __builtin_mul_overflow(bytes.perRow, size.fixed, &bytes.perRow))
      return std::nullopt;
    if (!bytes.isAllowed())
      return std::nullopt;
  }
  return bytes;
}

std::optional<int64_t> tileCount(const schema::Kernel &kernel, int64_t rows) {
  constexpr int64_t maxTiles = int64_t{1} << 53; // exact as a double
  int64_t total = 0;
  for (const schema::TileCount *part : *kernel.tiles()) {
    int64_t extent = linear(part->extent()).at(rows);
    int64_t blocks = extent / part->tile() + (extent % part->tile() != 0);
    int64_t tiles;
    if (__builtin_mul_overflow(blocks, part->times(), &tiles) || tiles > maxTiles - total)
      return std::nullopt;
    total += tiles;
  }
  return total;
}

} // namespace weft::rt
