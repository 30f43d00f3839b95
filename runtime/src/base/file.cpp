// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mapped and atomically written files over POSIX calls.
#include "base/file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace weft::rt {

namespace {
// A descriptor that is closed at the end of the scope.
struct Descriptor {
  int number = -1;
  explicit Descriptor(int number) : number(number) {}
  Descriptor(const Descriptor &) = delete;
  ~Descriptor() {
    if (number >= 0)
      ::close(number);
  }
};
} // namespace

static int openRetrying(const char *path, int flags, mode_t mode = 0) {
  int descriptor;
  do
    descriptor = ::open(path, flags | O_CLOEXEC, mode);
  while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

MappedFile::MappedFile(MappedFile &&other) noexcept { *this = std::move(other); }

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept {
  std::swap(address, other.address);
  std::swap(byteCount, other.byteCount);
  std::swap(name, other.name);
  return *this;
}

MappedFile::~MappedFile() {
  if (address)
    ::munmap(const_cast<uint8_t *>(address), byteCount);
}

Result<MappedFile> MappedFile::open(const std::string &path) {
  Descriptor file(openRetrying(path.c_str(), O_RDONLY));
  if (file.number < 0)
    return fromErrno("cannot open '%s'", path.c_str());
  struct stat status;
  if (::fstat(file.number, &status) != 0)
    return fromErrno("cannot read the size of '%s'", path.c_str());
  if (!S_ISREG(status.st_mode))
    return invalidArgument("'%s' is not a regular file", path.c_str());
  MappedFile mapped;
  mapped.name = path;
  if (status.st_size == 0)
    return mapped;
  void *memory =
      ::mmap(nullptr, static_cast<size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file.number, 0);
  if (memory == MAP_FAILED)
    return fromErrno("cannot map '%s'", path.c_str());
  mapped.address = static_cast<const uint8_t *>(memory);
  mapped.byteCount = static_cast<size_t>(status.st_size);
  return mapped;
}

void MappedFile::dropPages() const {
  if (address)
    ::madvise(const_cast<uint8_t *>(address), byteCount, MADV_DONTNEED);
}

AtomicFile::AtomicFile(AtomicFile &&other) noexcept { *this = std::move(other); }

AtomicFile &AtomicFile::operator=(AtomicFile &&other) noexcept {
  std::swap(descriptor, other.descriptor);
  std::swap(written, other.written);
  std::swap(finalPath, other.finalPath);
  std::swap(temporaryPath, other.temporaryPath);
  return *this;
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::discard() {
  if (descriptor < 0)
    return;
  ::close(descriptor);
  descriptor = -1;
  ::unlink(temporaryPath.c_str());
}

Result<AtomicFile> AtomicFile::create(const std::string &path) {
  AtomicFile file;
  file.finalPath = path;
  file.temporaryPath = path + ".tmp-" + std::to_string(::getpid());
  file.descriptor =
      openRetrying(file.temporaryPath.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0666);
  if (file.descriptor < 0)
    return fromErrno("cannot create '%s'", file.temporaryPath.c_str());
  return file;
}

Status AtomicFile::write(const void *data, size_t size) {
  if (descriptor < 0)
    return failedPrecondition("'%s' is not open for writing", finalPath.c_str());
  const char *next = static_cast<const char *>(data);
  while (size > 0) {
    ssize_t count = ::write(descriptor, next, size);
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
  if (descriptor < 0)
    return failedPrecondition("'%s' is not open for writing", finalPath.c_str());
  if (::fsync(descriptor) != 0) {
    Status status = fromErrno("cannot sync '%s'", finalPath.c_str());
    discard();
    return status;
  }
  // Some file systems report a full disk only when a file is closed.
  int closed = ::close(descriptor);
  descriptor = -1;
  if (closed != 0 || ::rename(temporaryPath.c_str(), finalPath.c_str()) != 0) {
    Status status = fromErrno("cannot write '%s'", finalPath.c_str());
    ::unlink(temporaryPath.c_str());
    return status;
  }
  return syncFolder(folderOf(finalPath));
}

Status writeFileAtomically(const std::string &path, std::string_view contents) {
  WEFT_ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::create(path));
  WEFT_RETURN_IF_ERROR(file.write(contents));
  return file.commit();
}

Result<std::string> readFile(const std::string &path, size_t limit) {
  Descriptor file(openRetrying(path.c_str(), O_RDONLY));
  if (file.number < 0)
    return fromErrno("cannot open '%s'", path.c_str());
  std::string contents;
  char chunk[1 << 14];
  while (true) {
    ssize_t count = ::read(file.number, chunk, sizeof(chunk));
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return fromErrno("cannot read '%s'", path.c_str());
    if (count == 0)
      return contents;
    if (contents.size() + static_cast<size_t>(count) > limit)
      return resourceExhausted("'%s' is longer than %zu bytes", path.c_str(), limit);
    contents.append(chunk, static_cast<size_t>(count));
  }
}

Status syncFolder(const std::string &path) {
  Descriptor folder(openRetrying(path.c_str(), O_RDONLY | O_DIRECTORY));
  if (folder.number < 0)
    return fromErrno("cannot open the folder '%s'", path.c_str());
  // Some file systems cannot sync folders and say EINVAL; there is nothing more to do there.
  if (::fsync(folder.number) != 0 && errno != EINVAL)
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

std::string folderOf(const std::string &path) {
  size_t slash = path.find_last_not_of('/');
  slash = slash == std::string::npos ? std::string::npos : path.rfind('/', slash);
  if (slash == std::string::npos)
    return path.empty() || path[0] != '/' ? "." : "/";
  return slash == 0 ? "/" : path.substr(0, slash);
}

} // namespace weft::rt
