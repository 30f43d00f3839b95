// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Placement of tensors by lifetime: no overlap while alive, memory shared otherwise.
#include "weft/Codegen/MemoryPlan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
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

// The same, tensor against tensor.
std::vector<int64_t> placeOneByOne(const std::vector<LifeTime> &tensors) {
  std::vector<size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return tensors[a].size > tensors[b].size; });
  std::vector<int64_t> offsets(tensors.size());
  std::vector<size_t> placed;
  for (size_t number : order) {
    const LifeTime &tensor = tensors[number];
    int64_t end = 0, best = -1, bestGap = std::numeric_limits<int64_t>::max();
    for (size_t other : placed) {
      if (tensors[other].first > tensor.last || tensor.first > tensors[other].last)
        continue;
      int64_t gap = offsets[other] - end;
      if (gap >= tensor.size && gap < bestGap)
        best = end, bestGap = gap;
      end = std::max(end, (offsets[other] + tensors[other].size + 63) / 64 * 64);
    }
    offsets[number] = best >= 0 ? best : end;
    auto place = std::upper_bound(placed.begin(), placed.end(), number,
                                  [&](size_t a, size_t b) { return offsets[a] < offsets[b]; });
    placed.insert(place, number);
  }
  return offsets;
}

TEST(MemoryPlan, PlacesWhereComparingAllTensorsWould) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    std::vector<LifeTime> tensors(random() % 60 + 1);
    unsigned longest = 1 + random() % 30, largest = 1 + random() % 1000;
    for (LifeTime &tensor : tensors) {
      tensor.size = 1 + random() % largest;
      tensor.first = random() % 40;
      tensor.last = tensor.first + random() % longest;
    }
    std::vector<int64_t> expected = placeOneByOne(tensors);
    planMemory(tensors, 64);
    for (size_t i = 0; i < tensors.size(); ++i)
      ASSERT_EQ(tensors[i].offset, expected[i]) << "tensor " << i << " of round " << round;
  }
}

// Values that wait for the backward pass: each lives within the life of the one before it.
TEST(MemoryPlan, LongLivesSideBySideAreCheap) {
  constexpr unsigned kLayers = 200000;
  std::vector<LifeTime> tensors;
  for (unsigned i = 0; i < kLayers; ++i)
    tensors.push_back({64, i, 2 * kLayers - i, 0});
  EXPECT_EQ(planMemory(tensors, 64), int64_t(kLayers) * 64);
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
