// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files: mapped for reading, and written so that a crash, a kill or a full disk never leaves half a
// file under the final name.
#ifndef WEFT_RUNTIME_BASE_FILE_H
#define WEFT_RUNTIME_BASE_FILE_H

#include "base/status.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weft::rt {

// A whole regular file mapped read-only (private). Movable; unmapped on destruction. An empty file
// gives an empty span.
class MappedFile {
public:
  MappedFile() = default;
  MappedFile(MappedFile &&other) noexcept;
  MappedFile &operator=(MappedFile &&other) noexcept;
  ~MappedFile();

  // The message of a failure names the path.
  static Result<MappedFile> open(const std::string &path);

  std::span<const uint8_t> bytes() const { return {address, byteCount}; }
  const std::string &path() const { return name; }
  // Tells the kernel that the pages are not needed again soon (a streamed pass over a large file).
  void dropPages() const;

private:
  const uint8_t *address = nullptr;
  size_t byteCount = 0;
  std::string name;
};

// A file being written under a temporary name beside `path`. `commit` syncs it, renames it to
// `path` and syncs the folder; without a successful commit the temporary file is removed.
class AtomicFile {
public:
  AtomicFile() = default;
  AtomicFile(AtomicFile &&other) noexcept;
  AtomicFile &operator=(AtomicFile &&other) noexcept;
  ~AtomicFile();

  static Result<AtomicFile> create(const std::string &path);

  Status write(const void *data, size_t size);
  Status write(std::string_view text) { return write(text.data(), text.size()); }
  // Bytes written so far.
  uint64_t size() const { return written; }
  Status commit();

private:
  void discard();

  int descriptor = -1;
  uint64_t written = 0;
  std::string finalPath;
  std::string temporaryPath;
};

// One AtomicFile from one span of bytes.
Status writeFileAtomically(const std::string &path, std::string_view contents);
// At most `limit` bytes; resourceExhausted if the file is longer.
Result<std::string> readFile(const std::string &path, size_t limit = size_t{1} << 30);
// fsync of a folder, so that names created or renamed in it survive a power cut.
Status syncFolder(const std::string &path);
// Every missing folder of `path`, like mkdir -p.
Status createFolders(const std::string &path);
// Renames a folder or file and syncs the folder that holds `to`.
Status renameAndSync(const std::string &from, const std::string &to);
// The folder part of a path: "." when it has none.
std::string folderOf(const std::string &path);

} // namespace weft::rt

#endif
