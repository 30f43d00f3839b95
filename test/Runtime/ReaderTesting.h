// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests of file readers share: small files made in memory, a temporary folder, and the
// walk over every truncation and every flipped bit of a file.
#ifndef WEFT_TEST_RUNTIME_READER_TESTING_H
#define WEFT_TEST_RUNTIME_READER_TESTING_H

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <vector>
#include <zlib.h>

namespace weft::rt::testing {

using Bytes = std::vector<uint8_t>;

inline Bytes bytesOf(const std::string &text) { return Bytes(text.begin(), text.end()); }

inline Bytes gzipped(const Bytes &plain) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes packed(deflateBound(&stream, plain.size()) + 32);
  stream.next_in = const_cast<Bytef *>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// An IDX file of bytes.
inline Bytes idxFile(const std::vector<uint32_t> &shape, const Bytes &elements, uint8_t type = 8) {
  Bytes file = {0, 0, type, static_cast<uint8_t>(shape.size())};
  for (uint32_t size : shape)
    for (int shift = 24; shift >= 0; shift -= 8)
      file.push_back(static_cast<uint8_t>(size >> shift));
  file.insert(file.end(), elements.begin(), elements.end());
  return file;
}

// A .npy file with the given header text.
inline Bytes npyFile(std::string header, const Bytes &elements, uint8_t version = 1) {
  size_t lengthBytes = version == 1 ? 2 : 4;
  while ((8 + lengthBytes + header.size() + 1) % 64)
    header += ' ';
  header += '\n';
  Bytes file = bytesOf("\x93NUMPY");
  file.push_back(version);
  file.push_back(0);
  for (size_t i = 0; i < lengthBytes; ++i)
    file.push_back(static_cast<uint8_t>(header.size() >> (8 * i)));
  file.insert(file.end(), header.begin(), header.end());
  file.insert(file.end(), elements.begin(), elements.end());
  return file;
}

// A safetensors file with the given header text.
inline Bytes safetensorsFile(const std::string &header, const Bytes &data) {
  Bytes file;
  for (int i = 0; i < 8; ++i)
    file.push_back(static_cast<uint8_t>(static_cast<uint64_t>(header.size()) >> (8 * i)));
  file.insert(file.end(), header.begin(), header.end());
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

// Calls `read` with every proper prefix of `file`, then with every file that differs in one bit.
// The bytes lie in memory of exactly their size, so that AddressSanitizer sees reads behind the
// end.
inline void forEachDamage(const Bytes &file,
                          const std::function<void(const Bytes &, bool cut)> &read) {
  for (size_t size = 0; size < file.size(); ++size)
    read(Bytes(file.begin(), file.begin() + static_cast<long>(size)), true);
  Bytes flipped = file;
  for (size_t bit = 0; bit < file.size() * 8; ++bit) {
    flipped[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    read(flipped, false);
    flipped[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
  }
}

// A folder that is removed with all that is in it.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "weft-test-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  std::string path(const std::string &name = "") const {
    return name.empty() ? folder.string() : (folder / name).string();
  }
  std::string write(const std::string &name, const Bytes &content) const {
    std::ofstream(path(name), std::ios::binary)
        .write(reinterpret_cast<const char *>(content.data()),
               static_cast<std::streamsize>(content.size()));
    return path(name);
  }
  Bytes read(const std::string &name) const {
    std::ifstream file(path(name), std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(file), {});
  }

private:
  std::filesystem::path folder;
};

} // namespace weft::rt::testing

#endif
