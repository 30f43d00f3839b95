// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Samples of unequal lengths: buckets, padding, derived masks, lengths that no bucket fits.
#include "ReaderTesting.h"
#include "data/sample_order.h"
#include "train/batch_feeder.h"

#include <algorithm>
#include <cstring>

using namespace weft::rt;
using namespace weft::rt::testing;

namespace {

// A ragged field of 32-bit integers.
DataField raggedField(const std::string &name, const std::vector<std::vector<int32_t>> &samples,
                      std::shared_ptr<const std::vector<uint64_t>> offsets) {
  DataField field;
  uint8_t *target = nullptr;
  field.name = name;
  field.file = "texts";
  if (name == "labels")
    field.kind = DataField::Kind::labels;
  field.array =
      Array::allocate(DataType::i32, {static_cast<int64_t>(offsets->back())}, &target).take();
  for (const std::vector<int32_t> &sample : samples) {
    std::memcpy(target, sample.data(), sample.size() * 4);
    target += sample.size() * 4;
  }
  field.offsets = std::move(offsets);
  return field;
}

std::shared_ptr<const std::vector<uint64_t>>
offsetsOf(const std::vector<std::vector<int32_t>> &samples) {
  auto offsets = std::make_shared<std::vector<uint64_t>>(1, 0);
  for (const std::vector<int32_t> &sample : samples)
    offsets->push_back(offsets->back() + sample.size());
  return offsets;
}

InputSpec tokens(const char *name, ElementType type, int64_t length) {
  InputSpec input;
  input.name = name;
  input.type = type;
  input.sampleShape = {length};
  return input;
}

// input_ids and attention_mask as i32, labels as i64 with -100 ignored, at lengths 2, 4 and 6.
std::vector<BucketSpec> tokenBuckets() {
  std::vector<BucketSpec> buckets;
  for (uint32_t i = 0; i < 3; ++i) {
    int64_t length = 6 - 2 * i; // the largest first: order does not matter
    BucketSpec bucket;
    bucket.index = i;
    bucket.inputs = {tokens("input_ids", ElementType::i32, length),
                     tokens("attention_mask", ElementType::i32, length),
                     tokens("labels", ElementType::i64, length)};
    bucket.inputs[0].high = 50;
    bucket.inputs[2].isLabel = true;
    bucket.inputs[2].high = 3;
    bucket.inputs[2].hasIgnoreIndex = true;
    bucket.inputs[2].ignoreIndex = -100;
    buckets.push_back(std::move(bucket));
  }
  return buckets;
}

Dataset tokenData(const std::vector<std::vector<int32_t>> &ids,
                  const std::vector<std::vector<int32_t>> &labels) {
  Dataset data;
  data.path = "texts";
  auto offsets = offsetsOf(ids);
  data.fields = {raggedField("input_ids", ids, offsets), raggedField("labels", labels, offsets)};
  data.fields[0].padding = 9;
  return data;
}

} // namespace

TEST(Sequence, padsToTheSmallestBucketThatFits) {
  Dataset data = tokenData({{1, 2}, {3, 4, 5}, {6}, {1, 2, 3, 4, 5, 6}},
                           {{0, 1}, {2, 1, 0}, {2}, {0, 0, 0, 0, 0, 1}});
  Result<BatchPlan> plan = BatchPlan::create(data, tokenBuckets());
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  EXPECT_TRUE(plan->hasLengths());
  EXPECT_EQ(plan->sampleLength(1), 3);
  EXPECT_EQ(plan->bucket(plan->largestBucket()).index, 0u);
  uint32_t shortOnes[] = {0, 2}, longer[] = {2, 1};
  EXPECT_EQ(plan->bucket(plan->bucketFor(shortOnes)).index, 2u);
  EXPECT_EQ(plan->bucket(plan->bucketFor(longer)).index, 1u);

  int32_t ids[8], mask[8];
  int64_t labels[8];
  void *targets[] = {ids, mask, labels};
  plan->fill({longer, plan->bucketFor(longer)}, targets);
  const int32_t wantedIds[] = {6, 9, 9, 9, 3, 4, 5, 9}, wantedMask[] = {1, 0, 0, 0, 1, 1, 1, 0};
  const int64_t wantedLabels[] = {2, -100, -100, -100, 2, 1, 0, -100};
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(ids[i], wantedIds[i]) << i;
    EXPECT_EQ(mask[i], wantedMask[i]) << i;
    EXPECT_EQ(labels[i], wantedLabels[i]) << i;
  }
}

