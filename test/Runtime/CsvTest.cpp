// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CSV records, tables of numbers, and what is wrong with them.
#include "data/csv.h"
#include "ReaderTesting.h"

using namespace weft::rt;
using namespace weft::rt::testing;

using Records = std::vector<std::vector<std::string>>;

static Result<Records> readRecords(const std::string &text) {
  Bytes bytes = bytesOf(text);
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::fromMemory("table", bytes));
  CsvReader reader(std::move(source));
  Records records;
  while (true) {
    WEFT_ASSIGN_OR_RETURN(bool found, reader.next());
    if (!found)
      return records;
    records.emplace_back();
    for (size_t i = 0; i < reader.fieldCount(); ++i)
      records.back().emplace_back(reader.field(i));
  }
}

static Result<CsvTable> readTable(const std::string &text,
                                  const CsvOptions &options = {{"label", "target"}}) {
  Bytes bytes = bytesOf(text);
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::fromMemory("table", bytes));
  return readCsvTable(std::move(source), options);
}

TEST(Csv, readsQuotedFields) {
  Result<Records> records =
      readRecords("\xEF\xBB\xBFid,text\r\n1,\"a, \"\"b\"\"\nc\"\r\n\r\n2,\n3,\"\"");
  ASSERT_TRUE(records.ok()) << records.status().message();
  EXPECT_EQ(*records, (Records{{"id", "text"}, {"1", "a, \"b\"\nc"}, {"2", ""}, {"3", ""}}));
}

// As Python's csv.reader gives them.
TEST(Csv, readsWhatPythonReads) {
  EXPECT_EQ(readRecords("a,He said \"hi\",b\n").take(), (Records{{"a", "He said \"hi\"", "b"}}));
  EXPECT_EQ(readRecords("5\" pipe,\"x\"y,\"\"\"\"\n").take(), (Records{{"5\" pipe", "xy", "\""}}));
  EXPECT_EQ(readRecords("\"a\"b\"c\",\" \"d \"\n").take(), (Records{{"ab\"c\"", " d \""}}));
  EXPECT_EQ(readRecords(" \"a\",b\"\n").take(), (Records{{" \"a\"", "b\""}}));
  EXPECT_EQ(readRecords("a,b,\n,,\n").take(), (Records{{"a", "b", ""}, {"", "", ""}}));
  // All line ends, also within quotes.
  EXPECT_EQ(readRecords("a,b\rc,\"d\re\"\r\rf,g").take(),
            (Records{{"a", "b"}, {"c", "d\re"}, {"f", "g"}}));
  EXPECT_EQ(readRecords("a\r\n\"b\r\nc\"\r\n\"\"\r\n").take(), (Records{{"a"}, {"b\r\nc"}, {""}}));
}

TEST(Csv, namesTheLineOfAnError) {
  EXPECT_EQ(readRecords("a\n\n\"x\nmore").status().message(),
            "table: line 3: the file ends inside a quoted field");
  EXPECT_EQ(readRecords("a\r\"x\r\ny\"\r\n\"z").status().message(),
            "table: line 4: the file ends inside a quoted field");
  EXPECT_EQ(readRecords(std::string("a\n\0", 3)).status().message(),
            "table: line 2, field 1: expected text, found a zero byte");
}

TEST(CsvTable, readsKaggleDigits) {
  Result<CsvTable> table = readTable("label,pixel0,pixel1\n7,0,255\n2,13,1\n");
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->columns, (std::vector<std::string>{"pixel0", "pixel1"}));
  EXPECT_EQ(table->values.type, DataType::u8);
  EXPECT_EQ(table->values.shape, (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(elementAsInteger(table->values, 2), 13);
  ASSERT_TRUE(table->hasLabel);
  EXPECT_EQ(elementAsInteger(table->label, 1), 2);
}

TEST(CsvTable, widensWhatDoesNotFit) {
  Result<CsvTable> table = readTable("x,TARGET\n1,0\n255,1\n-0.5, 300 \n+2e2,16777217\n");
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->values.type, DataType::f32);
  EXPECT_EQ(elementAsDouble(table->values, 0), 1);
  EXPECT_EQ(elementAsDouble(table->values, 1), 255);
  EXPECT_EQ(elementAsDouble(table->values, 2), -0.5);
  EXPECT_EQ(elementAsDouble(table->values, 3), 200);
  EXPECT_EQ(table->labelName, "TARGET");
  EXPECT_EQ(table->label.type, DataType::f64);
  EXPECT_EQ(elementAsDouble(table->label, 2), 300);
  EXPECT_EQ(elementAsDouble(table->label, 3), 16777217);
}

