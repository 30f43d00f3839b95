// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Transposition of a square block that is held in vector registers.
#include "ContractionEmitter.h"

using namespace mlir;

namespace weft::cpu {
namespace {

/// Both halves of an exchange between two vectors, in units of `unit` lanes: in each 128-bit lane
/// the lower (upper) units of the two, alternating. This is UNPCKL (UNPCKH), or ZIP1 (ZIP2).
std::pair<SmallVector<int64_t>, SmallVector<int64_t>> unpackMasks(int64_t lanes, int64_t perLane,
                                                                  int64_t unit) {
  SmallVector<int64_t> low, high;
  for (int64_t lane = 0; lane < lanes; lane += perLane)
    for (int64_t i = 0; i < perLane / 2; i += unit)
      for (int64_t source : {int64_t(0), lanes})
        for (int64_t u = 0; u < unit; ++u) {
          low.push_back(source + lane + i + u);
          high.push_back(source + lane + perLane / 2 + i + u);
        }
  return {low, high};
}

/// Exchange of the blocks off the diagonal, blocks of `size` lanes.
std::pair<SmallVector<int64_t>, SmallVector<int64_t>> exchangeMasks(int64_t lanes, int64_t size) {
  SmallVector<int64_t> low, high;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    bool upper = lane & size;
    low.push_back(upper ? lanes + (lane ^ size) : lane);
    high.push_back(upper ? lanes + lane : (lane ^ size));
  }
  return {low, high};
}

} // namespace

SmallVector<Value> transposeSquare(OpBuilder &builder, Location loc, ArrayRef<Value> rows) {
  auto type = cast<VectorType>(rows.front().getType());
  int64_t lanes = type.getDimSize(0);
  int64_t perLane = 128 / type.getElementTypeBitWidth();
  SmallVector<Value> result(rows);
  auto exchange = [&](int64_t i, int64_t j, auto &masks) {
    Value low = vector::ShuffleOp::create(builder, loc, result[i], result[j], masks.first);
    Value high = vector::ShuffleOp::create(builder, loc, result[i], result[j], masks.second);
    result[i] = low;
    result[j] = high;
  };

  // Within 128-bit lanes: interleave ever larger units. With perLane = 4, rows a b c d become
  // a0b0a1b1 a2b2a3b3 c0d0c1d1 c2d2c3d3, then a0b0c0d0 a1b1c1d1 a2b2c2d2 a3b3c3d3.
  if (lanes % perLane == 0) {
    auto single = unpackMasks(lanes, perLane, 1);
    for (int64_t row = 0; row < lanes; row += 2)
      exchange(row, row + 1, single);
    if (perLane == 4) {
      auto pairs = unpackMasks(lanes, perLane, 2);
      for (int64_t row = 0; row < lanes; row += 4) {
        exchange(row, row + 2, pairs);
        exchange(row + 1, row + 3, pairs);
        // Now in the order 0 2 1 3 of the columns.
        std::swap(result[row + 1], result[row + 2]);
      }
    }
  }
  for (int64_t size = std::min(perLane, lanes); size < lanes; size *= 2) {
    auto masks = exchangeMasks(lanes, size);
    for (int64_t row = 0; row < lanes; ++row)
      if (!(row & size))
        exchange(row, row | size, masks);
  }
  return result;
}

} // namespace weft::cpu
