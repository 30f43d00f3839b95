// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random words against the known answers of Random123 (its file kat_vectors), and the places of
// elements.
#include "dialects/Weft/Philox.h"
#include "gtest/gtest.h"

using namespace weft;

namespace {

TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox(0, {0, 0, 0, 0}), (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox(~uint64_t{0}, {~0u, ~0u, ~0u, ~0u}),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox(0x299f31d0a4093822, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, WordIsALaneOfTheCountersBlock) {
  PhiloxBlock block = philox(11, {/*id=*/3, /*step=*/7, /*row=*/5, /*column / 4=*/2});
  for (uint64_t lane = 0; lane < 4; ++lane)
    EXPECT_EQ(getRandomWord(11, 3, 7, {5, 8 + lane}), block[lane]);
}

void expectPlace(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape, uint64_t row,
                 uint64_t column) {
  RandomPlace place = getRandomPlace(index, shape, /*sampleOffset=*/100);
  EXPECT_EQ(place.row, row);
  EXPECT_EQ(place.column, column);
}

TEST(Philox, Places) {
  expectPlace({}, {}, 100, 0);
  expectPlace({2}, {4}, 102, 0);
  expectPlace({2, 9}, {4, 16}, 102, 9);
  expectPlace({2, 3, 9}, {4, 5, 16}, 102, 3 * 65536 + 9);
  expectPlace({2, 1, 3, 9}, {4, 6, 5, 16}, 102 * 6 + 1, 3 * 65536 + 9);
}

TEST(Philox, Thresholds) {
  EXPECT_EQ(getDropThreshold(0), 0u);
  EXPECT_EQ(getDropThreshold(0.5), 0x80000000u);
  EXPECT_EQ(getDropThreshold(0.9999999999999999), 0xffffffffu);
}

} // namespace
