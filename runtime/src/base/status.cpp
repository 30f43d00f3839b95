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
    state->message = printable(context) + ": " + state->message;
  return std::move(*this);
}

// The code point that `text` begins with, and its bytes; 0 bytes where it is not UTF-8.
static std::pair<uint32_t, size_t> firstCharacter(std::string_view text) {
  auto first = static_cast<uint8_t>(text[0]);
  size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  uint32_t code = length == 1 ? first : first & (0x7Fu >> length);
  if (length > text.size() || (first >= 0x80 && first < 0xC2) || first > 0xF4)
    return {first, 0};
  for (size_t i = 1; i < length; ++i) {
    if ((text[i] & 0xC0) != 0x80)
      return {first, 0};
    code = code << 6 | (text[i] & 0x3F);
  }
  // Neither longer than needed nor half of a surrogate pair.
  bool valid = length < 3 || (length == 3 ? code >= 0x800 && (code < 0xD800 || code > 0xDFFF)
                                          : code >= 0x10000 && code <= 0x10FFFF);
  return {valid ? code : first, valid ? length : 0};
}

std::string printable(std::string_view text, bool keepLines) {
  std::string result;
  while (!text.empty()) {
    auto [code, length] = firstCharacter(text);
    bool isControl = code < 0x20 || (code >= 0x7F && code < 0xA0) ||
                     (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    if (keepLines && (code == '\n' || code == '\t'))
      isControl = false;
    if (length > 0 && !isControl) {
      result += text.substr(0, length);
    } else {
      char escape[12];
      std::snprintf(escape, sizeof(escape), length > 1 ? "\\u%04x" : "\\x%02x", code);
      result += escape;
    }
    text.remove_prefix(length > 0 ? length : 1);
  }
  return result;
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
  return printable(text);
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
