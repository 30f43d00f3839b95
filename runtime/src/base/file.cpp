// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files and folders over POSIX calls.
#include "base/file.h"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weft::rt {

static int openRetrying(const char *path, int flags, mode_t mode = 0) {
  int descriptor;
  do
    descriptor = ::open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
  while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

const char *fileKind(uint32_t mode) {
  return S_ISDIR(mode)    ? "a folder"
         : S_ISFIFO(mode) ? "a pipe"
         : S_ISSOCK(mode) ? "a socket"
         : S_ISLNK(mode)  ? "a link"
                          : "a device";
}

Descriptor::~Descriptor() {
  if (number >= 0)
    ::close(number);
}

// --- Reading
// --------------------------------------------------------------------------------------

Result<InputFile> InputFile::open(const std::string &path) {
  InputFile input;
  input.name = path;
  // Opening a pipe without O_NONBLOCK waits for a writer.
  input.file = Descriptor(openRetrying(path.c_str(), O_RDONLY | O_NONBLOCK));
  struct stat status;
  if (!input.file) {
    // A socket has no other way to say what it is.
    if (errno == ENXIO && ::stat(path.c_str(), &status) == 0)
      return invalidArgument("%s: expected a file, found %s", path.c_str(),
                             fileKind(status.st_mode));
    return fromErrno("cannot open '%s'", path.c_str());
  }
  if (::fstat(input.file.get(), &status) != 0)
    return fromErrno("cannot read the size of '%s'", path.c_str());
  if (!S_ISREG(status.st_mode))
    return invalidArgument("%s: expected a file, found %s", path.c_str(), fileKind(status.st_mode));
  input.byteCount = static_cast<uint64_t>(status.st_size);
  input.permissions = status.st_mode & 0777;
  return input;
}

Result<size_t> InputFile::readSome(uint64_t offset, void *target, size_t size) const {
  ssize_t count;
  do
    count = ::pread(file.get(), target, size, static_cast<off_t>(offset));
  while (count < 0 && errno == EINTR);
  if (count < 0)
    return fromErrno("cannot read '%s'", name.c_str());
  return static_cast<size_t>(count);
}

Status InputFile::read(uint64_t offset, void *target, size_t size) const {
  auto *next = static_cast<char *>(target);
  while (size > 0) {
    WEFT_ASSIGN_OR_RETURN(size_t count, readSome(offset, next, size));
    if (count == 0)
      return dataLoss("%s: the file became shorter while it was read", name.c_str());
    next += count;
    offset += count;
    size -= count;
  }
  return {};
}

// To the end rather than to the size, which files of the system itself do not know.
Result<std::string> InputFile::readAll(size_t limit) const {
  std::string contents;
  if (byteCount <= limit)
    contents.reserve(byteCount + (size_t{1} << 12));
  for (bool atEnd = byteCount > limit; !atEnd && contents.size() <= limit;) {
    size_t before = contents.size();
    contents.resize(before + (before < byteCount ? byteCount - before : size_t{1} << 12));
    WEFT_ASSIGN_OR_RETURN(size_t count,
                          readSome(before, contents.data() + before, contents.size() - before));
    contents.resize(before + count);
    atEnd = count == 0;
  }
  if (byteCount > limit || contents.size() > limit)
    return resourceExhausted("'%s' is longer than %zu bytes", name.c_str(), limit);
  return contents;
}

Result<std::string> readFile(const std::string &path, size_t limit) {
  WEFT_ASSIGN_OR_RETURN(InputFile file, InputFile::open(path));
  return file.readAll(limit);
}

// --- Writing
// --------------------------------------------------------------------------------------

static constexpr const char *temporaryPrefix = "/.weft-tmp-";

std::string temporaryName(const std::string &folder) {
  uint64_t random = 0;
  if (::getrandom(&random, sizeof(random), 0) != sizeof(random))
    random = static_cast<uint64_t>(::getpid()) * 0x9E3779B97F4A7C15u;
  char text[17];
  std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(random));
  return folder + temporaryPrefix + std::to_string(::getpid()) + "-" + text;
}

