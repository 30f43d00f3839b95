// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// .npy files: versions, types, byte orders, damage.
#include "data/npy.h"
#include "ReaderTesting.h"

using namespace weft::rt;
using namespace weft::rt::testing;

static Result<Array> readBytes(const Bytes &file) {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::fromMemory("array", file));
  return readNpy(source);
}

static std::string header(const std::string &type, const std::string &shape,
                          const std::string &fortran = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}

TEST(Npy, readsVersions) {
  for (uint8_t version : {1, 2, 3}) {
    Result<Array> array = readBytes(npyFile(header("|u1", "(2, 3)"), {1, 2, 3, 4, 5, 6}, version));
    ASSERT_TRUE(array.ok()) << array.status().message();
    EXPECT_EQ(array->type, DataType::u8);
    EXPECT_EQ(array->shape, (std::vector<int64_t>{2, 3}));
    EXPECT_EQ(elementAsInteger(*array, 4), 5);
  }
}

TEST(Npy, readsTypesAndByteOrders) {
  struct Case {
    const char *type;
    Bytes bytes;
    DataType expected;
    double value;
  };
  const Case cases[] = {
      {"<f4", {0, 0, 0xC0, 0x3F}, DataType::f32, 1.5},
      {">f4", {0x3F, 0xC0, 0, 0}, DataType::f32, 1.5},
      {"<f8", {0, 0, 0, 0, 0, 0, 0, 0xC0}, DataType::f64, -2},
      {"<f2", {0, 0x3E}, DataType::f16, 1.5},
      {"<i8", {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, DataType::i64, -1},
      {">i4", {0, 0, 1, 0}, DataType::i32, 256},
      {"<u2", {0xFF, 0xFF}, DataType::u16, 65535},
      {"<i2", {0xFE, 0xFF}, DataType::i16, -2},
      {"<u4", {0xFF, 0xFF, 0xFF, 0xFF}, DataType::u32, 4294967295.0},
      {"|i1", {0x80}, DataType::i8, -128},
      {"|b1", {1}, DataType::boolean, 1},
  };
  for (const Case &test : cases) {
    Result<Array> array = readBytes(npyFile(header(test.type, "(1,)"), test.bytes));
    ASSERT_TRUE(array.ok()) << test.type << ": " << array.status().message();
    EXPECT_EQ(array->type, test.expected) << test.type;
    EXPECT_EQ(elementAsDouble(*array, 0), test.value) << test.type;
  }
}

TEST(Npy, readsScalarsAndEmptyArrays) {
  Result<Array> scalar = readBytes(npyFile(header("<i4", "()"), {7, 0, 0, 0}));
  ASSERT_TRUE(scalar.ok()) << scalar.status().message();
  EXPECT_EQ(scalar->elements(), 1);
  Result<Array> empty = readBytes(npyFile(header("<i4", "(0, 5)"), {}));
  ASSERT_TRUE(empty.ok()) << empty.status().message();
  EXPECT_EQ(empty->elements(), 0);
}

TEST(Npy, saysWhatIsNotSupported) {
  EXPECT_NE(readBytes(npyFile(header("<f4", "(1, 1)", "True"), {0, 0, 0, 0}))
                .status()
                .message()
                .find("expected an array in C order, found Fortran order"),
            std::string::npos);
  EXPECT_NE(
      readBytes(npyFile(header("<c8", "(1,)"), Bytes(8))).status().message().find("found '<c8'"),
      std::string::npos);
  EXPECT_NE(readBytes(npyFile("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
                              Bytes(4)))
                .status()
                .message()
                .find("structured arrays"),
            std::string::npos);
  EXPECT_NE(readBytes(npyFile(header("<f4", "(1000000000000, 1000000000000)"), Bytes(4)))
                .status()
                .message()
                .find("promises"),
            std::string::npos);
  EXPECT_FALSE(
      readBytes(npyFile("{'descr': '<f4', 'descr': '<f4', 'shape': (1,)}", Bytes(4))).ok());
}

TEST(Npy, survivesDamage) {
  Bytes file = npyFile(header("<i2", "(2, 2)"), {1, 0, 2, 0, 3, 0, 4, 0});
  ASSERT_TRUE(readBytes(file).ok());
  forEachDamage(file, [](const Bytes &damaged, bool cut) {
    Result<Array> array = readBytes(damaged);
    if (cut)
      EXPECT_FALSE(array.ok()) << "cut to " << damaged.size() << " bytes";
    if (!array.ok())
      EXPECT_EQ(array.status().message().rfind("array: ", 0), 0u) << array.status().message();
  });
}
