// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TensorBoard files: checksums, framing, messages.
#include "ReaderTesting.h"
#include "train/event_file.h"

#include <regex>

using namespace weft::rt;
using namespace weft::rt::testing;

TEST(EventFile, computesCrc32c) {
  // Vectors of RFC 3720, appendix B.4.
  EXPECT_EQ(crc32c(Bytes(32, 0)), 0x8A9136AAu);
  EXPECT_EQ(crc32c(Bytes(32, 0xFF)), 0x62A8AB43u);
  Bytes ascending(32);
  for (size_t i = 0; i < 32; ++i)
    ascending[i] = static_cast<uint8_t>(i);
  EXPECT_EQ(crc32c(ascending), 0x46DD794Eu);
  EXPECT_EQ(crc32c(bytesOf("123456789")), 0xE3069283u);
}

// One record of a TFRecord file: checks both checksums.
static std::string readRecord(const Bytes &file, size_t &place) {
  uint64_t length = 0;
  uint32_t checksum = 0;
  EXPECT_LE(place + 12, file.size());
  std::memcpy(&length, &file[place], 8);
  std::memcpy(&checksum, &file[place + 8], 4);
  EXPECT_EQ(checksum, maskedCrc32c({&file[place], 8}));
  EXPECT_LE(place + 16 + length, file.size());
  std::string data(file.begin() + static_cast<long>(place + 12),
                   file.begin() + static_cast<long>(place + 12 + length));
  std::memcpy(&checksum, &file[place + 12 + length], 4);
  EXPECT_EQ(checksum, maskedCrc32c({&file[place + 12], length}));
  place += 16 + length;
  return data;
}

TEST(EventFile, writesRecords) {
  TemporaryFolder folder;
  std::string path;
  {
    Result<EventFile> file = EventFile::create(folder.path("runs/one"));
    ASSERT_TRUE(file.ok()) << file.status().message();
    path = file->path();
    ASSERT_TRUE(file->addScalar("train/loss", 0.5, 300).ok());
  }
  std::string name = std::filesystem::path(path).filename().string();
  EXPECT_TRUE(
      std::regex_match(name, std::regex("events\\.out\\.tfevents\\.\\d{10}\\..+\\.\\d+\\.\\d+")))
      << name;
  Bytes file = folder.read("runs/one/" + name);
  size_t place = 0;
  std::string version = readRecord(file, place);
  EXPECT_EQ(version.substr(0, 1), "\x09"); // wall_time, a double
  EXPECT_EQ(version.substr(9), "\x1A\x0D"
                               "brain.Event:2"); // file_version
  std::string event = readRecord(file, place);
  EXPECT_EQ(place, file.size());
  EXPECT_EQ(event.substr(9, 3), "\x10\xAC\x02"); // step 300
  EXPECT_EQ(event.substr(12), std::string("\x2A\x13\x0A\x11\x0A\x0A"
                                          "train/loss"
                                          "\x15\0\0\0\x3F",
                                          21));
}

TEST(EventFile, namesRunsAsHuggingFace) {
  EXPECT_TRUE(
      std::regex_match(runFolderName(), std::regex("[A-Z][a-z]{2}\\d{2}_\\d{2}-\\d{2}-\\d{2}_.+")))
      << runFolderName();
}