Status lockFile(int descriptor) {
  int result;
  do
    result = ::flock(descriptor, LOCK_EX | LOCK_NB);
  while (result != 0 && errno == EINTR);
  if (result == 0)
    return {};
  return errno == EWOULDBLOCK ? unavailable("another process holds it")
                              : unimplemented("the file system has no locks");
}

bool isAbandoned(const std::string &path) {
  Descriptor file(openRetrying(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW));
  if (!file)
    return false;
  Status lock = lockFile(file.get());
  if (lock.ok() || lock.code() == StatusCode::unavailable)
    return lock.ok();
  // Without locks, the process of the name has to be gone.
  size_t start = path.rfind(temporaryPrefix);
  int process =
      start == std::string::npos
          ? 0
          : std::atoi(path.c_str() + start + std::char_traits<char>::length(temporaryPrefix));
  return process > 0 ? ::kill(process, 0) != 0 && errno == ESRCH : start == std::string::npos;
}

AtomicFile &AtomicFile::operator=(AtomicFile &&other) noexcept {
  std::swap(file, other.file);
  std::swap(written, other.written);
  std::swap(finalPath, other.finalPath);
  std::swap(temporaryPath, other.temporaryPath);
  return *this;
}

void AtomicFile::discard() {
  if (file && !temporaryPath.empty())
    ::unlink(temporaryPath.c_str());
  file = Descriptor();
}

// A pipe or a device, as it is. Opening a pipe that nobody reads would wait for ever.
static Result<Descriptor> openSpecial(const std::string &path, mode_t kind) {
  if (!S_ISFIFO(kind) && !S_ISCHR(kind))
    return invalidArgument("'%s': expected a file to write, found %s", path.c_str(),
                           fileKind(kind));
  int descriptor = -1;
  for (int attempt = 0; descriptor < 0 && attempt < 10; ++attempt) {
    if (attempt > 0)
      ::usleep(100'000);
    descriptor = openRetrying(path.c_str(), O_WRONLY | O_NONBLOCK);
    if (descriptor < 0 && (errno != ENXIO || !S_ISFIFO(kind)))
      break;
  }
  if (descriptor < 0 && errno == ENXIO && S_ISFIFO(kind))
    return unavailable("'%s' is a pipe that nobody reads", path.c_str());
  if (descriptor < 0)
    return fromErrno("cannot write '%s'", path.c_str());
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
  return Descriptor(descriptor);
}

Status AtomicFile::createTemporary(uint32_t mode) {
  std::string folder = folderOf(finalPath);
  for (int attempt = 0; !file && attempt < 10; ++attempt) {
    temporaryPath = temporaryName(folder);
    file = Descriptor(openRetrying(temporaryPath.c_str(), O_WRONLY | O_CREAT | O_EXCL, mode));
    if (!file && errno != EEXIST)
      break;
  }
  if (!file)
    return fromErrno("cannot create '%s'", finalPath.c_str());
  (void)lockFile(file.get()).ok(); // tells that it is not abandoned
  return {};
}

Result<AtomicFile> AtomicFile::create(const std::string &path, uint32_t mode) {
  AtomicFile output;
  output.finalPath = path;
  struct stat there;
  bool exists = ::lstat(path.c_str(), &there) == 0;
  if (!exists && errno != ENOENT)
    return fromErrno("cannot create '%s'", path.c_str());
  if (exists && S_ISLNK(there.st_mode)) {
    if (::stat(path.c_str(), &there) != 0)
      return fromErrno("cannot follow the link '%s'", path.c_str());
    // Links of /proc to pipes have no path behind them.
    if (S_ISREG(there.st_mode))
      output.finalPath = realPath(path);
    if (output.finalPath.empty())
      return fromErrno("cannot follow the link '%s'", path.c_str());
  }
  if (exists && !S_ISREG(there.st_mode)) {
    WEFT_ASSIGN_OR_RETURN(output.file, openSpecial(path, there.st_mode));
    return output;
  }
  // A file that is protected against writing is not replaced either.
  if (exists && ::faccessat(AT_FDCWD, output.finalPath.c_str(), W_OK, AT_EACCESS) != 0)
    return fromErrno("cannot write '%s'", path.c_str());
  WEFT_RETURN_IF_ERROR(output.createTemporary(mode));
  if (exists && ::fchmod(output.file.get(), there.st_mode & (mode | 0111)) != 0)
    return fromErrno("cannot set the permissions of '%s'", path.c_str());
  return output;
}

Status AtomicFile::write(const void *data, size_t size) {
  if (!file)
    return failedPrecondition("'%s' is not open for writing", finalPath.c_str());
  const char *next = static_cast<const char *>(data);
  while (size > 0) {
    ssize_t count = ::write(file.get(), next, size);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return fromErrno("cannot write '%s' after %llu bytes", finalPath.c_str(),
                       static_cast<unsigned long long>(written));
    next += count;
    size -= static_cast<size_t>(count);
    written += static_cast<uint64_t>(count);
  }
  return Status();
}

Status AtomicFile::commit() {
  if (!file)
    return failedPrecondition("'%s' is not open for writing", finalPath.c_str());
  if (temporaryPath.empty()) {
    file = Descriptor();
    return {};
  }
  // Some file systems report a full disk only here. The lock ends when the name is final.
  if (::fsync(file.get()) != 0 || ::rename(temporaryPath.c_str(), finalPath.c_str()) != 0) {
    Status status = fromErrno("cannot write '%s'", finalPath.c_str());
    discard();
    return status;
  }
  file = Descriptor();
  return syncFolder(folderOf(finalPath));
}

Status writeFileAtomically(const std::string &path, std::string_view contents, uint32_t mode) {
  WEFT_ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::create(path, mode));
  WEFT_RETURN_IF_ERROR(file.write(contents));
  return file.commit();
}

