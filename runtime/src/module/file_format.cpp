// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Header checks.
#include "module/file_format.h"

#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace weft::rt {

Hash128 hashBytes(std::span<const uint8_t> bytes) {
  XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

Result<std::span<const uint8_t>> openModuleFile(std::span<const uint8_t> file) {
  weft_file_header_t header;
  if (file.size() < sizeof(header))
    return dataLoss("not a Weft module: %zu bytes are fewer than the header's %zu", file.size(),
                    sizeof(header));
  std::memcpy(&header, file.data(), sizeof(header));
  if (std::memcmp(header.magic, WEFT_FILE_MAGIC, sizeof(header.magic)) != 0)
    return dataLoss("not a Weft module: the magic number is missing");
  if (header.version == 0 || header.version > WEFT_SCHEMA_VERSION)
    return unimplemented("format version %u: this runtime reads versions 1 to %u", header.version,
                         WEFT_SCHEMA_VERSION);
  if (header.header_size != sizeof(header))
    return dataLoss("header of %u bytes: expected %zu", header.header_size, sizeof(header));
  for (uint8_t byte : header.reserved)
    if (byte != 0)
      return dataLoss("the reserved bytes of the header are not zero");
  std::span<const uint8_t> body = file.subspan(sizeof(header));
  if (header.body_size != body.size())
    return dataLoss("the file is cut or extended: the header says %llu bytes, there are %zu",
                    static_cast<unsigned long long>(header.body_size) + sizeof(header),
                    file.size());
  if (hashBytes(body) != Hash128{header.hash_low, header.hash_high})
    return dataLoss("the hash is wrong: the file was edited or damaged");
  return body;
}

} // namespace weft::rt
