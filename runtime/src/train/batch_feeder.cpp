// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Double buffering, and batches made in parallel.
#include "train/batch_feeder.h"
#include "device/processors.h"

#include <algorithm>

namespace weft::rt {

// Smaller batches are made by the caller alone: waking others takes longer.
static constexpr size_t smallBatchBytes = size_t{1} << 15;

Result<std::unique_ptr<BatchFeeder>> BatchFeeder::create(const BatchPlan &plan, ThreadPool &pool,
                                                         int64_t batchSize, FeedMode mode) {
  return createFixed(plan, pool, std::min(batchSize, plan.samples()), mode);
}

Result<std::unique_ptr<BatchFeeder>> BatchFeeder::createFixed(const BatchPlan &plan,
                                                              ThreadPool &pool, int64_t batchSize,
                                                              FeedMode mode) {
  std::unique_ptr<BatchFeeder> feeder(new BatchFeeder(plan, pool, batchSize));
  size_t bytes = 0;
  for (Slot &slot : feeder->slots)
    for (const InputSpec &input : plan.inputs()) { // those of the largest bucket in use
      size_t size = static_cast<size_t>(feeder->batchSize) * input.sampleBytes();
      WEFT_ASSIGN_OR_RETURN(AlignedBuffer memory, AlignedBuffer::create(std::max<size_t>(size, 1)));
      slot.targets.push_back(memory.data());
      slot.inputs.push_back(memory.data());
      slot.memory.push_back(std::move(memory));
      bytes += size;
    }
  bool spareCore = bytes / 2 > smallBatchBytes && availableProcessors() > pool.threadCount();
  if (mode == FeedMode::background || (mode == FeedMode::automatic && spareCore))
    feeder->background = std::make_unique<ThreadPool>(2, /*spinMicroseconds=*/0);
  return feeder;
}

void BatchFeeder::finishPending() {
  if (pending)
    background->wait(pending);
  pending.reset();
}

void BatchFeeder::chooseSamples(Slot &slot) {
  auto samples = static_cast<int64_t>(order.size());
  int64_t begin = std::min(samples, nextBatch * batchSize);
  slot.content.samples = std::span<const uint32_t>(
      order.data() + begin, static_cast<size_t>(std::min(batchSize, samples - begin)));
  slot.content.epoch = epoch;
  slot.content.bucket = plan.bucketFor(slot.content.samples);
  ++nextBatch;
}

void BatchFeeder::fillTogether(Slot &slot) {
  size_t bytes = 0;
  for (const InputSpec &input : plan.bucket(slot.content.bucket).inputs)
    bytes += slot.content.samples.size() * input.sampleBytes();
  if (bytes <= smallBatchBytes)
    return plan.fill(slot.content, slot.targets);
  struct Context {
    const BatchPlan &plan;
    Slot &slot;
  } context{plan, slot};
  pool.run(
      [](void *given, ThreadPool::Share share) {
        auto &[plan, slot] = *static_cast<Context *>(given);
        size_t count = slot.content.samples.size(), parts = static_cast<size_t>(share.count);
        size_t begin = count * static_cast<size_t>(share.index) / parts;
        size_t end = count * (static_cast<size_t>(share.index) + 1) / parts;
        BatchContent part = slot.content;
        part.samples = part.samples.subspan(begin, end - begin);
        plan.fill(part, slot.targets, static_cast<int64_t>(begin));
      },
      &context);
}

void BatchFeeder::prefetch() {
  Slot &slot = slots[filling];
  chooseSamples(slot);
  if (!slot.content.samples.empty())
    pending = background->enqueue([this, &slot] { plan.fill(slot.content, slot.targets); });
}

void BatchFeeder::start(std::vector<uint32_t> newOrder, int64_t firstBatch, int64_t newEpoch) {
  finishPending();
  order = std::move(newOrder);
  nextBatch = firstBatch;
  epoch = newEpoch;
  if (background)
    prefetch();
}

HostBatch BatchFeeder::next() {
  Slot &slot = slots[filling];
  if (background) {
    finishPending();
    if (!slot.content.samples.empty()) {
      filling ^= 1;
      prefetch();
    }
  } else {
    chooseSamples(slot);
    if (!slot.content.samples.empty())
      fillTogether(slot);
  }
  return HostBatch{static_cast<int64_t>(slot.content.samples.size()), slot.inputs,
                   plan.bucket(slot.content.bucket).index, slot.content.samples};
}

} // namespace weft::rt
