// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and writing over POSIX calls.
#include "weft/Models/Files.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace weft::models {

static Error errorOfSystem(int number = errno) {
  return errorCodeToError(std::error_code(number, std::generic_category()));
}

static const char *kindName(mode_t mode) {
  return S_ISDIR(mode)    ? "a folder"
         : S_ISFIFO(mode) ? "a pipe"
         : S_ISSOCK(mode) ? "a socket"
                          : "a device";
}

static Error wrongKind(mode_t mode) {
  return createStringError("expected a file, got %s", kindName(mode));
}

static Expected<std::unique_ptr<MemoryBuffer>> readOpenFile(int file, StringRef path,
                                                            uint64_t limit) {
  struct stat status;
  if (::fstat(file, &status) != 0)
    return errorOfSystem();
  if (!S_ISREG(status.st_mode))
    return wrongKind(status.st_mode);
  auto size = static_cast<uint64_t>(status.st_size);
  if (size > limit)
    return createStringError("expected at most %llu bytes, got %llu",
                             static_cast<unsigned long long>(limit),
                             static_cast<unsigned long long>(size));
  // Volatile: read, not mapped, so that nothing changes what was read.
  return errorOrToExpected(MemoryBuffer::getOpenFile(
      file, path, size, /*RequiresNullTerminator=*/true, /*IsVolatile=*/true));
}

Expected<std::unique_ptr<MemoryBuffer>> readInputFile(StringRef path, uint64_t limit) {
  std::string name = path.str();
  // Opening a pipe without O_NONBLOCK waits for a writer.
  int file = ::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file < 0) {
    int error = errno;
    struct stat status;
    if (error == ENXIO && ::stat(name.c_str(), &status) == 0)
      return wrongKind(status.st_mode);
    return errorOfSystem(error);
  }
  scope_exit closed([&] { ::close(file); });
  return readOpenFile(file, path, limit);
}

/// What was printed to a stream, or why it did not get there.
static Error printTo(raw_fd_ostream &stream, function_ref<void(raw_ostream &)> print) {
  print(stream);
  stream.flush();
  std::error_code code = stream.error();
  stream.clear_error();
  return errorCodeToError(code);
}

static Error writeSpecial(const std::string &path, mode_t mode,
                          function_ref<void(raw_ostream &)> print) {
  if (!S_ISFIFO(mode) && !S_ISCHR(mode))
    return wrongKind(mode);
  // A pipe that nobody reads would be waited for.
  int file = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file < 0)
    return errno == ENXIO && S_ISFIFO(mode)
               ? createStringError("expected a pipe that somebody reads, got one that nobody does")
               : errorOfSystem();
  ::fcntl(file, F_SETFL, ::fcntl(file, F_GETFL) & ~O_NONBLOCK);
  raw_fd_ostream stream(file, /*shouldClose=*/true);
  return printTo(stream, print);
}

/// Under a name that nobody can guess, then renamed. `old` is what is replaced, if anything is.
static Error replaceFile(StringRef path, const struct stat *old,
                         function_ref<void(raw_ostream &)> print) {
  SmallString<256> model = sys::path::parent_path(path), temporary;
  sys::path::append(model, ".weft-tmp-%%%%%%%%%%%%%%%%");
  int file = -1;
  if (std::error_code code = sys::fs::createUniqueFile(model, file, temporary, sys::fs::OF_None,
                                                       sys::fs::all_read | sys::fs::all_write))
    return errorCodeToError(code);
  sys::RemoveFileOnSignal(temporary);
  raw_fd_ostream stream(file, /*shouldClose=*/true);
  Error error = printTo(stream, print);
  if (!error && old && ::fchmod(file, old->st_mode & 0777) != 0)
    error = errorOfSystem();
  if (!error && ::fsync(file) != 0)
    error = errorOfSystem();
  if (!error)
    error = errorCodeToError(sys::fs::rename(temporary, path));
  if (error)
    sys::fs::remove(temporary);
  sys::DontRemoveFileOnSignal(temporary);
  return error;
}

Error writeOutputFile(StringRef path, function_ref<void(raw_ostream &)> print) {
  if (path == "-")
    return printTo(outs(), print);
  std::string name = path.str();
  struct stat status;
  if (::lstat(name.c_str(), &status) != 0)
    return errno == ENOENT ? replaceFile(path, nullptr, print) : errorOfSystem();
  bool isLink = S_ISLNK(status.st_mode);
  if (isLink && ::stat(name.c_str(), &status) != 0)
    return errorOfSystem();
  if (!S_ISREG(status.st_mode))
    return writeSpecial(name, status.st_mode, print);
  SmallString<256> target = path;
  if (isLink)
    if (std::error_code code = sys::fs::real_path(path, target))
      return errorCodeToError(code);
  // A file that is protected against writing is not replaced either.
  if (::faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0)
    return errorOfSystem();
  return replaceFile(target, &status, print);
}

} // namespace weft::models
