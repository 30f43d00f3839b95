// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules: a header with the right size and hash around any bytes, so that the verifier is reached.
#include "module/file_format.h"
#include "module/module.h"
#include "schema/file_header.h"

#include <cstring>
#include <vector>

using namespace weft::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Hash128 hash = hashBytes({data, size});
  weft_file_header_t header = {};
  std::memcpy(header.magic, WEFT_FILE_MAGIC, sizeof(header.magic));
  header.version = WEFT_SCHEMA_VERSION;
  header.header_size = sizeof(header);
  header.body_size = size;
  header.hash_low = hash.low;
  header.hash_high = hash.high;
  std::vector<uint8_t> file(sizeof(header) + size);
  std::memcpy(file.data(), &header, sizeof(header));
  if (size)
    std::memcpy(file.data() + sizeof(header), data, size);
  (void)Module::parse(file);
  return 0;
}