// --- Folders
// --------------------------------------------------------------------------------------

Result<Descriptor> openFolder(const std::string &path) {
  Descriptor folder(openRetrying(path.c_str(), O_RDONLY | O_DIRECTORY));
  if (!folder)
    return fromErrno("cannot open the folder '%s'", path.c_str());
  return folder;
}

Status syncFolder(const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(Descriptor folder, openFolder(path));
  // Some file systems cannot sync folders and say EINVAL; there is nothing more to do there.
  if (::fsync(folder.get()) != 0 && errno != EINVAL)
    return fromErrno("cannot sync the folder '%s'", path.c_str());
  return Status();
}

Status createFolders(const std::string &path) {
  for (size_t end = path.find('/', 1); !path.empty(); end = path.find('/', end + 1)) {
    std::string prefix = path.substr(0, end);
    if (::mkdir(prefix.c_str(), 0777) != 0 && errno != EEXIST)
      return fromErrno("cannot create the folder '%s'", prefix.c_str());
    if (end == std::string::npos)
      break;
  }
  struct stat status;
  if (::stat(path.c_str(), &status) != 0)
    return fromErrno("cannot create the folder '%s'", path.c_str());
  if (!S_ISDIR(status.st_mode))
    return Status(StatusCode::alreadyExists, "'" + path + "' exists and is not a folder");
  return Status();
}

Status renameAndSync(const std::string &from, const std::string &to) {
  if (::rename(from.c_str(), to.c_str()) != 0)
    return fromErrno("cannot rename '%s' to '%s'", from.c_str(), to.c_str());
  return syncFolder(folderOf(to));
}

bool isFile(const std::string &path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode);
}

std::string realPath(const std::string &path) {
  char target[PATH_MAX];
  return ::realpath(path.c_str(), target) ? target : "";
}

std::string withoutSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/')
    path.pop_back();
  return path;
}

std::string folderOf(const std::string &path) {
  size_t slash = path.find_last_not_of('/');
  slash = slash == std::string::npos ? std::string::npos : path.rfind('/', slash);
  if (slash == std::string::npos)
    return path.empty() || path[0] != '/' ? "." : "/";
  return slash == 0 ? "/" : path.substr(0, slash);
}

} // namespace weft::rt
