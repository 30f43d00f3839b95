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

// What NumPy 2.4 writes for asfortranarray of the numbers from 0 on, in shapes [2, 3] and [2, 2,
// 2].
TEST(Npy, readsFortranOrder) {
  Result<Array> matrix =
      readBytes(npyFile(header("<i2", "(2, 3)", "True"), {0, 0, 3, 0, 1, 0, 4, 0, 2, 0, 5, 0}));
  ASSERT_TRUE(matrix.ok()) << matrix.status().message();
  EXPECT_EQ(matrix->shape, (std::vector<int64_t>{2, 3}));
  for (int64_t i = 0; i < 6; ++i)
    EXPECT_EQ(elementAsInteger(*matrix, i), i);
  Result<Array> cube =
      readBytes(npyFile(header("|u1", "(2, 2, 2)", "True"), {0, 4, 2, 6, 1, 5, 3, 7}));
  ASSERT_TRUE(cube.ok()) << cube.status().message();
  for (int64_t i = 0; i < 8; ++i)
    EXPECT_EQ(elementAsInteger(*cube, i), i);
  Result<Array> big = readBytes(npyFile(header(">i2", "(1, 2)", "True"), {0, 7, 0, 9}));
  ASSERT_TRUE(big.ok()) << big.status().message();
  EXPECT_EQ(elementAsInteger(*big, 1), 9);
  EXPECT_TRUE(readBytes(npyFile(header("<i4", "(0, 5)", "True"), {})).ok());
}

TEST(Npy, readsRecords) {
  auto records = [](const char *fields, const char *shape, const Bytes &bytes) {
    return readBytes(npyFile(std::string("{'descr': ") + fields +
                                 ", 'fortran_order': False, 'shape': " + shape + ", }",
                             bytes));
  };
  // The index that pandas adds is left out; padding is skipped; big-endian fields are turned.
  Result<Array> table = records("[('index', '<i2'), ('a', '|u1'), ('', '|V1'), ('b', '>i2')]",
                                "(2,)", {0, 0, 5, 99, 1, 0, 1, 0, 6, 99, 0xFF, 0xFE});
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->type, DataType::f64);
  EXPECT_EQ(table->shape, (std::vector<int64_t>{2, 2}));
  const int64_t wanted[] = {5, 256, 6, -2};
  for (int64_t i = 0; i < 4; ++i)
    EXPECT_EQ(elementAsInteger(*table, i), wanted[i]);
  // Another one counts as a column.
  table = records("[('index', '<i2'), ('a', '<f4')]", "(1,)", {3, 0, 0, 0, 0xC0, 0x3F});
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->type, DataType::f64);
  EXPECT_EQ(table->shape, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(elementAsDouble(*table, 0), 3);
  EXPECT_EQ(elementAsDouble(*table, 1), 1.5);
  table = records("[('a', '|u1'), ('b', '|u1')]", "(2,)", {1, 2, 3, 4});
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->type, DataType::u8);
  table = records("[('index', '<i2'), ('label', '|u1')]", "(2,)", {0, 0, 7, 1, 0, 8});
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->shape, (std::vector<int64_t>{2}));
  EXPECT_EQ(elementAsInteger(*table, 1), 8);
}

TEST(Npy, saysWhatIsNotSupported) {
  EXPECT_NE(
      readBytes(npyFile(header("<c8", "(1,)"), Bytes(8))).status().message().find("found '<c8'"),
      std::string::npos);
  auto records = [](const char *fields, const char *shape) {
    std::string text =
        std::string("{'descr': ") + fields + ", 'fortran_order': False, 'shape': " + shape + "}";
    return readBytes(npyFile(text, Bytes(8))).status().message();
  };
  EXPECT_NE(records("[('a', '<f4'), ('name', '|O')]", "(1,)")
                .find("field 'name': expected an element type of b1, i1, i2, i4, i8, u1, u2, u4, "
                      "u8, f2, f4 or f8, found '|O'"),
            std::string::npos);
  EXPECT_NE(records("[('a', '<f4', (2,))]", "(1,)").find("expected fields of one number each"),
            std::string::npos);
  EXPECT_NE(records("[]", "(1,)").find("expected a field of numbers, found none"),
            std::string::npos);
  EXPECT_EQ(records("[('a', '<f4')]", "(1, 2)"),
            "array: expected a list of records, found the shape [1, 2]");
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
