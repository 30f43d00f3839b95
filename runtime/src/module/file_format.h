// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The outside of a `.weft` file: header, exact size, hash.
#ifndef WEFT_RUNTIME_MODULE_FILE_FORMAT_H
#define WEFT_RUNTIME_MODULE_FILE_FORMAT_H

#include "base/status.h"
#include "schema/file_header.h"

#include <cstdint>
#include <span>

namespace weft::rt {

struct Hash128 {
  uint64_t low, high;
  friend bool operator==(const Hash128 &, const Hash128 &) = default;
};

// XXH3-128, seed 0.
Hash128 hashBytes(std::span<const uint8_t> bytes);

// Checks everything about a file but its FlatBuffer, which is returned.
Result<std::span<const uint8_t>> openModuleFile(std::span<const uint8_t> file);

} // namespace weft::rt

#endif