TEST(Sequence, feedsBucketsBatchByBatch) {
  Dataset data = tokenData({{1, 2}, {3, 4, 5}, {6}, {7, 8}}, {{0, 1}, {2, 1, 0}, {2}, {0, 0}});
  BatchPlan plan = BatchPlan::create(data, tokenBuckets()).take();
  EXPECT_EQ(plan.bucket(plan.largestBucket()).index, 1u); // no batch needs six places
  for (FeedMode mode : {FeedMode::background, FeedMode::together}) {
    ThreadPool pool(2);
    auto feeder = BatchFeeder::create(plan, pool, 2, mode).take();
    feeder->start({0, 1, 2, 3}, 0);
    HostBatch batch = feeder->next();
    EXPECT_EQ(batch.bucket, 1u);
    EXPECT_EQ(static_cast<const int32_t *>(batch.inputs[0])[3], 9);
    EXPECT_EQ(static_cast<const int32_t *>(batch.inputs[0])[4], 3);
    batch = feeder->next();
    EXPECT_EQ(batch.bucket, 2u);
    EXPECT_EQ(static_cast<const int32_t *>(batch.inputs[0])[2], 7);
    EXPECT_EQ(feeder->next().rows, 0);
  }
}

TEST(Sequence, takesArraysOfOneLength) {
  Dataset data;
  uint8_t *target = nullptr;
  DataField ids, labels;
  ids.name = "input_ids";
  labels.name = "labels";
  labels.kind = DataField::Kind::labels;
  ids.array = Array::allocate(DataType::i64, {2, 3}, &target).take();
  target[0] = 7;
  labels.array = Array::allocate(DataType::i32, {2, 3}, &target).take();
  data.fields = {ids, labels};
  Result<BatchPlan> plan = BatchPlan::create(data, tokenBuckets());
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  EXPECT_EQ(plan->bucket(plan->largestBucket()).index, 1u);
  int32_t values[4], mask[4];
  int64_t classes[4];
  void *targets[] = {values, mask, classes};
  uint32_t first[] = {0};
  plan->fill({first, plan->largestBucket()}, targets);
  EXPECT_EQ(values[0], 7);
  EXPECT_EQ(mask[2], 1);
  EXPECT_EQ(mask[3], 0);
  EXPECT_EQ(classes[2], 0);
  EXPECT_EQ(classes[3], -100);
}

TEST(Sequence, refusesWhatDoesNotFit) {
  auto failure = [](const Dataset &data, std::vector<BucketSpec> buckets) {
    return BatchPlan::create(data, std::move(buckets)).status().message();
  };
  EXPECT_EQ(failure(tokenData({{1}, {1, 2, 3, 4, 5, 6, 7}}, {{0}, {0, 0, 0, 0, 0, 0, 0}}),
                    tokenBuckets()),
            "texts: input_ids, sample 1: expected a length of at most 6, the largest that the "
            "module was compiled for, found 7");
  EXPECT_EQ(failure(tokenData({{1}, {2, 50}}, {{0}, {0, 0}}), tokenBuckets()),
            "texts: input_ids, sample 1: expected a value of 0 to 49 for the input input_ids, "
            "found 50");
  EXPECT_EQ(failure(tokenData({{1}, {2, 4}}, {{-100}, {3, 0}}), tokenBuckets()),
            "texts: labels, sample 1: expected a value of 0 to 2 for the input labels, found 3");
  std::vector<BucketSpec> strict = tokenBuckets();
  for (BucketSpec &bucket : strict)
    bucket.inputs[2].hasIgnoreIndex = false;
  EXPECT_EQ(failure(tokenData({{1}}, {{0}}), strict),
            "texts: labels: a label for each place needs a model that ignores a value, which fills "
            "up shorter samples; the input labels has none");
  Dataset unequal = tokenData({{1}, {2, 4}}, {{0}, {0, 0}});
  unequal.fields[1] = raggedField("labels", {{0}, {1}}, offsetsOf({{0}, {1}}));
  EXPECT_EQ(failure(unequal, tokenBuckets()),
            "texts: labels, sample 1: expected the length of input_ids, 2, found 1");
}

TEST(Sequence, orderByLengthIsShuffledInBlocks) {
  std::vector<uint32_t> lengths(1000);
  for (uint32_t i = 0; i < 1000; ++i)
    lengths[i] = (i * 7919u) % 97;
  lengths[613] = 200;
  std::vector<uint32_t> order = groupedOrder(lengths, 4, 42, 0);
  EXPECT_EQ(order, groupedOrder(lengths, 4, 42, 0));
  EXPECT_NE(order, groupedOrder(lengths, 4, 42, 1));
  EXPECT_EQ(order[0], 613u); // the longest of all
  std::vector<bool> seen(1000, false);
  for (uint32_t sample : order)
    seen[sample] = true;
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 1000);
  // Blocks of 50 batches, longest first; the first of a block may have been exchanged.
  for (size_t i = 2; i < order.size(); ++i)
    if (i % 200 > 1)
      EXPECT_GE(lengths[order[i - 1]], lengths[order[i]]) << i;
  // Few samples: one block of one batch after the other.
  EXPECT_EQ(groupedOrder({3, 1, 2}, 2, 1, 0).size(), 3u);
  EXPECT_TRUE(groupedOrder({}, 2, 1, 0).empty());
  // A batch of more than there are, however many.
  EXPECT_EQ(groupedOrder(lengths, int64_t{1} << 62, 42, 0), groupedOrder(lengths, 1000, 42, 0));
  EXPECT_TRUE(groupedOrder({}, INT64_MAX, 1, 0).empty());
}
