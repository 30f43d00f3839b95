// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Double buffering over the pool's host tasks.
#include "train/batch_feeder.h"

#include <algorithm>

namespace weft::rt {

Result<std::unique_ptr<BatchFeeder>> BatchFeeder::create(const BatchPlan &plan, ThreadPool &pool,
                                                         int64_t batchSize) {
  std::unique_ptr<BatchFeeder> feeder(
      new BatchFeeder(plan, pool, std::min(batchSize, plan.samples())));
  for (Slot &slot : feeder->slots)
    for (const InputSpec &input : plan.inputs()) {
      size_t bytes = static_cast<size_t>(feeder->batchSize) * input.sampleBytes();
      WEFT_ASSIGN_OR_RETURN(AlignedBuffer memory,
                            AlignedBuffer::create(std::max<size_t>(bytes, 1)));
      slot.targets.push_back(memory.data());
      slot.inputs.push_back(memory.data());
      slot.memory.push_back(std::move(memory));
    }
  return feeder;
}

void BatchFeeder::finishPending() {
  if (pending)
    pool.wait(pending);
  pending.reset();
}

void BatchFeeder::prefetch() {
  Slot &slot = slots[filling];
  auto samples = static_cast<int64_t>(order.size());
  int64_t begin = std::min(samples, nextBatch * batchSize);
  slot.rows = std::min(batchSize, samples - begin);
  ++nextBatch;
  if (slot.rows == 0)
    return;
  std::span<const uint32_t> chosen(order.data() + begin, static_cast<size_t>(slot.rows));
  pending = pool.enqueue([this, &slot, chosen] { plan.fill(chosen, slot.targets); });
}

void BatchFeeder::start(std::vector<uint32_t> newOrder, int64_t firstBatch) {
  finishPending();
  order = std::move(newOrder);
  nextBatch = firstBatch;
  prefetch();
}

HostBatch BatchFeeder::next() {
  finishPending();
  Slot &ready = slots[filling];
  if (ready.rows > 0) {
    filling ^= 1;
    prefetch();
  }
  return HostBatch{ready.rows, ready.inputs};
}

} // namespace weft::rt