TEST(CsvTable, grows) {
  std::string text = "pixel0,pixel1\n";
  for (int i = 0; i < 20000; ++i)
    text += std::to_string(i % 256) + ",3\n";
  text += "256,3\n";
  Result<CsvTable> table = readTable(text);
  ASSERT_TRUE(table.ok());
  EXPECT_FALSE(table->hasLabel);
  EXPECT_EQ(table->values.type, DataType::f32);
  for (int i = 0; i < 20000; ++i)
    ASSERT_EQ(elementAsInteger(table->values, 2 * i), i % 256);
}

TEST(CsvTable, namesLineAndColumn) {
  const std::string skip = "; --skip-bad-rows leaves such rows out";
  EXPECT_EQ(readTable("label,x\n1,2\n1,cat\n").status().message(),
            "table: line 3, column 2 (x): expected a number, found 'cat'" + skip);
  EXPECT_EQ(readTable("label,x\n1,2\n,2\n").status().message(),
            "table: line 3, column 1 (label): expected a number, that of a class or a value, found "
            "''" +
                skip);
  EXPECT_EQ(readTable("x,label\n1,setosa\n").status().message(),
            "table: line 2, column 2 (label): expected a number, that of a class or a value, found "
            "'setosa'; write the classes as numbers, from 0 on" +
                skip);
  EXPECT_EQ(readTable("x,species\n1,setosa\n").status().message(),
            "table: line 2, column 2 (species): expected a number, found 'setosa'; the column of "
            "labels is called label, target, class or y, or is what --label-column says" +
                skip);
  EXPECT_EQ(readTable("label,x\n1\n").status().message(),
            "table: line 2: expected 2 fields as in the header, found 1" + skip);
  EXPECT_EQ(readTable("1,2\n").status().message(),
            "table: line 1: expected a header of column names, found only numbers");
  EXPECT_EQ(readTable("").status().message(),
            "table: line 1: expected a header of column names, found an empty file");
  EXPECT_FALSE(readTable("x\nnan\n").ok());
  EXPECT_FALSE(readTable("x\n1e999\n").ok());
}

TEST(CsvTable, leavesOutBadRows) {
  CsvOptions options = {{"label"}};
  options.skipBadRows = true;
  Result<CsvTable> table = readTable("label,x\n1,2\n3\n,4\n5,6\n7,n/a\n8,9,10\n", options);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->numbers, (std::vector<int64_t>{0, 3}));
  EXPECT_EQ(elementAsInteger(table->label, 1), 5);
  EXPECT_EQ(elementAsInteger(table->values, 1), 6);
  EXPECT_EQ(table->bad.notice("table"),
            "table: left out 4 rows: line 3: expected 2 fields as in the header, found 1; line 4, "
            "column 1 (label): expected a number, that of a class or a value, found ''; line 6, "
            "column 2 (x): expected a number, found 'n/a' ...");
}

TEST(CsvTable, keepsIds) {
  const char *text = "Id,x,label\n007,1,0\n\"a,b\",2,1\n";
  CsvOptions options = {{"label"}, "id", /*idIsValue=*/false};
  Result<CsvTable> table = readTable(text, options);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->ids, (std::vector<std::string>{"007", "a,b"}));
  EXPECT_EQ(table->columns, (std::vector<std::string>{"x"}));
  EXPECT_EQ(table->values.shape, (std::vector<int64_t>{2, 1}));
  options.idIsValue = true;
  EXPECT_FALSE(readTable(text, options).ok());
  table = readTable("Id,x\n007,1\n", options);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->ids, (std::vector<std::string>{"007"}));
  EXPECT_EQ(table->values.shape, (std::vector<int64_t>{1, 2}));
}

TEST(CsvTable, survivesDamage) {
  std::string text = "label,\"a\"\"b\",c\r\n1,2.5,3\r\n\"4\",5,6\r\n";
  ASSERT_TRUE(readTable(text).ok());
  int refused = 0;
  forEachDamage(bytesOf(text), [&](const Bytes &damaged, bool) {
    Result<CsvTable> table = readTable(std::string(damaged.begin(), damaged.end()));
    refused += !table.ok();
    if (!table.ok())
      EXPECT_EQ(table.status().message().rfind("table: ", 0), 0u) << table.status().message();
  });
  EXPECT_GT(refused, 100);
}
