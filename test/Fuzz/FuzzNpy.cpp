// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// .npy files.
#include "data/npy.h"

using namespace weft::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Result<ByteSource> source = ByteSource::fromMemory("input", {data, size});
  if (source.ok())
    (void)readNpy(*source);
  return 0;
}
