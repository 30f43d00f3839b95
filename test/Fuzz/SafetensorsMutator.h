// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Changes the header of a safetensors file and keeps the length before it right, so that what the
// header says is read.
#ifndef WEFT_TEST_FUZZ_SAFETENSORS_MUTATOR_H
#define WEFT_TEST_FUZZ_SAFETENSORS_MUTATOR_H

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace weft::rt::fuzzing {

// `prefix`: bytes before the file, which stay.
inline size_t mutateSafetensors(uint8_t *data, size_t size, size_t maxSize, unsigned seed,
                                size_t prefix = 0) {
  uint64_t headerSize = 0;
  size_t before = prefix + sizeof(headerSize);
  if (size > before)
    std::memcpy(&headerSize, data + prefix, sizeof(headerSize));
  if (seed % 8 == 0 || size <= before || headerSize > size - before)
    return LLVMFuzzerMutate(data, size, maxSize);
  std::vector<uint8_t> header(data + before, data + before + headerSize);
  std::vector<uint8_t> rest(data + before + headerSize, data + size);
  size_t room = maxSize - before - rest.size();
  header.resize(std::max<size_t>(room, header.size()));
  headerSize = LLVMFuzzerMutate(header.data(), headerSize, header.size());
  std::memcpy(data + prefix, &headerSize, sizeof(headerSize));
  std::memcpy(data + before, header.data(), headerSize);
  if (!rest.empty())
    std::memcpy(data + before + headerSize, rest.data(), rest.size());
  return before + headerSize + rest.size();
}

} // namespace weft::rt::fuzzing

#endif
