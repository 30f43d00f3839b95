// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lines, tables of text, CoNLL and lists of labels, and what is wrong with them.
#include "ReaderTesting.h"
#include "data/conll.h"
#include "data/line_reader.h"
#include "data/text_table.h"
#include "train/label_names.h"

using namespace weft::rt;
using namespace weft::rt::testing;
using Format = TextTable::Format;

namespace {

Result<TextTable> readTable(const Bytes &bytes, Format format) {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::fromMemory("table", bytes));
  return TextTable::read(std::move(source), format);
}

// Rows as "a|b".
std::vector<std::string> rowsOf(const TextTable &table) {
  std::vector<std::string> rows;
  for (int64_t row = 0; row < table.rows(); ++row) {
    rows.emplace_back();
    for (size_t column = 0; column < table.columns().size(); ++column)
      rows.back() += (column ? "|" : "") + std::string(table.cell(row, column));
  }
  return rows;
}

std::string tableFailure(const std::string &text, Format format) {
  return readTable(bytesOf(text), format).status().message();
}

Result<TaggedSentences> readSentences(const Bytes &bytes) {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::fromMemory("tags", bytes));
  return TaggedSentences::read(std::move(source));
}

using Rows = std::vector<std::string>;

} // namespace

TEST(LineReader, splitsAndChecks) {
  auto read = [](const std::string &text) -> Result<Rows> {
    Bytes bytes = bytesOf(text);
    WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::fromMemory("lines", bytes));
    LineReader reader(std::move(source));
    Rows lines;
    while (true) {
      WEFT_ASSIGN_OR_RETURN(bool found, reader.next());
      if (!found)
        return lines;
      lines.emplace_back(reader.text());
    }
  };
  EXPECT_EQ(read("\xEF\xBB\xBFone\r\n\ntwo\n").take(), (Rows{"one", "", "two"}));
  EXPECT_EQ(read("no end").take(), (Rows{"no end"}));
  EXPECT_EQ(read("").take(), Rows{});
  std::string longLine(300000, 'x');
  EXPECT_EQ(read("a\n" + longLine + "\nb").take(), (Rows{"a", longLine, "b"}));
  EXPECT_EQ(read(std::string("a\nb\0c", 5)).status().message(),
            "lines: line 2, byte 2: expected text, found a zero byte");
  EXPECT_EQ(read("caf\xE9 noir\n").status().message(),
            "lines: line 1, byte 4: expected UTF-8, found the byte 0xE9");
  // Overlong, a surrogate, above U+10FFFF, cut.
  for (const char *bad : {"\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"})
    EXPECT_FALSE(read(bad).ok());
  EXPECT_TRUE(read("\xF0\x9F\x98\x80 \xE2\x82\xAC").ok());
}

TEST(TextTable, tsvIsUnquoted) {
  Result<TextTable> table =
      readTable(bytesOf("sentence\tlabel\nshe said \"no\"\t1\n\n  \t0\n"), Format::tsv);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->columns(), (Rows{"sentence", "label"}));
  EXPECT_EQ(rowsOf(*table), (Rows{"she said \"no\"|1", "  |0"}));
  EXPECT_EQ(table->line(1), 4);
  EXPECT_EQ(table->place(1, 1), "table: line 4, column 2 (label)");
  EXPECT_EQ(table->find("Label"), std::optional<size_t>(1));
  EXPECT_EQ(table->find("other"), std::nullopt);
}

TEST(TextTable, colaHasNoHeader) {
  Result<TextTable> table = readTable(
      bytesOf("gj04\t1\t\tOur friends won't.\ngj04\t0\t*\tThey made him to.\n"), Format::tsv);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->columns(), (Rows{"source", "label", "star", "sentence"}));
  EXPECT_EQ(rowsOf(*table), (Rows{"gj04|1||Our friends won't.", "gj04|0|*|They made him to."}));
}

TEST(TextTable, csvIsQuoted) {
  Result<TextTable> table =
      readTable(bytesOf("text,label\n\"one, \"\"two\"\"\nthree\",1\nfour,0\n"), Format::csv);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(rowsOf(*table), (Rows{"one, \"two\"\nthree|1", "four|0"}));
  EXPECT_EQ(table->line(1), 4);
}

TEST(TextTable, jsonLines) {
  Result<TextTable> table = readTable(bytesOf("{\"text\": \"a\\tb\", \"label\": 1}\n\n{\"label\": "
                                              "\"x\", \"text\": \"\", \"more\": 2}\n"),
                                      Format::jsonLines);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->columns(), (Rows{"label", "text"}));
  EXPECT_EQ(rowsOf(*table), (Rows{"1|a\tb", "x|"}));
}

TEST(TextTable, namesWhatIsWrong) {
  EXPECT_EQ(tableFailure("", Format::tsv),
            "table: line 1: expected a header of column names, found an empty file");
  EXPECT_EQ(tableFailure("text\tlabel\nno tab\n", Format::tsv),
            "table: line 2: expected 2 fields as in the header, found 1");
  EXPECT_EQ(tableFailure("a,b\n1,2\n1,2,3\n", Format::csv),
            "table: line 3: expected 2 fields as in the header, found 3");
  EXPECT_EQ(tableFailure("a,,b,,a\n1,2,3,4,5\n", Format::csv),
            "table: line 1: expected columns of different names, found two that are called a");
  EXPECT_EQ(tableFailure("a,b\nx,\xFF\n", Format::csv),
            "table: line 2, byte 1: expected UTF-8, found the byte 0xFF");
  EXPECT_EQ(tableFailure("{\"a\": 1}\n[1]\n", Format::jsonLines),
            "table: line 2: expected a JSON object, found array");
  EXPECT_EQ(tableFailure("{\"a\": 1}\n{\"b\": 1}\n", Format::jsonLines),
            "table: line 2: expected the key \"a\" as in the first line, found none");
  EXPECT_NE(tableFailure("{\"a\": 1}\n{\"a\": \n", Format::jsonLines).find("table: line 2: JSON"),
            std::string::npos);
}

