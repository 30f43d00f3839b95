// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pool: regions, barriers, host tasks, and the ways in which they meet.
#include "device/thread_pool.h"

#include "gtest/gtest.h"

#include <chrono>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace weft::rt;

namespace {
// Calls a lambda as a region.
template <typename Function>
void runOn(ThreadPool &pool, Function function) {
  pool.run(
      [](void *context, ThreadPool::Share share) { (*static_cast<Function *>(context))(share); },
      &function);
}
} // namespace

TEST(ThreadPool, CountsThreads) {
  EXPECT_EQ(ThreadPool(1).threadCount(), 1);
  EXPECT_EQ(ThreadPool(3).threadCount(), 3);
  EXPECT_GE(ThreadPool().threadCount(), 1);
}

#ifdef __has_feature
#define WEFT_HAS_TSAN __has_feature(thread_sanitizer)
#elif defined(__SANITIZE_THREAD__)
#define WEFT_HAS_TSAN 1
#endif
#if WEFT_HAS_TSAN
#define SKIP_FORKS() GTEST_SKIP() << "the thread sanitizer allows no threads after a fork"
#else
#define SKIP_FORKS()
#endif

namespace {
// The exit code of a child that runs `body`; a hang ends it by SIGALRM.
template <typename Body>
int exitCodeOfChild(Body body) {
  pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}
} // namespace

TEST(ThreadPool, WorksInAChildProcess) {
  SKIP_FORKS();
  for (int spin : {0, 1000}) {
    ThreadPool pool(3, spin);
    runOn(pool, [](ThreadPool::Share) {});
    auto child = [&] {
      // Some regions have fewer participants on a busy machine.
      int most = 0;
      for (int repeat = 0; repeat < 1000 && most < 3; ++repeat)
        runOn(pool, [&](ThreadPool::Share share) {
          pool.barrier(share);
          if (share.index == 0)
            most = std::max(most, share.count);
        });
      int result = 0;
      pool.wait(pool.enqueue([&] { result = 7; }));
      return most == 3 && result == 7 ? 0 : 1;
    };
    EXPECT_EQ(exitCodeOfChild(child), 0);
    // In a child of the child, too, and the parent's own goes on.
    EXPECT_EQ(exitCodeOfChild([&] { return child() + exitCodeOfChild(child); }), 0);
    EXPECT_EQ(child(), 0);
  }
}

TEST(ThreadPool, EndsInAChildProcess) {
  SKIP_FORKS();
  auto pool = std::make_unique<ThreadPool>(3);
  runOn(*pool, [](ThreadPool::Share) {});
  EXPECT_EQ(exitCodeOfChild([&] {
              pool.reset();
              ThreadPool other(2);
              runOn(other, [](ThreadPool::Share) {});
              return 0;
            }),
            0);
  EXPECT_EQ(pool->threadCount(), 3);
}

// Other threads are inside a region and a task when the process forks: neither goes on in the
// child, which waits for both.
TEST(ThreadPool, ForksAmidWork) {
  SKIP_FORKS();
  ThreadPool pool(2), background(2);
  std::atomic<bool> inside{false}, began{false}, release{false};
  std::thread other([&] {
    runOn(pool, [&](ThreadPool::Share) {
      inside = true;
      while (!release)
        std::this_thread::yield();
    });
  });
  int result = 0;
  auto task = background.enqueue([&] {
    began = true;
    while (!release)
      std::this_thread::yield();
    result = 5;
  });
  while (!inside || !began)
    std::this_thread::yield();
  EXPECT_EQ(exitCodeOfChild([&] {
              release = true;
              int calls = 0;
              runOn(pool, [&](ThreadPool::Share share) { calls += share.index == 0; });
              background.wait(task);
              return calls == 1 && result == 5 ? 0 : 1;
            }),
            0);
  release = true;
  other.join();
  background.wait(task);
  EXPECT_EQ(result, 5);
}

TEST(ThreadPool, GivesEachParticipantItsShare) {
  for (int threads : {1, 2, 4}) {
    ThreadPool pool(threads);
    std::vector<std::atomic<int>> calls(static_cast<size_t>(threads));
    for (int repeat = 0; repeat < 100; ++repeat)
      runOn(pool, [&](ThreadPool::Share share) {
        ++calls[static_cast<size_t>(share.index)];
        EXPECT_LT(share.index, share.count);
        EXPECT_LE(share.count, threads);
      });
    // On a busy machine some regions have fewer participants.
    EXPECT_EQ(calls.front(), 100);
    EXPECT_GT(calls.back(), 0);
  }
}

// Each phase reads what all participants wrote in the phase before, without atomics.
TEST(ThreadPool, BarrierOrdersPhases) {
  constexpr int threads = 4, phases = 200;
  ThreadPool pool(threads);
  std::vector<std::vector<int>> written(phases, std::vector<int>(threads));
  std::atomic<int> wrong{0};
  runOn(pool, [&](ThreadPool::Share share) {
    for (int phase = 0; phase < phases; ++phase) {
      if (phase > 0)
        for (int i = 0; i < share.count; ++i)
          wrong += written[phase - 1][i] != phase;
      written[phase][share.index] = phase + 1;
      pool.barrier(share);
    }
  });
  EXPECT_EQ(wrong, 0);
}

