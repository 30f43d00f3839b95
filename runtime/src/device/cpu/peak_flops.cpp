// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Multiply-adds that nothing but their own number holds up. More sums than the units have stages
// in flight, so that no sum waits for itself.
#include "device/cpu/peak_flops.h"

#include "device/cpu/cpu_features.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weft::rt {

namespace {

constexpr int sums = 12;
constexpr int64_t rounds = 1 << 17;
constexpr int stretches = 24;

// A way to compute, and the operations of one round of it.
struct Method {
  void (*compute)(int64_t rounds);
  double flops;
};

#if defined(__x86_64__)
// The empty instructions keep each sum in a register, and its value unknown to the compiler. All
// sums approach 1.
[[gnu::target("avx512f")]] void multiplyAdd512(int64_t count) {
  __m512 half = _mm512_set1_ps(0.5f), sum[sums];
  for (__m512 &value : sum)
    value = half;
  for (; count > 0; --count)
#pragma GCC unroll 12
    for (int i = 0; i < sums; ++i) {
      sum[i] = _mm512_fmadd_ps(sum[i], half, half);
      asm volatile("" : "+v"(sum[i]));
    }
}

[[gnu::target("avx2,fma")]] void multiplyAdd256(int64_t count) {
  __m256 half = _mm256_set1_ps(0.5f), sum[sums];
  for (__m256 &value : sum)
    value = half;
  for (; count > 0; --count)
#pragma GCC unroll 12
    for (int i = 0; i < sums; ++i) {
      sum[i] = _mm256_fmadd_ps(sum[i], half, half);
      asm volatile("" : "+x"(sum[i]));
    }
}

// SSE2 multiplies and adds in two instructions.
void multiplyAdd128(int64_t count) {
  __m128 half = _mm_set1_ps(0.5f), sum[sums];
  for (__m128 &value : sum)
    value = half;
  for (; count > 0; --count)
#pragma GCC unroll 12
    for (int i = 0; i < sums; ++i) {
      sum[i] = _mm_add_ps(_mm_mul_ps(sum[i], half), half);
      asm volatile("" : "+x"(sum[i]));
    }
}
#endif

Method widestMethod() {
#if defined(__x86_64__)
  if (hasCpuFeature("avx512f"))
    return {multiplyAdd512, 2.0 * 16 * sums};
  if (hasCpuFeature("avx2") && hasCpuFeature("fma"))
    return {multiplyAdd256, 2.0 * 8 * sums};
  return {multiplyAdd128, 2.0 * 4 * sums};
#else
  return {nullptr, 0};
#endif
}

struct Measurement {
  ThreadPool &pool;
  Method method;
  double best = 0; // of one thread while all are busy; written by participant 0
};

void measure(void *context, ThreadPool::Share share) {
  using Clock = std::chrono::steady_clock;
  auto &measurement = *static_cast<Measurement *>(context);
  for (int i = 0; i < stretches; ++i) {
    measurement.pool.barrier(share);
    Clock::time_point begin = Clock::now();
    measurement.method.compute(rounds);
    measurement.pool.barrier(share);
    std::chrono::duration<double> seconds = Clock::now() - begin;
    if (share.index == 0)
      measurement.best =
          std::max(measurement.best,
                   measurement.method.flops * static_cast<double>(rounds) / seconds.count());
  }
}

} // namespace

double measurePeakFlops(ThreadPool &pool) {
  Measurement measurement{pool, widestMethod()};
  if (!measurement.method.compute)
    return 0;
  pool.run(measure, &measurement);
  return measurement.best * pool.threadCount();
}

} // namespace weft::rt
