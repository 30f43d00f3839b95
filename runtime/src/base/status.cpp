// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The status constructors.
#include "base/status.h"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace weft::rt {

const std::string &Status::message() const {
  static const std::string none;
  return state ? state->message : none;
}

Status Status::withContext(const std::string &context) && {
  if (state)
    state->message = context + ": " + state->message;
  return std::move(*this);
}

static std::string formatMessage(const char *format, va_list arguments) {
  va_list copy;
  va_copy(copy, arguments);
  int size = std::vsnprintf(nullptr, 0, format, copy);
  va_end(copy);
  if (size < 0)
    return format;
  std::string text(static_cast<size_t>(size), '\0');
  std::vsnprintf(text.data(), text.size() + 1, format, arguments);
  return text;
}

// One definition per code: a format string and its arguments become the message.
#define WEFT_DEFINE_STATUS(name, code)                                                             \
  Status name(const char *format, ...) {                                                           \
    va_list arguments;                                                                             \
    va_start(arguments, format);                                                                   \
    Status status(code, formatMessage(format, arguments));                                         \
    va_end(arguments);                                                                             \
    return status;                                                                                 \
  }

WEFT_DEFINE_STATUS(invalidArgument, StatusCode::invalidArgument)
WEFT_DEFINE_STATUS(notFound, StatusCode::notFound)
WEFT_DEFINE_STATUS(dataLoss, StatusCode::dataLoss)
WEFT_DEFINE_STATUS(failedPrecondition, StatusCode::failedPrecondition)
WEFT_DEFINE_STATUS(outOfRange, StatusCode::outOfRange)
WEFT_DEFINE_STATUS(resourceExhausted, StatusCode::resourceExhausted)
WEFT_DEFINE_STATUS(unimplemented, StatusCode::unimplemented)
WEFT_DEFINE_STATUS(unavailable, StatusCode::unavailable)
WEFT_DEFINE_STATUS(internalError, StatusCode::internal)
WEFT_DEFINE_STATUS(cancelled, StatusCode::cancelled)

static StatusCode codeFromErrno(int error) {
  switch (error) {
  case ENOENT:
    return StatusCode::notFound;
  case EACCES:
  case EPERM:
    return StatusCode::permissionDenied;
  case ENOSPC:
  case ENOMEM:
  case EDQUOT:
  case EFBIG:
  case EMFILE:
    return StatusCode::resourceExhausted;
  case EEXIST:
    return StatusCode::alreadyExists;
  default:
    return StatusCode::unavailable;
  }
}

Status fromErrno(const char *format, ...) {
  int error = errno;
  va_list arguments;
  va_start(arguments, format);
  std::string message = formatMessage(format, arguments);
  va_end(arguments);
  return Status(codeFromErrno(error), message + ": " + std::strerror(error));
}

} // namespace weft::rt
