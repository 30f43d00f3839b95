// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sequential reading of a file that may be gzipped; whether it is follows from its first bytes, not
// from its name. Readers of data formats stand on it, so each of them takes compressed files.
#ifndef WEFT_RUNTIME_DATA_BYTE_SOURCE_H
#define WEFT_RUNTIME_DATA_BYTE_SOURCE_H

#include "base/status.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace weft::rt {

class ByteSource {
public:
  // Opens a regular file.
  static Result<ByteSource> open(const std::string &path);
  // Reads `bytes`, which must outlive the source; `name` stands in messages.
  static Result<ByteSource> fromMemory(std::string name, std::span<const uint8_t> bytes);

  ByteSource(ByteSource &&) noexcept;
  ByteSource &operator=(ByteSource &&) noexcept;
  ~ByteSource();

  const std::string &name() const;
  bool compressed() const;
  // Decompressed bytes handed out so far.
  uint64_t position() const;
  // No more than so many bytes can follow: what a size in a header may claim at most. (Deflate
  // expands by less than 1032.)
  uint64_t remainingAtMost() const;

  // Reads `size` bytes, fewer only at the end of the data.
  Result<size_t> read(void *target, size_t size);
  // Reads exactly `size` bytes of `what`; fewer is a dataLoss error that says how many are there.
  Status readExactly(void *target, size_t size, const char *what);
  // Fails when anything follows.
  Status expectEnd();

private:
  struct State;
  explicit ByteSource(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace weft::rt

#endif
