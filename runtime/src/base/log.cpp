// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The log hook of the process.
#include "base/log.h"
#include "base/status.h"

#include <cstdarg>
#include <cstdio>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <vector>

namespace weft::rt {

namespace {
struct Hook {
  std::mutex mutex;
  LogFunction function = nullptr;
  void *self = nullptr;
};
} // namespace

static Hook &hook() {
  static Hook instance;
  return instance;
}

// In the child of a fork, no other thread is inside the hook.
[[maybe_unused]] static const int forkHandler =
    ::pthread_atfork(nullptr, nullptr, [] { std::construct_at(&hook().mutex); });

void setLogHook(LogFunction function, void *self) {
  std::lock_guard lock(hook().mutex);
  hook().function = function;
  hook().self = self;
}

void log(LogSeverity severity, const char *format, ...) {
  va_list arguments, copy;
  va_start(arguments, format);
  va_copy(copy, arguments);
  int size = std::vsnprintf(nullptr, 0, format, copy);
  va_end(copy);
  std::vector<char> message(size > 0 ? static_cast<size_t>(size) + 1 : 1);
  if (size > 0)
    std::vsnprintf(message.data(), message.size(), format, arguments);
  va_end(arguments);
  std::string text = printable(message.data(), /*keepLines=*/true);

  std::lock_guard lock(hook().mutex);
  if (hook().function)
    hook().function(hook().self, static_cast<int>(severity), text.c_str());
  else if (severity >= LogSeverity::warning)
    std::fprintf(stderr, "weft: %s: %s\n", severity == LogSeverity::error ? "error" : "warning",
                 text.c_str());
}

} // namespace weft::rt
