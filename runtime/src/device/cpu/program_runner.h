// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One worker's share of a command list. Between two barriers the tiles of all commands stand in one
// line, each as long as its cost, and every worker takes an equal stretch of that line. Tiles are
// independent and each is computed by exactly one worker, so results do not depend on the split.
#ifndef WEFT_RUNTIME_DEVICE_CPU_PROGRAM_RUNNER_H
#define WEFT_RUNTIME_DEVICE_CPU_PROGRAM_RUNNER_H

#include "device/device.h"
#include "device/thread_pool.h"
#include "schema/kernel_abi.h"

namespace weft::rt {

class CpuExecutable : public DeviceExecutable {
public:
  std::vector<weft_kernel_t> kernels;
  // One scratch block for each worker, as large as the greediest kernel wants.
  std::vector<AlignedBuffer> scratch;
};

// Calls the kernels for share `share` of `list`; called by all participants of a region at once.
void runShare(ThreadPool &pool, const CpuExecutable &executable, const CommandList &list,
              ThreadPool::Share share);

} // namespace weft::rt

#endif