TEST(TextTable, survivesDamage) {
  const std::pair<Format, const char *> files[] = {
      {Format::csv, "text,label\n\"a \"\"b\"\"\nc\",1\n\xC3\xA9,0\n"},
      {Format::tsv, "text\tlabel\na \"b\"\t1\n\xC3\xA9\t0\n"},
      {Format::jsonLines,
       "{\"text\": \"a\\u00e9\", \"label\": [1, 2]}\n{\"text\": \"\", \"label\": 0}\n"}};
  for (const auto &[format, text] : files)
    forEachDamage(bytesOf(text), [format = format](const Bytes &bytes, bool) {
      (void)readTable(bytes, format).ok();
    });
}

TEST(Conll, readsSentences) {
  // Between sentences a lone tab, at the end a byte-order mark: real files have both.
  Result<TaggedSentences> sentences = readSentences(bytesOf(
      "-DOCSTART-\tO\n\nAnn\tB-person\nlives\tO\n\t\n\nin\tO\nBonn\tB-location\n\xEF\xBB\xBF"));
  ASSERT_TRUE(sentences.ok()) << sentences.status().message();
  ASSERT_EQ(sentences->sentences(), 2);
  EXPECT_EQ(sentences->first(1), 2);
  EXPECT_EQ(sentences->first(2), 4);
  EXPECT_EQ(sentences->word(0), "Ann");
  EXPECT_EQ(sentences->tag(3), "B-location");
  EXPECT_EQ(sentences->line(3), 8);
  EXPECT_TRUE(sentences->hasTags());
  // Spaces divide columns too; the last one is the tag.
  sentences = readSentences(bytesOf("EU NNP  B-NP B-ORG\nrejects VBZ B-VP O\n"));
  ASSERT_TRUE(sentences.ok()) << sentences.status().message();
  EXPECT_EQ(sentences->tag(0), "B-ORG");
  sentences = readSentences(bytesOf("only\ntokens\n"));
  ASSERT_TRUE(sentences.ok());
  EXPECT_FALSE(sentences->hasTags());
}

TEST(Conll, namesWhatIsWrong) {
  EXPECT_EQ(readSentences(bytesOf("Ann\tB-person\nlives\n")).status().message(),
            "tags: line 2: expected 2 columns as in the first line of it, found 1");
  EXPECT_EQ(readSentences(bytesOf("Ann\tB-person\n\tO\n")).status().message(),
            "tags: line 2, column 1: expected a token, found nothing");
  EXPECT_EQ(readSentences(bytesOf("Ann\t\n")).status().message(),
            "tags: line 1, column 2: expected a tag, found nothing");
}

TEST(Conll, survivesDamage) {
  forEachDamage(bytesOf("Ann\tB-per\nlives\tO\n\t\nin O\n"),
                [](const Bytes &bytes, bool) { (void)readSentences(bytes).ok(); });
}

TEST(LabelNames, filesAndConfigs) {
  TemporaryFolder folder;
  EXPECT_EQ(readLabelsFile(folder.write("a.json", bytesOf("[\"O\", \"B-x\"]"))).take().names,
            (Rows{"O", "B-x"}));
  EXPECT_EQ(readLabelsFile(folder.write("a.txt", bytesOf("bad\n\ngood\n"))).take().names,
            (Rows{"bad", "good"}));
  EXPECT_EQ(readLabelsFile(folder.write("b.txt", bytesOf("a\na\n"))).status().message(),
            folder.path("b.txt") + ": found the class a twice");
  EXPECT_EQ(readLabelsFile(folder.write("c.json", bytesOf("[1]"))).status().message(),
            folder.path("c.json") + ": expected an array of strings, found number in it");
  EXPECT_TRUE(readConfigLabels(folder.path()).take().empty()); // no config.json
  auto config = [&](const char *text) {
    folder.write("config.json", bytesOf(text));
    return readConfigLabels(folder.path());
  };
  EXPECT_EQ(config(R"({"id2label": {"1": "good", "0": "bad"}})").take().names,
            (Rows{"bad", "good"}));
  EXPECT_TRUE(config(R"({"id2label": {"0": "LABEL_0", "1": "LABEL_1"}})").take().empty());
  EXPECT_EQ(config(R"({"id2label": {"0": "a", "2": "b"}})").status().message(),
            folder.path("config.json") + ": id2label: expected the keys 0 to 1, found '2'");
  for (const char *text : {R"({"id2label": {"0": "a", "1": "b", "x": 3}, "b": [1, 2.5e3, null]})"})
    forEachDamage(bytesOf(text), [&](const Bytes &bytes, bool) {
      folder.write("config.json", bytes);
      (void)readConfigLabels(folder.path()).ok();
    });
}

TEST(LabelNames, valuesInOrder) {
  EXPECT_EQ(namesOfValues({"b", "a", "b"}).names, (Rows{"a", "b"}));
  EXPECT_TRUE(namesOfValues({"10", "9", "0"}).empty()); // numbers stand for themselves
  EXPECT_EQ(LabelNames({{"x", "y"}}).of(1), "y");
  EXPECT_EQ(LabelNames().of(1), "1");
}
