// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Claims and checks of output folders.
#include "train/output_folder.h"
#include "train/checkpoint.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weft::rt {

static constexpr const char *lockName = "/.weft-lock";

Status checkOutputFolder(const std::string &path) {
  // The part of the path that is there already.
  std::string there = withoutSlash(path);
  struct stat info;
  while (::stat(there.c_str(), &info) != 0) {
    std::string parent = folderOf(there);
    if ((errno != ENOENT && errno != ENOTDIR) || there == parent)
      return fromErrno("cannot create the folder '%s'", path.c_str());
    there = parent;
  }
  if (!S_ISDIR(info.st_mode)) {
    errno = ENOTDIR;
    return fromErrno("cannot create the folder '%s'", path.c_str());
  }
  if (::faccessat(AT_FDCWD, there.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    return fromErrno("cannot write to the output folder '%s'", path.c_str());
  return {};
}

// What a process writes into the lock file: its number and host, and when it began, in ticks since
// the machine did. Another process of the same number writes something else.
static std::string ownerText(int process) {
  Result<std::string> state = readFile("/proc/" + std::to_string(process) + "/stat");
  // The name in parentheses may hold anything; the start is the 20th field behind it.
  const char *start = state.ok() ? std::strrchr(state->c_str(), ')') : nullptr;
  for (int field = 0; start && field < 20; ++field)
    start = std::strchr(start + 1, ' ');
  char host[256] = "", text[320];
  ::gethostname(host, sizeof(host) - 1);
  std::snprintf(text, sizeof(text), "%d on %s\n%llu\n", process, host,
                start ? std::strtoull(start, nullptr, 10) : 0);
  return text;
}

// False if the file was removed meanwhile by the run that had it.
Result<bool> OutputFolder::lock() {
  std::string name = path + lockName;
  file = Descriptor(
      ::open(name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666));
  if (!file)
    return fromErrno("cannot write to the output folder '%s'", path.c_str());
  WEFT_ASSIGN_OR_RETURN(std::string owner, readFile(name, 1000));
  Status locked = lockFile(file.get());
  struct stat opened, there;
  // Where there are no locks, what the file says has to do.
  if (locked.ok() ||
      (locked.code() == StatusCode::unimplemented && owner != ownerText(std::atoi(owner.c_str()))))
    return ::fstat(file.get(), &opened) == 0 && ::stat(name.c_str(), &there) == 0 &&
           opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
  file = Descriptor();
  owner.resize(std::min(owner.size(), owner.find('\n')));
  if (owner.empty())
    owner = "of another run";
  return failedPrecondition("%s: expected an output folder that no other run uses, but process %s "
                            "does; wait for it, or choose another output_dir",
                            path.c_str(), owner.c_str());
}

Result<OutputFolder> OutputFolder::claim(const std::string &path) {
  WEFT_RETURN_IF_ERROR(checkOutputFolder(path));
  WEFT_RETURN_IF_ERROR(createFolders(path));
  OutputFolder folder;
  folder.path = path;
  for (bool locked = false; !locked;) {
    WEFT_ASSIGN_OR_RETURN(locked, folder.lock());
  }
  std::string text = ownerText(::getpid());
  if (::ftruncate(folder.file.get(), 0) != 0 ||
      ::pwrite(folder.file.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    return fromErrno("cannot write to the output folder '%s'", path.c_str());
  WEFT_RETURN_IF_ERROR(cleanUp(path));
  return folder;
}

OutputFolder::~OutputFolder() {
  if (file)
    ::unlink((path + lockName).c_str());
}

Status OutputFolder::checkFile(const std::string &name) const {
  std::string place = path + "/" + name;
  struct stat info;
  if (::lstat(place.c_str(), &info) != 0)
    return errno == ENOENT ? Status() : fromErrno("cannot write '%s'", place.c_str());
  if (!S_ISREG(info.st_mode))
    return failedPrecondition(
        "%s: expected nothing or a file, which the run will replace, found %s", place.c_str(),
        fileKind(info.st_mode));
  if (::faccessat(AT_FDCWD, place.c_str(), W_OK, AT_EACCESS) != 0)
    return fromErrno("cannot write '%s'", place.c_str());
  return {};
}

} // namespace weft::rt