TEST(ThreadPool, WakesWorkersThatSleep) {
  ThreadPool pool(2, /*spinMicroseconds=*/0);
  std::atomic<int> calls{0};
  for (int repeat = 0; repeat < 40; ++repeat) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    runOn(pool, [&](ThreadPool::Share) { ++calls; });
  }
  EXPECT_GT(calls, 40);
}

// A worker that gets no processor time is left out of the next regions, then tried again. The
// caller notices while it waits; where it was not scheduled itself during the stall there was no
// wait, so the worker stalls again.
TEST(ThreadPool, LeavesOutAWorkerThatIsNotScheduled) {
  constexpr int maxStalls = 20;
  ThreadPool pool(2);
  int stalls = 0, alone = 0, together = 0;
  for (int repeat = 0; repeat < 200; ++repeat) {
    bool stall = alone == 0 && stalls < maxStalls;
    bool isStalled = false;
    runOn(pool, [&](ThreadPool::Share share) {
      if (share.index == 1 && stall) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        isStalled = true;
      } else if (share.index == 0) {
        (share.count == 1 ? alone : together) += 1;
      }
    });
    stalls += isStalled;
  }
  EXPECT_GE(stalls, 1);
  EXPECT_GE(alone, 8);
  EXPECT_GE(together, 2);
}

TEST(ThreadPool, RunsTasks) {
  for (int threads : {1, 2, 3}) {
    for (int spin : {0, 1000}) {
      ThreadPool pool(threads, spin);
      int results[50] = {};
      std::vector<std::shared_ptr<HostTask>> tasks;
      for (int i = 0; i < 50; ++i)
        tasks.push_back(pool.enqueue([&results, i] { results[i] = i + 1; }));
      for (auto &task : tasks)
        pool.wait(task);
      for (int i = 0; i < 50; ++i)
        EXPECT_EQ(results[i], i + 1);
    }
  }
}

TEST(ThreadPool, RunsATaskWithoutBeingWaitedFor) {
  ThreadPool pool(2, /*spinMicroseconds=*/0);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  auto task = pool.enqueue([] {});
  for (int i = 0; i < 2000 && !task->isFinished(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(task->isFinished());
}

TEST(ThreadPool, OneThreadRunsATaskWhenItIsWaitedFor) {
  ThreadPool pool(1);
  bool ran = false;
  auto task = pool.enqueue([&] { ran = true; });
  EXPECT_FALSE(ran);
  pool.wait(task);
  EXPECT_TRUE(ran);
}

// A worker inside a long task is left alone: the region goes on with fewer participants.
TEST(ThreadPool, RegionDoesNotWaitForALongTask) {
  ThreadPool pool(2);
  std::atomic<bool> started{false}, release{false};
  auto task = pool.enqueue([&] {
    started = true;
    while (!release)
      std::this_thread::yield();
  });
  while (!started)
    std::this_thread::yield();
  int participants = 0;
  runOn(pool, [&](ThreadPool::Share share) { participants = share.count; });
  EXPECT_EQ(participants, 1);
  release = true;
  pool.wait(task);
}

TEST(ThreadPool, RegionsOfSeveralThreadsRunOneAfterTheOther) {
  ThreadPool pool(2);
  int64_t sum = 0;
  auto caller = [&] {
    for (int i = 0; i < 200; ++i)
      runOn(pool, [&](ThreadPool::Share share) {
        if (share.index == 0)
          ++sum;
      });
  };
  std::thread first(caller), second(caller);
  first.join();
  second.join();
  EXPECT_EQ(sum, 400);
}

TEST(ThreadPool, RegionsAndTasksTogether) {
  ThreadPool pool(3, /*spinMicroseconds=*/20);
  std::atomic<int> tasksRun{0}, shares{0}, expected{0};
  std::vector<std::shared_ptr<HostTask>> tasks;
  for (int i = 0; i < 300; ++i) {
    tasks.push_back(pool.enqueue([&] { ++tasksRun; }));
    runOn(pool, [&](ThreadPool::Share share) {
      ++shares;
      if (share.index == 0)
        expected += share.count;
      pool.barrier(share);
    });
  }
  for (auto &task : tasks)
    pool.wait(task);
  EXPECT_EQ(tasksRun, 300);
  EXPECT_EQ(shares, expected);
}

TEST(ThreadPool, DropsQueuedTasksAtTheEnd) {
  std::atomic<int> ran{0};
  std::shared_ptr<HostTask> task;
  {
    ThreadPool pool(1);
    task = pool.enqueue([&] { ++ran; });
  }
  EXPECT_EQ(ran, 0);
  EXPECT_FALSE(task->isFinished());
}
