// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Batches in order, the smaller last one, from any place on, in both ways of making them.
#include "ReaderTesting.h"
#include "train/batch_feeder.h"

#include <numeric>

using namespace weft::rt;
using namespace weft::rt::testing;

namespace {

// Samples of `width` bytes, each filled with the sample's number.
BatchPlan numberedPlan(int64_t samples, int64_t width) {
  Dataset data;
  DataField field;
  uint8_t *target = nullptr;
  field.name = "x";
  field.array = Array::allocate(DataType::u8, {samples, width}, &target).take();
  for (int64_t i = 0; i < samples * width; ++i)
    target[i] = static_cast<uint8_t>(i / width);
  data.fields.push_back(field);
  InputSpec input;
  input.name = "x";
  input.sampleShape = {width};
  return BatchPlan::create(data, {input}).take();
}

// The first value of each row of each batch; checks that a row is all the same.
std::vector<std::vector<int>> collect(BatchFeeder &feeder, int64_t width) {
  std::vector<std::vector<int>> batches;
  for (HostBatch batch = feeder.next(); batch.rows > 0; batch = feeder.next()) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(batch.inputs[0]) % 64, 0u);
    batches.emplace_back();
    const auto *values = static_cast<const float *>(batch.inputs[0]);
    for (int64_t row = 0; row < batch.rows; ++row) {
      for (int64_t k = 1; k < width; ++k)
        EXPECT_EQ(values[row * width + k], values[row * width]);
      batches.back().push_back(static_cast<int>(values[row * width]));
    }
  }
  return batches;
}

class BatchFeeding : public ::testing::TestWithParam<FeedMode> {};

} // namespace

TEST_P(BatchFeeding, keepsTheOrder) {
  for (int64_t width : {3, 5000}) { // made by one thread, and by several
    ThreadPool pool(3);
    BatchPlan plan = numberedPlan(10, width);
    auto feeder = BatchFeeder::create(plan, pool, 4, GetParam()).take();
    feeder->start({9, 8, 7, 6, 5, 4, 3, 2, 1, 0}, 0);
    EXPECT_EQ(collect(*feeder, width),
              (std::vector<std::vector<int>>{{9, 8, 7, 6}, {5, 4, 3, 2}, {1, 0}}));
    // From a batch in the middle, as a run that is resumed; and after an end.
    feeder->start({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 1);
    EXPECT_EQ(collect(*feeder, width), (std::vector<std::vector<int>>{{4, 5, 6, 7}, {8, 9}}));
    // Dropped with a batch under way.
    feeder->start({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 0);
    EXPECT_EQ(feeder->next().rows, 4);
  }
}

TEST_P(BatchFeeding, takesBatchesLargerThanTheData) {
  ThreadPool pool(2);
  BatchPlan plan = numberedPlan(3, 2);
  auto feeder = BatchFeeder::create(plan, pool, 1000000000, GetParam()).take();
  feeder->start({0, 1, 2}, 0);
  EXPECT_EQ(collect(*feeder, 2), (std::vector<std::vector<int>>{{0, 1, 2}}));
}

INSTANTIATE_TEST_SUITE_P(Modes, BatchFeeding,
                         ::testing::Values(FeedMode::automatic, FeedMode::background,
                                           FeedMode::together));
