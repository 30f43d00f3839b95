// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Notices for a person (a fallback taken, a name ignored). They go to the log hook of the
// application, or, for warnings and errors, to stderr while there is none.
#ifndef WEFT_RUNTIME_BASE_LOG_H
#define WEFT_RUNTIME_BASE_LOG_H

namespace weft::rt {

enum class LogSeverity : int { debug = 0, info = 1, warning = 2, error = 3 };

// `message` is UTF-8 without a newline, valid during the call. Called from any thread, one at a
// time.
using LogFunction = void (*)(void *self, int severity, const char *message);

// Replaces the hook of the process; null restores stderr. Thread-safe.
void setLogHook(LogFunction function, void *self);

[[gnu::format(printf, 2, 3)]] void log(LogSeverity severity, const char *format, ...);

} // namespace weft::rt

#endif
