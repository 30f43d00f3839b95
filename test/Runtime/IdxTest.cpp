// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// IDX files, plain and gzipped, whole and damaged.
#include "data/idx.h"
#include "ReaderTesting.h"

using namespace weft::rt;
using namespace weft::rt::testing;

static Result<Array> readBytes(const Bytes &file) {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::fromMemory("images", file));
  return readIdx(source);
}

TEST(Idx, readsImages) {
  Result<Array> array = readBytes(idxFile({2, 1, 3}, {1, 2, 3, 4, 5, 255}));
  ASSERT_TRUE(array.ok()) << array.status().message();
  EXPECT_EQ(array->type, DataType::u8);
  EXPECT_EQ(array->shape, (std::vector<int64_t>{2, 1, 3}));
  EXPECT_EQ(elementAsInteger(*array, 5), 255);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(array->data) % 64, 0u);
}

TEST(Idx, readsBigEndianElements) {
  Result<Array> integers = readBytes(idxFile({2}, {0, 0, 1, 2, 255, 255, 255, 254}, 0x0C));
  ASSERT_TRUE(integers.ok());
  EXPECT_EQ(elementAsInteger(*integers, 0), 258);
  EXPECT_EQ(elementAsInteger(*integers, 1), -2);
  Result<Array> floats = readBytes(idxFile({1}, {0x3F, 0xC0, 0, 0}, 0x0D));
  ASSERT_TRUE(floats.ok());
  EXPECT_EQ(elementAsDouble(*floats, 0), 1.5);
}

TEST(Idx, readsGzipByContent) {
  TemporaryFolder folder;
  Bytes pixels(100000);
  for (size_t i = 0; i < pixels.size(); ++i)
    pixels[i] = static_cast<uint8_t>(i * 7);
  std::string path = folder.write("images-without-suffix", gzipped(idxFile({1000, 100}, pixels)));
  Result<Array> array = readIdxFile(path);
  ASSERT_TRUE(array.ok()) << array.status().message();
  EXPECT_EQ(std::memcmp(array->data, pixels.data(), pixels.size()), 0);
}

TEST(Idx, readsConsecutiveGzipMembers) {
  Bytes file = idxFile({4}, {1, 2, 3, 4});
  Bytes packed = gzipped(Bytes(file.begin(), file.begin() + 6));
  Bytes rest = gzipped(Bytes(file.begin() + 6, file.end()));
  packed.insert(packed.end(), rest.begin(), rest.end());
  Result<Array> array = readBytes(packed);
  ASSERT_TRUE(array.ok()) << array.status().message();
  EXPECT_EQ(elementAsInteger(*array, 3), 4);
}

TEST(Idx, namesWhatItFound) {
  EXPECT_EQ(readBytes(idxFile({2}, {1}, 0x0A)).status().message(),
            "images: IDX element type at byte 2: expected 0x08 (uint8), 0x09, 0x0b, 0x0c, 0x0d or "
            "0x0e; found 0x0a");
  EXPECT_EQ(readBytes(idxFile({3}, {1})).status().message(),
            "images: IDX header promises [3] elements of uint8, but at most 1 bytes follow");
  EXPECT_EQ(readBytes(idxFile({1}, {1, 2})).status().message(),
            "images: expected the data to end at byte 9, found more");
  EXPECT_EQ(readBytes(bytesOf("label,pixel0")).status().message(),
            "images: expected an IDX file, which begins with two zero bytes; found 0x6c 0x61");
  EXPECT_EQ(readIdxFile("/nonexistent/file").status().code(), StatusCode::notFound);
  EXPECT_EQ(readIdxFile("/").status().code(), StatusCode::invalidArgument);
}

TEST(Idx, refusesSizesThatOverflow) {
  Bytes huge = idxFile({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0}, {});
  EXPECT_EQ(readBytes(huge).status().code(), StatusCode::dataLoss);
  // A gzip file cannot promise more than deflate can hold either.
  EXPECT_EQ(readBytes(gzipped(idxFile({0xFFFFFFFF}, {}))).status().code(), StatusCode::dataLoss);
}

TEST(Idx, survivesDamage) {
  Bytes plain = idxFile({3, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  for (const Bytes &file : {plain, gzipped(plain)}) {
    ASSERT_TRUE(readBytes(file).ok());
    forEachDamage(file, [](const Bytes &damaged, bool cut) {
      Result<Array> array = readBytes(damaged);
      if (cut)
        EXPECT_FALSE(array.ok()) << "cut to " << damaged.size() << " bytes";
      if (!array.ok())
        EXPECT_FALSE(array.status().message().empty());
    });
  }
}
