// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// .npy files.
#include "GzipMutator.h"
#include "data/npy.h"

using namespace weft::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Result<ByteSource> source = ByteSource::fromMemory("input", {data, size});
  if (source.ok())
    (void)readNpy(*source);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize,
                                          unsigned seed) {
  return fuzzing::mutateGzip(data, size, maxSize, seed);
}
