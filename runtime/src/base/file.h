// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files: opened for reading by one function that never waits, and written so that a crash, a kill
// or a full disk never leaves half a file under the final name.
#ifndef WEFT_RUNTIME_BASE_FILE_H
#define WEFT_RUNTIME_BASE_FILE_H

#include "base/status.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weft::rt {

// A file descriptor that is closed at the end. Movable.
class Descriptor {
public:
  explicit Descriptor(int number = -1) : number(number) {}
  Descriptor(Descriptor &&other) noexcept : number(std::exchange(other.number, -1)) {}
  Descriptor &operator=(Descriptor &&other) noexcept {
    std::swap(number, other.number);
    return *this;
  }
  ~Descriptor();
  int get() const { return number; }
  explicit operator bool() const { return number >= 0; }

private:
  int number;
};

// A regular file that is open for reading. Nothing is mapped: a file that becomes shorter is an
// error, not a signal.
class InputFile {
public:
  // Never waits: a pipe, a device, a socket or a folder is an invalidArgument error that says so.
  static Result<InputFile> open(const std::string &path);

  // When it was opened.
  uint64_t size() const { return byteCount; }
  const std::string &path() const { return name; }
  // The permission bits of the file.
  uint32_t mode() const { return permissions; }
  // Reads up to `size` bytes; 0 only at the end of the file.
  Result<size_t> readSome(uint64_t offset, void *target, size_t size) const;
  // Reads exactly `size` bytes; dataLoss if the file has become shorter than that.
  Status read(uint64_t offset, void *target, size_t size) const;
  // All of it; resourceExhausted if it is longer than `limit`.
  Result<std::string> readAll(size_t limit) const;

private:
  Descriptor file;
  uint64_t byteCount = 0;
  uint32_t permissions = 0;
  std::string name;
};

// A file being written under a temporary name in the folder of `path`. `commit` syncs it, renames
// it to `path` and syncs the folder; without a successful commit the temporary file is removed. A
// file that is replaced hands its permissions on. A link is followed: what it names is replaced.
// Pipes and character devices are written to as they are; a pipe that nobody reads within a second,
// and everything else that is no file, is refused.
class AtomicFile {
public:
  AtomicFile() = default;
  AtomicFile(AtomicFile &&other) noexcept { *this = std::move(other); }
  AtomicFile &operator=(AtomicFile &&other) noexcept;
  ~AtomicFile() { discard(); }

  // `mode`: the most permissions that the file may have.
  static Result<AtomicFile> create(const std::string &path, uint32_t mode = 0666);

  Status write(const void *data, size_t size);
  Status write(std::string_view text) { return write(text.data(), text.size()); }
  // Bytes written so far.
  uint64_t size() const { return written; }
  Status commit();

private:
  Status createTemporary(uint32_t mode);
  void discard();

  Descriptor file;
  uint64_t written = 0;
  std::string finalPath;
  std::string temporaryPath; // empty: written to as it is
};

// One AtomicFile from one span of bytes.
Status writeFileAtomically(const std::string &path, std::string_view contents,
                           uint32_t mode = 0666);
// The most that is read into memory as a whole where nothing else is said.
inline constexpr size_t defaultReadLimit = size_t{1} << 30;
// At most `limit` bytes; resourceExhausted if the file is longer.
Result<std::string> readFile(const std::string &path, size_t limit = defaultReadLimit);
// A folder, open for what can be done with its descriptor.
Result<Descriptor> openFolder(const std::string &path);
// fsync of a folder, so that names created or renamed in it survive a power cut.
Status syncFolder(const std::string &path);
// Every missing folder of `path`, like mkdir -p.
Status createFolders(const std::string &path);
// Renames a folder or file and syncs the folder that holds `to`.
Status renameAndSync(const std::string &from, const std::string &to);
// Whether a path names something that is no folder: a file, or what is refused when it is opened.
bool isFile(const std::string &path);
// "a folder", "a pipe" ...: what the mode of anything but a file says.
const char *fileKind(uint32_t mode);
// The path of a file or folder without links, or an empty string, with errno set.
std::string realPath(const std::string &path);
// The folder part of a path: "." when it has none.
std::string folderOf(const std::string &path);
// A path without the slashes at its end.
std::string withoutSlash(std::string path);

// A name in `folder` that nobody can guess, for what is not finished: .weft-tmp-<process>-<random>.
std::string temporaryName(const std::string &folder);
// Locks an open file or folder against other processes, as long as it is open: unavailable if
// another one holds it, unimplemented where the file system has no such locks.
Status lockFile(int descriptor);
// Whether a file or folder with a temporary name, or one that was renamed from it, is left over
// from a process that ended: its maker holds a lock on it.
bool isAbandoned(const std::string &path);

} // namespace weft::rt

#endif
