// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many threads may run at once in this process.
#ifndef WEFT_RUNTIME_DEVICE_PROCESSORS_H
#define WEFT_RUNTIME_DEVICE_PROCESSORS_H

#include "base/status.h"

namespace weft::rt {

constexpr int maxThreads = 1024;

// The processors of the affinity mask, but no more than the time that the control groups of this
// process allow, rounded down: threads beyond it would wait for each other. At least 1.
int availableProcessors();

// WEFT_NUM_THREADS, unless it is unset or empty: then availableProcessors(). Fails if it is not an
// integer of 1 to maxThreads.
Result<int> defaultThreadCount();

// How many processors the quotas of the groups named in `groups` (text as in /proc/self/cgroup) and
// of all groups around them allow; infinity where there is none. `root`: where the groups are
// mounted.
double processorQuota(const std::string &groups, const std::string &root);

} // namespace weft::rt

#endif
