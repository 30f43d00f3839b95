// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Workers that spin for a while before they sleep, so that a step of a hundred microseconds does
// not pay for waking threads. Parallel regions take every idle worker; host tasks (preparing the
// next batch) use workers between and beside regions.
#ifndef WEFT_RUNTIME_DEVICE_THREAD_POOL_H
#define WEFT_RUNTIME_DEVICE_THREAD_POOL_H

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace weft::rt {

// A function queued with ThreadPool::enqueue.
class HostTask {
public:
  explicit HostTask(std::function<void()> function);
  bool isFinished() const { return state.load(std::memory_order_acquire) == finished; }

private:
  friend class ThreadPool;
  enum : uint32_t { queued, started, finished };
  // Runs the function if nobody has begun to.
  bool tryRun();

  std::function<void()> function;
  std::atomic<uint32_t> state{queued};
  std::atomic<uint32_t> process; // where it was queued, or run last
};

// After a fork, the pool of the parent process works in the child too: its first region or task
// makes new threads. A task that was being run during the fork is run once more by `wait`.
class ThreadPool {
public:
  // A region's place in a call of `run`: participant `index` of `count`.
  struct Share {
    int index;
    int count;
  };
  using Region = void (*)(void *context, Share share);

  // `threads` counts the caller of `run`, who is participant 0; 0 means defaultThreadCount(), or 1
  // if that fails. At most maxThreads.
  explicit ThreadPool(int threads = 0, int spinMicroseconds = -1);
  // Finishes the region and the tasks that have begun; queued tasks are dropped unfinished.
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;

  int threadCount() const { return static_cast<int>(workers.size()) + 1; }

  // Calls `region` once per participant, all at the same time, and returns when all have returned.
  // A worker that the operating system keeps from running is left out of the next regions.
  // A worker inside a host task takes part if it finishes soon; else the region has fewer
  // participants, so its result must not depend on their number. Thread-safe: calls run one after
  // the other. Not to be called from inside a region or a host task.
  void run(Region region, void *context);

  // Waits, inside a region, until all its participants have come here.
  void barrier(Share share);

  // Queues a function for an idle worker. Thread-safe. It must not throw.
  std::shared_ptr<HostTask> enqueue(std::function<void()> function);
  // Returns when the task has finished; runs it here if no worker has begun it (always so in a pool
  // of one thread).
  void wait(const std::shared_ptr<HostTask> &task);

private:
  struct Worker;

  void startThreads();
  void forgetThreads();
  void adoptIfForked();
  void adopt();
  void workerLoop(Worker &worker);
  void sleep(Worker &worker);
  int claimWorkers();
  bool claim(Worker &worker, int64_t deadline);
  template <typename Condition>
  void waitForWorkers(Condition isMet);
  void sampleWorkers();
  void leaveOutStalledWorkers();
  void wakeForTask();
  bool runQueuedTask();
  std::shared_ptr<HostTask> popTask();

  std::vector<std::unique_ptr<Worker>> workers;
  const int64_t spinNanoseconds;
  std::atomic<uint32_t> process; // whose threads these are
  std::mutex runMutex;
  // The region that is running; written by `run` before it starts the workers that it claimed.
  Region region = nullptr;
  void *context = nullptr;
  int participants = 0;
  // Set when the caller of `run` begins to wait long for its workers, whose processor times it
  // notes.
  bool sampled = false;
  int64_t sampleTime = 0;
  alignas(64) std::atomic<int> remaining{0};  // workers still inside the region
  alignas(64) std::atomic<int> arrived{0};    // participants that have come to the barrier
  alignas(64) std::atomic<uint32_t> phase{0}; // barriers passed
  alignas(64) std::atomic<int> queuedTasks{0};
  std::mutex taskMutex;
  std::deque<std::shared_ptr<HostTask>> tasks;
};

} // namespace weft::rt

#endif
