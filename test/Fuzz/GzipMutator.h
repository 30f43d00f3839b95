// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Changes what a gzip file holds: a change of its own bytes is found by its checksum.
#ifndef WEFT_TEST_FUZZ_GZIP_MUTATOR_H
#define WEFT_TEST_FUZZ_GZIP_MUTATOR_H

#include <cstdint>
#include <cstring>
#include <vector>
#include <zlib.h>

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace weft::rt::fuzzing {

constexpr int kGzip = 16 + MAX_WBITS;

// Empty if it is no gzip file, or one of more than `limit` bytes.
inline std::vector<uint8_t> gunzip(const uint8_t *data, size_t size, size_t limit) {
  z_stream stream = {};
  std::vector<uint8_t> plain(limit);
  if (inflateInit2(&stream, kGzip) != Z_OK)
    return {};
  stream.next_in = const_cast<uint8_t *>(data);
  stream.avail_in = static_cast<uInt>(size);
  stream.next_out = plain.data();
  stream.avail_out = static_cast<uInt>(plain.size());
  int status = inflate(&stream, Z_FINISH);
  plain.resize(status == Z_STREAM_END ? stream.total_out : 0);
  inflateEnd(&stream);
  return plain;
}

// The bytes written to `data`; 0 if they are more than `maxSize`.
inline size_t gzip(const std::vector<uint8_t> &plain, uint8_t *data, size_t maxSize) {
  z_stream stream = {};
  if (deflateInit2(&stream, 1, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return 0;
  stream.next_in = const_cast<uint8_t *>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = data;
  stream.avail_out = static_cast<uInt>(maxSize);
  int status = deflate(&stream, Z_FINISH);
  size_t size = status == Z_STREAM_END ? stream.total_out : 0;
  deflateEnd(&stream);
  return size;
}

inline size_t mutateGzip(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  bool isGzip = size > 2 && data[0] == 0x1f && data[1] == 0x8b;
  if (!isGzip || seed % 8 == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
  std::vector<uint8_t> plain = gunzip(data, size, maxSize);
  if (plain.empty())
    return LLVMFuzzerMutate(data, size, maxSize);
  size_t plainSize = plain.size();
  plain.resize(maxSize);
  plain.resize(LLVMFuzzerMutate(plain.data(), plainSize, maxSize));
  size_t written = gzip(plain, data, maxSize);
  return written ? written : LLVMFuzzerMutate(data, size, maxSize);
}

} // namespace weft::rt::fuzzing

#endif
