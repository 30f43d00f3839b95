// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Affinity masks, and the CPU bandwidth of control groups, version 1 and 2.
#include "device/processors.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sched.h>
#include <thread>

namespace weft::rt {

// Of a small file; empty if it cannot be read.
static std::string contentOf(const std::string &path) {
  char text[4096];
  size_t size = 0;
  if (FILE *file = std::fopen(path.c_str(), "re")) {
    size = std::fread(text, 1, sizeof(text), file);
    std::fclose(file);
  }
  return std::string(text, size);
}

static double quotaOfGroup(const std::string &folder) {
  std::string both = contentOf(folder + "/cpu.max"); // "50000 100000" or "max 100000"
  if (both.empty())
    both = contentOf(folder + "/cpu.cfs_quota_us") + " " + contentOf(folder + "/cpu.cfs_period_us");
  char *end = nullptr;
  double quota = std::strtod(both.c_str(), &end), period = std::strtod(end, nullptr);
  return quota > 0 && period > 0 ? quota / period : HUGE_VAL;
}

double processorQuota(const std::string &groups, const std::string &root) {
  double least = HUGE_VAL;
  for (size_t begin = 0; begin < groups.size();) {
    size_t end = std::min(groups.find('\n', begin), groups.size());
    std::string line = groups.substr(begin, end - begin); // "4:cpu,cpuacct:/a/b" or "0::/a/b"
    begin = end + 1;
    size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos)
      continue;
    std::string controllers = line.substr(first + 1, second - first - 1);
    bool isSecond = controllers.empty();
    if (!isSecond && ("," + controllers + ",").find(",cpu,") == std::string::npos)
      continue;
    std::string mount = isSecond ? root : root + "/" + controllers, path = line.substr(second + 1);
    // A container may see its own group as the root: what is not there says nothing.
    while (true) {
      least = std::min(least, quotaOfGroup(mount + path));
      if (!isSecond)
        least = std::min(least, quotaOfGroup(root + "/cpu" + path));
      if (path.empty())
        break;
      path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
    }
  }
  return least;
}

int availableProcessors() {
  int count = static_cast<int>(std::thread::hardware_concurrency());
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof(set), &set) == 0)
    count = CPU_COUNT(&set);
  double quota = processorQuota(contentOf("/proc/self/cgroup"), "/sys/fs/cgroup");
  if (quota < count)
    count = static_cast<int>(quota);
  return std::clamp(count, 1, maxThreads);
}

Result<int> defaultThreadCount() {
  const char *text = std::getenv("WEFT_NUM_THREADS");
  if (!text || !*text)
    return availableProcessors();
  char *end = nullptr;
  errno = 0;
  long count = std::strtol(text, &end, 10);
  if (errno != 0 || end == text || *end != '\0' || count < 1 || count > maxThreads)
    return invalidArgument("WEFT_NUM_THREADS: expected an integer of 1 to %d, found '%.60s'",
                           maxThreads, text);
  return static_cast<int>(count);
}

} // namespace weft::rt
