// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Batches one after the other. Where the process has a core that the model does not use, a thread
// of its own makes the next batch while the model runs on this one. Where the model's workers have
// all cores, they make each batch together: taking one of them away from a step would cost more
// than it saves.
#ifndef WEFT_RUNTIME_TRAIN_BATCH_FEEDER_H
#define WEFT_RUNTIME_TRAIN_BATCH_FEEDER_H

#include "base/allocator.h"
#include "data/batch_plan.h"
#include "device/thread_pool.h"
#include "train/step_engine.h"

namespace weft::rt {

enum class FeedMode {
  automatic,  // by the number of cores
  background, // the next batch on a thread of its own
  together    // each batch by all workers of the pool
};

// Two sets of buffers: one that the caller reads, one that is being filled. Not thread-safe. `plan`
// and `pool` must outlive it.
class BatchFeeder {
public:
  static Result<std::unique_ptr<BatchFeeder>> create(const BatchPlan &plan, ThreadPool &pool,
                                                     int64_t batchSize,
                                                     FeedMode mode = FeedMode::automatic);
  // Full batches from orders that repeat samples, where there are fewer than a batch, too.
  static Result<std::unique_ptr<BatchFeeder>> createFixed(const BatchPlan &plan, ThreadPool &pool,
                                                          int64_t batchSize, FeedMode mode);
  ~BatchFeeder() { finishPending(); }

  // Batches of `batchSize` samples in this order from number `firstBatch` on, the last one smaller
  // if the samples do not divide.
  // `epoch` is that of the masks.
  void start(std::vector<uint32_t> order, int64_t firstBatch, int64_t epoch = 0);
  // The next batch, valid until the call after this one; rows is 0 after the last. Memory is
  // aligned to 64 bytes.
  HostBatch next();

  static int64_t batchCount(int64_t samples, int64_t batchSize) {
    return samples / batchSize + (samples % batchSize != 0);
  }

private:
  struct Slot {
    std::vector<AlignedBuffer> memory;
    std::vector<void *> targets;
    std::vector<const void *> inputs;
    BatchContent content;
  };
  BatchFeeder(const BatchPlan &plan, ThreadPool &pool, int64_t batchSize)
      : plan(plan), pool(pool), batchSize(batchSize) {}
  void chooseSamples(Slot &slot);
  void fillTogether(Slot &slot);
  void prefetch();
  void finishPending();

  const BatchPlan &plan;
  ThreadPool &pool;
  int64_t batchSize;
  std::unique_ptr<ThreadPool> background; // of one worker; null: together
  std::vector<uint32_t> order;
  int64_t nextBatch = 0; // that has not been chosen yet
  int64_t epoch = 0;
  Slot slots[2];
  int filling = 0;
  std::shared_ptr<HostTask> pending;
};

} // namespace weft::rt

#endif
