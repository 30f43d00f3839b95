// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pool. Each worker has one atomic state; whoever changes it by compare-exchange owns the
// worker:
//
//   idle ──► claimed ──► running ──► idle      a region (claimed and started by `run`)
//   idle ──► busy ──► idle                     a host task (the worker itself)
//   idle ──► asleep ──► claimed | idle         nothing came while it spun; the waker notifies
#include "device/thread_pool.h"

#include "device/processors.h"

#include <algorithm>
#include <chrono>
#include <pthread.h>
#include <sched.h>
#include <system_error>
#include <time.h>

namespace weft::rt {

namespace {
enum WorkerState : uint32_t { idle, claimed, running, busy, asleep, stopped };

// Spins, then lets other threads have the processor: with more threads than cores, spinning alone
// would wait for the end of a time slice.
class Backoff {
public:
  static constexpr int spinTurns = 4096;

  void pause() {
    if (++turns < spinTurns)
      relax();
    else
      ::sched_yield();
  }
  static void relax() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

private:
  int turns = 0;
};
} // namespace

// How long a region waits for a worker that is inside a host task: about one prepared batch.
static constexpr int64_t claimPatience = 20'000;
static constexpr int defaultSpinMicroseconds = 1000;

// When other programs want the processors, a worker may not be scheduled for milliseconds, or share
// a processor with the caller, and a step of a hundred microseconds waits for it at each barrier. A
// worker that got less than this part of the time of a region that waits so long is left out of the
// next regions: of 8, then of twice as many each time. (After that rest it also wakes where there
// is room.)
static constexpr double scheduledPart = 0.75;
static constexpr int64_t stallNanoseconds = 300'000;
static constexpr int firstAbsence = 8;
static constexpr int maxAbsence = 1024;
// So many regions without a stall, and the next one counts as the first again.
static constexpr int regionsToForgive = 256;

static int64_t now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct alignas(64) ThreadPool::Worker {
  std::atomic<uint32_t> state{idle};
  int share = 0;      // in the region; written while claimed
  int64_t leftAt = 0; // when the last region ended; read after the region
  std::thread thread;

  // Known to the caller of `run` only.
  int64_t sampledTime = -1; // processor time at the last sample; -1: was not inside the region
  int absence = 0;          // length of the last absence, in regions
  int regionsToMiss = 0;
  int regionsTaken = 0; // since the last absence

  int64_t processorTime() {
    clockid_t clock;
    timespec time;
    if (::pthread_getcpuclockid(thread.native_handle(), &clock) != 0 ||
        ::clock_gettime(clock, &time) != 0)
      return -1;
    return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  }
  void leaveOut() {
    absence = std::clamp(absence * 2, firstAbsence, maxAbsence);
    regionsToMiss = absence;
    regionsTaken = 0;
  }
  bool mayTakePart() {
    if (regionsToMiss > 0) {
      --regionsToMiss;
      return false;
    }
    if (++regionsTaken == regionsToForgive)
      absence = 0;
    return true;
  }
};

// --- Forks
// -----------------------------------------------------------------------------------------

// How many forks led to this process: of a pool that was made before the last of them only the
// memory is here, not its threads.
static std::atomic<uint32_t> forks{0};
static std::mutex adoption;

[[maybe_unused]] static const int forkHandler = ::pthread_atfork(nullptr, nullptr, [] {
  std::construct_at(&adoption); // another thread may have held it
  forks.fetch_add(1);
});

void ThreadPool::adopt() {
  std::lock_guard lock(adoption);
  if (process.load(std::memory_order_acquire) == forks.load())
    return;
  forgetThreads();
  startThreads();
  process.store(forks.load(), std::memory_order_release);
}

// Whatever another thread may have been changing during the fork is made anew, not destroyed.
void ThreadPool::forgetThreads() {
  std::construct_at(&runMutex);
  std::construct_at(&taskMutex);
  std::construct_at(&tasks);
  for (auto &worker : workers) {
    std::construct_at(&worker->thread);
    worker->state = idle;
    worker->regionsToMiss = worker->absence = 0;
  }
  remaining = arrived = queuedTasks = 0;
  sampled = false;
}

HostTask::HostTask(std::function<void()> function)
    : function(std::move(function)), process(forks.load()) {}

bool HostTask::tryRun() {
  uint32_t found = queued;
  if (!state.compare_exchange_strong(found, started, std::memory_order_acquire)) {
    // What a thread of the parent process was running during a fork has no end here: once more.
    uint32_t made = process.load(), here = forks.load();
    if (found != started || made == here || !process.compare_exchange_strong(made, here))
      return false;
  }
  function();
  state.store(finished, std::memory_order_release);
  state.notify_all();
  function = nullptr;
  return true;
}

// --- The pool
// -----------------------------------------------------------------------------------------

ThreadPool::ThreadPool(int threads, int spinMicroseconds)
    : spinNanoseconds(1000 *
                      int64_t{spinMicroseconds < 0 ? defaultSpinMicroseconds : spinMicroseconds}),
      process(forks.load()) {
  if (threads <= 0) {
    Result<int> count = defaultThreadCount();
    threads = count.ok() ? *count : 1;
  }
  for (int i = 1; i < threads && i < maxThreads; ++i)
    workers.push_back(std::make_unique<Worker>());
  startThreads();
}

void ThreadPool::startThreads() {
  for (size_t i = 0; i < workers.size(); ++i) {
    Worker &worker = *workers[i];
    try {
      worker.thread = std::thread([this, &worker] { workerLoop(worker); });
    } catch (const std::system_error &) {
      // No more threads may be made: the pool is as large as it could become.
      workers.resize(i);
    }
  }
}

ThreadPool::~ThreadPool() {
  if (process.load() != forks.load()) {
    forgetThreads();
    return;
  }
  std::lock_guard lock(runMutex);
  for (auto &worker : workers) {
    Backoff backoff;
    uint32_t expected = idle;
    while (!worker->state.compare_exchange_weak(expected, stopped)) {
      if (expected != asleep)
        expected = idle;
      backoff.pause();
    }
    worker->state.notify_one();
  }
  for (auto &worker : workers)
    worker->thread.join();
}

void ThreadPool::workerLoop(Worker &worker) {
  int64_t idleSince = now();
  for (unsigned turn = 0;; ++turn) {
    uint32_t state = worker.state.load(std::memory_order_acquire);
    if (state == stopped)
      return;
    if (state == running) {
      region(context, Share{worker.share, participants});
      idleSince = worker.leftAt = now();
      worker.state.store(idle, std::memory_order_release);
      remaining.fetch_sub(1, std::memory_order_release);
    } else if (state == idle && queuedTasks.load(std::memory_order_relaxed) > 0) {
      uint32_t expected = idle;
      if (!worker.state.compare_exchange_strong(expected, busy))
        continue;
      while (runQueuedTask()) {
      }
      worker.state.store(idle, std::memory_order_release);
      idleSince = now();
    } else if (state == idle && turn % 64 == 0 && now() - idleSince > spinNanoseconds) {
      uint32_t expected = idle;
      if (worker.state.compare_exchange_strong(expected, asleep)) {
        sleep(worker);
        idleSince = now();
      }
    } else {
      Backoff::relax();
    }
  }
}

void ThreadPool::sleep(Worker &worker) {
  // Whoever queued a task just before this worker went to sleep saw it idle and woke nobody.
  uint32_t expected = asleep;
  if (queuedTasks.load() > 0)
    worker.state.compare_exchange_strong(expected, idle);
  worker.state.wait(asleep);
}

void ThreadPool::adoptIfForked() {
  if (process.load(std::memory_order_acquire) != forks.load(std::memory_order_relaxed))
    adopt();
}

bool ThreadPool::claim(Worker &worker, int64_t deadline) {
  while (true) {
    uint32_t state = worker.state.load(std::memory_order_relaxed);
    if (state == idle || state == asleep) {
      if (worker.state.compare_exchange_weak(state, claimed, std::memory_order_acquire)) {
        if (state == asleep)
          worker.state.notify_one();
        return true;
      }
    } else if (now() > deadline) {
      return false;
    }
    Backoff::relax();
  }
}

int ThreadPool::claimWorkers() {
  int64_t deadline = now() + claimPatience;
  int count = 0;
  for (auto &worker : workers)
    worker->share = worker->mayTakePart() && claim(*worker, deadline) ? ++count : 0;
  return count;
}

void ThreadPool::run(Region body, void *bodyContext) {
  adoptIfForked();
  std::lock_guard lock(runMutex);
  int helpers = workers.empty() ? 0 : claimWorkers();
  region = body;
  context = bodyContext;
  participants = helpers + 1;
  remaining.store(helpers, std::memory_order_relaxed);
  for (auto &worker : workers)
    if (worker->share > 0)
      worker->state.store(running, std::memory_order_release);
  body(bodyContext, Share{0, participants});
  waitForWorkers([this] { return remaining.load(std::memory_order_acquire) == 0; });
  if (sampled)
    leaveOutStalledWorkers();
}

template <typename Condition>
void ThreadPool::waitForWorkers(Condition isMet) {
  Backoff backoff;
  for (int turn = 0; turn < Backoff::spinTurns; ++turn) {
    if (isMet())
      return;
    backoff.pause();
  }
  if (!sampled)
    sampleWorkers();
  while (!isMet())
    backoff.pause();
}

void ThreadPool::sampleWorkers() {
  sampled = true;
  sampleTime = now();
  for (auto &worker : workers) {
    bool isInside = worker->share > 0 && worker->state.load(std::memory_order_relaxed) == running;
    worker->sampledTime = isInside ? worker->processorTime() : -1;
  }
}

void ThreadPool::leaveOutStalledWorkers() {
  sampled = false;
  for (auto &worker : workers) {
    int64_t elapsed = worker->leftAt - sampleTime;
    if (worker->sampledTime < 0 || elapsed < stallNanoseconds)
      continue;
    int64_t used = worker->processorTime() - worker->sampledTime;
    if (static_cast<double>(used) < scheduledPart * static_cast<double>(elapsed))
      worker->leaveOut();
  }
}

void ThreadPool::barrier(Share share) {
  if (share.count == 1)
    return;
  uint32_t current = phase.load(std::memory_order_relaxed);
  if (arrived.fetch_add(1, std::memory_order_acq_rel) == share.count - 1) {
    arrived.store(0, std::memory_order_relaxed);
    phase.store(current + 1, std::memory_order_release);
    return;
  }
  auto isPassed = [&] { return phase.load(std::memory_order_acquire) != current; };
  if (share.index == 0)
    return waitForWorkers(isPassed);
  Backoff backoff;
  while (!isPassed())
    backoff.pause();
}

std::shared_ptr<HostTask> ThreadPool::enqueue(std::function<void()> function) {
  adoptIfForked();
  auto task = std::make_shared<HostTask>(std::move(function));
  if (workers.empty())
    return task;
  {
    std::lock_guard lock(taskMutex);
    tasks.push_back(task);
    queuedTasks.fetch_add(1);
  }
  wakeForTask();
  return task;
}

void ThreadPool::wakeForTask() {
  for (auto &worker : workers) {
    uint32_t expected = asleep;
    if (worker->state.compare_exchange_strong(expected, idle)) {
      worker->state.notify_one();
      return;
    }
  }
}

std::shared_ptr<HostTask> ThreadPool::popTask() {
  std::lock_guard lock(taskMutex);
  if (tasks.empty())
    return nullptr;
  std::shared_ptr<HostTask> task = std::move(tasks.front());
  tasks.pop_front();
  queuedTasks.fetch_sub(1);
  return task;
}

bool ThreadPool::runQueuedTask() {
  std::shared_ptr<HostTask> task = popTask();
  if (task)
    task->tryRun();
  return task != nullptr;
}

void ThreadPool::wait(const std::shared_ptr<HostTask> &task) {
  if (task->tryRun())
    return;
  Backoff backoff;
  for (int turn = 0; turn < Backoff::spinTurns && !task->isFinished(); ++turn)
    backoff.pause();
  while (!task->isFinished())
    task->state.wait(HostTask::started, std::memory_order_acquire);
}

} // namespace weft::rt
