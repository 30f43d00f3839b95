// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the runtime reports failure: a code (absl's numbers, as in the C API) and a message that
// gains context as it climbs. No exception leaves a function of the runtime, and no input aborts
// it.
#ifndef WEFT_RUNTIME_BASE_STATUS_H
#define WEFT_RUNTIME_BASE_STATUS_H

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weft::rt {

enum class StatusCode : int {
  ok = 0,
  cancelled = 1,
  unknown = 2,
  invalidArgument = 3,
  deadlineExceeded = 4,
  notFound = 5,
  alreadyExists = 6,
  permissionDenied = 7,
  resourceExhausted = 8,
  failedPrecondition = 9,
  aborted = 10,
  outOfRange = 11,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  dataLoss = 15,
  unauthenticated = 16,
};

// A success costs one null pointer.
class [[nodiscard]] Status {
public:
  Status() = default;
  Status(StatusCode code, std::string message)
      : state(std::make_unique<State>(State{code, std::move(message)})) {}
  Status(const Status &other)
      : state(other.state ? std::make_unique<State>(*other.state) : nullptr) {}
  Status(Status &&) = default;
  Status &operator=(Status other) {
    state = std::move(other.state);
    return *this;
  }

  bool ok() const { return !state; }
  StatusCode code() const { return state ? state->code : StatusCode::ok; }
  // Empty for a success.
  const std::string &message() const;
  // The same failure with `context` and ": " in front of its message; a success stays one.
  Status withContext(const std::string &context) &&;

private:
  struct State {
    StatusCode code;
    std::string message;
  };
  std::unique_ptr<State> state;
};

// Text that a terminal shows as it stands: bytes that are not UTF-8 become \xNN; control characters
// and marks that break lines or turn the direction of writing become \xNN or \uNNNN. `keepLines`:
// line feeds and tabulators stay.
std::string printable(std::string_view text, bool keepLines = false);

// printf-style constructors for the codes in use. Their messages are printable, whatever names of
// files, tensors and labels they hold.
[[gnu::format(printf, 1, 2)]] Status invalidArgument(const char *format, ...);
[[gnu::format(printf, 1, 2)]] Status notFound(const char *format, ...);
[[gnu::format(printf, 1, 2)]] Status dataLoss(const char *format, ...);
[[gnu::format(printf, 1, 2)]] Status failedPrecondition(const char *format, ...);
[[gnu::format(printf, 1, 2)]] Status outOfRange(const char *format, ...);
[[gnu::format(printf, 1, 2)]] Status resourceExhausted(const char *format, ...);
[[gnu::format(printf, 1, 2)]] Status unimplemented(const char *format, ...);
[[gnu::format(printf, 1, 2)]] Status unavailable(const char *format, ...);
[[gnu::format(printf, 1, 2)]] Status internalError(const char *format, ...);
[[gnu::format(printf, 1, 2)]] Status cancelled(const char *format, ...);
// An operating-system call failed: the message ends with errno's text, the code follows from errno
// (ENOENT notFound, ENOSPC resourceExhausted, EACCES permissionDenied, else unavailable).
[[gnu::format(printf, 1, 2)]] Status fromErrno(const char *format, ...);

// A value or the reason why there is none.
template <typename T>
class [[nodiscard]] Result {
public:
  Result(T value) : stored(std::move(value)) {}
  Result(Status status) : failure(std::move(status)) {}

  bool ok() const { return stored.has_value(); }
  const Status &status() const { return failure; }
  Status takeStatus() { return std::move(failure); }
  T &operator*() { return *stored; }
  const T &operator*() const { return *stored; }
  T *operator->() { return &*stored; }
  const T *operator->() const { return &*stored; }
  T take() { return std::move(*stored); }

private:
  std::optional<T> stored;
  Status failure;
};

} // namespace weft::rt

#define WEFT_CONCAT_INNER(a, b) a##b
#define WEFT_CONCAT(a, b) WEFT_CONCAT_INNER(a, b)

// Leaves the function with the failure, if there is one.
#define WEFT_RETURN_IF_ERROR(expression)                                                           \
  do {                                                                                             \
    if (::weft::rt::Status weftStatus = (expression); !weftStatus.ok())                            \
      return weftStatus;                                                                           \
  } while (false)

// Declares `variable` as the value of a Result, or leaves the function with its failure.
#define WEFT_ASSIGN_OR_RETURN(variable, expression)                                                \
  auto WEFT_CONCAT(weftResult, __LINE__) = (expression);                                           \
  if (!WEFT_CONCAT(weftResult, __LINE__).ok())                                                     \
    return WEFT_CONCAT(weftResult, __LINE__).takeStatus();                                         \
  variable = WEFT_CONCAT(weftResult, __LINE__).take()

#endif
