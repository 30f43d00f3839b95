// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Placement of tensors by lifetime: no overlap while alive, memory shared otherwise.
#include "weft/Codegen/MemoryPlan.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

using weft::LifeTime;
using weft::planMemory;

namespace {

TEST(MemoryPlan, SharesMemoryOfTensorsThatNeverMeet) {
  std::vector<LifeTime> tensors = {{100, 0, 1, 0}, {100, 2, 3, 0}};
  EXPECT_EQ(planMemory(tensors, 64), 128);
  EXPECT_EQ(tensors[0].offset, 0);
  EXPECT_EQ(tensors[1].offset, 0);
}

TEST(MemoryPlan, KeepsApartWhatLivesAtOnce) {
  std::vector<LifeTime> tensors = {{64, 0, 1, 0}, {64, 1, 2, 0}, {64, 2, 3, 0}};
  EXPECT_EQ(planMemory(tensors, 64), 128);
  EXPECT_NE(tensors[0].offset, tensors[1].offset);
  EXPECT_NE(tensors[1].offset, tensors[2].offset);
}

TEST(MemoryPlan, FillsTheSmallestGapThatHolds) {
  // After the two long-lived ones are placed, a gap of 256 bytes is free in between while step 1
  // runs.
  std::vector<LifeTime> tensors = {{512, 0, 9, 0}, {256, 0, 0, 0}, {192, 0, 9, 0}, {128, 1, 1, 0}};
  EXPECT_EQ(planMemory(tensors, 64), 512 + 256 + 192);
  EXPECT_EQ(tensors[3].offset, 512);
}

TEST(MemoryPlan, NeverOverlapsOnRandomLifeTimes) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<LifeTime> tensors(random() % 30 + 1);
    for (LifeTime &tensor : tensors) {
      tensor.size = random() % 1000;
      tensor.first = random() % 10;
      tensor.last = tensor.first + random() % 5;
    }
    int64_t bytes = planMemory(tensors, 64);
    for (const LifeTime &a : tensors) {
      EXPECT_EQ(a.offset % 64, 0);
      EXPECT_LE(a.offset + a.size, bytes);
      for (const LifeTime &b : tensors) {
        bool isAlive = a.first <= b.last && b.first <= a.last;
        bool overlaps = a.offset < b.offset + b.size && b.offset < a.offset + a.size;
        EXPECT_FALSE(&a != &b && isAlive && overlaps && a.size && b.size);
      }
    }
  }
}

} // namespace
