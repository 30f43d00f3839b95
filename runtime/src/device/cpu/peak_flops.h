// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the processor can do at best, measured.
#ifndef WEFT_RUNTIME_DEVICE_CPU_PEAK_FLOPS_H
#define WEFT_RUNTIME_DEVICE_CPU_PEAK_FLOPS_H

#include "device/thread_pool.h"

namespace weft::rt {

// f32 operations per second of all threads of the pool together, each busy with independent fused
// multiply-adds (two operations each) in registers of the widest kind that the processor has: the
// fastest of several short stretches, about ten milliseconds in all. 0 where it is not known how.
double measurePeakFlops(ThreadPool &pool);

} // namespace weft::rt

#endif
