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

Result<TextTable> readTable(const Bytes &bytes, Format format, bool skipBadRows = false) {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::fromMemory("table", bytes));
  return TextTable::read(std::move(source), format, skipBadRows);
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

Result<TaggedSentences> readSentences(const Bytes &bytes, const std::string &tokenColumn = "",
                                      const std::string &tagColumn = "") {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::fromMemory("tags", bytes));
  return TaggedSentences::read(std::move(source), tokenColumn, tagColumn);
}

// Sentences as "Ann/B-per in/O".
std::vector<std::string> sentencesOf(const std::string &text, const std::string &tokenColumn = "",
                                     const std::string &tagColumn = "") {
  Result<TaggedSentences> read = readSentences(bytesOf(text), tokenColumn, tagColumn);
  if (!read.ok())
    return {read.status().message()};
  std::vector<std::string> sentences;
  for (int64_t i = 0; i < read->sentences(); ++i) {
    sentences.emplace_back();
    for (int64_t word = read->first(i); word < read->first(i + 1); ++word)
      sentences.back() += (sentences.back().empty() ? "" : " ") + std::string(read->word(word)) +
                          "/" + std::string(read->tag(word));
  }
  return sentences;
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
  // A carriage return by itself ends a line too, as in Python's universal newlines.
  EXPECT_EQ(read("a\rb\r\rc\r\n\r\nd\n\re\r").take(), (Rows{"a", "b", "", "c", "", "d", "", "e"}));
  // At the end of a block, with the line feed in the next one.
  std::string half(65535, 'x');
  EXPECT_EQ(read(half + "\r\n" + half + "\ry").take(), (Rows{half, half, "y"}));
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

TEST(TextTable, leavesOutBadRows) {
  Result<TextTable> table =
      readTable(bytesOf("id\tq1\tq2\n1\ta\tb\n\"\tc\n2\td\te\tf\n3\tg\th\n"), Format::tsv, true);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(rowsOf(*table), (Rows{"1|a|b", "3|g|h"}));
  EXPECT_EQ(table->number(1), 3);
  EXPECT_EQ(table->line(1), 5);
  EXPECT_EQ(table->bad().count(), 2);
  EXPECT_EQ(table->bad().notice("table"),
            "table: left out 2 rows: line 3: expected 3 fields as in the header, found 2; line 4: "
            "expected 3 fields as in the header, found 4");
  Status status = table->filter(
      [&](int64_t row) { return row == 0 ? dataLoss("table: line 2: no") : Status(); });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(rowsOf(*table), (Rows{"3|g|h"}));
  EXPECT_EQ(table->number(0), 3);
  EXPECT_EQ(table->bad().count(), 3);
}

TEST(TextTable, jsonLines) {
  // Keys in any order; what lacks or is null is missing; numbers as they stand.
  Result<TextTable> table = readTable(
      bytesOf("{\"text\": \"a\\tb\", \"label\": 1.50}\n\n{\"label\": \"x\", \"text\": null, "
              "\"more\": {\"k\": [1, true, \"q\\\"\"]}}\n{}\n"),
      Format::jsonLines);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->columns(), (Rows{"text", "label", "more"}));
  EXPECT_EQ(rowsOf(*table), (Rows{"a\tb|1.50|", "|x|{\"k\":[1,true,\"q\\\"\"]}", "||"}));
  EXPECT_EQ(table->line(1), 3);
  EXPECT_EQ(table->line(2), 4);
  EXPECT_EQ(table->kind(0, 0), TextTable::Kind::text);
  EXPECT_EQ(table->kind(0, 1), TextTable::Kind::scalar);
  EXPECT_EQ(table->kind(1, 2), TextTable::Kind::structured);
}

TEST(TextTable, jsonArrays) {
  Result<TextTable> table = readTable(
      bytesOf("[{\"text\": \"a\", \"label\": 1},\n\n {\"text\":\n \"b\"} ]\n"), Format::jsonLines);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(rowsOf(*table), (Rows{"a|1", "b|"}));
  EXPECT_EQ(table->line(1), 3);
  EXPECT_EQ(tableFailure("[{\"a\": 1}, 2]", Format::jsonLines),
            "table: line 1, column 12 ([1]): expected an object, found a number");
  EXPECT_EQ(tableFailure("[]", Format::jsonLines),
            "table: line 1: expected objects of JSON, a line each or in an array, found none");
  EXPECT_EQ(tableFailure("[{\"a\": 1}", Format::jsonLines),
            "table: line 1, column 10 ([0]): expected ',' or ']', found the end of the file");
}

TEST(TextTable, namesWhatIsWrong) {
  EXPECT_EQ(tableFailure("", Format::tsv),
            "table: line 1: expected a header of column names, found an empty file");
  EXPECT_EQ(
      tableFailure("text\tlabel\nno tab\n", Format::tsv),
      "table: line 2: expected 2 fields as in the header, found 1; --skip-bad-rows leaves such "
      "rows out");
  EXPECT_EQ(
      tableFailure("a,b\n1,2\n1,2,3\n", Format::csv),
      "table: line 3: expected 2 fields as in the header, found 3; --skip-bad-rows leaves such "
      "rows out");
  EXPECT_EQ(tableFailure("a,,b,,a\n1,2,3,4,5\n", Format::csv),
            "table: line 1: expected columns of different names, found two that are called a");
  EXPECT_EQ(tableFailure("a,b\nx,\xFF\n", Format::csv),
            "table: line 2, byte 1: expected UTF-8, found the byte 0xFF");
  EXPECT_EQ(tableFailure("{\"a\": 1}\n[1]\n", Format::jsonLines),
            "table: line 2, column 2 ([0]): expected an object, found a number");
  EXPECT_EQ(tableFailure("{\"a\": 1}\n1\n", Format::jsonLines),
            "table: line 2, column 1: expected an object, found a number");
  EXPECT_EQ(tableFailure("{\"a\": 1}\n{\"b\": 1, \"a\": 2, \"b\": 3}\n", Format::jsonLines),
            "table: line 2: expected each key once, found b twice");
  EXPECT_EQ(tableFailure("{\"a\": 1}\n{\"a\": \n", Format::jsonLines),
            "table: line 3, column 1 (a): expected a value, found the end of the file");
}

TEST(TextTable, survivesDamage) {
  const std::pair<Format, const char *> files[] = {
      {Format::csv, "text,label\n\"a \"\"b\"\"\nc\",1\n\xC3\xA9,0\n"},
      {Format::tsv, "text\tlabel\na \"b\"\t1\n\xC3\xA9\t0\n"},
      {Format::jsonLines, "[{\"text\": \"a\", \"label\": null}, {\"note\": [{}]}]"},
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

TEST(Conll, readsConllU) {
  const std::string text = "# sent_id = 1\n# text = Vámonos al mar\n"
                           "1-2\tVámonos\t_\t_\t_\t_\t_\t_\t_\t_\n"
                           "1\tVamos\tir\tVERB\tv\tMood=Imp\t0\troot\t_\t_\n"
                           "2\tnos\tnosotros\tPRON\tp\t_\t1\tobj\t_\t_\n"
                           "2.1\tno\tno\tADV\ta\t_\t_\t_\t1:advmod\t_\n"
                           "3\t#\t#\tSYM\ts\t_\t1\tobl\t_\tSpaceAfter=No\n \n"
                           "# newpar\n1\tSí\tsí\tINTJ\ti\t_\t0\troot\t_\t_\n\n";
  EXPECT_EQ(sentencesOf(text), (Rows{"Vamos/VERB nos/PRON #/SYM", "Sí/INTJ"}));
  EXPECT_EQ(sentencesOf("# newdoc id = a\n# newpar\n" + text, "lemma", "DepRel"),
            (Rows{"ir/root nosotros/obj #/obl", "sí/root"}));
  EXPECT_EQ(sentencesOf(text, "", "ner"),
            (Rows{"tags: --label-column: expected the number of a column, 1 to 10, or its name, "
                  "FORM, UPOS, DEPREL ..., found 'ner'"}));
}

TEST(Conll, takesColumnsByNumber) {
  const std::string text =
      "-DOCSTART- -X- -X- O\nEU NNP B-NP B-ORG \n-DOCSTART- -X- -X- O\nin IN O O\n";
  EXPECT_EQ(sentencesOf(text), (Rows{"EU/B-ORG", "in/O"}));
  EXPECT_EQ(sentencesOf(text, "1", "2"), (Rows{"EU/NNP", "in/IN"}));
  EXPECT_EQ(sentencesOf(text, "5"),
            (Rows{"tags: --text-column: expected the number of a column, 1 to 4, found '5'"}));
  // A space behind a tag is no other tag.
  EXPECT_EQ(sentencesOf("EU\tB-ORG \nin\tO\n"), (Rows{"EU/B-ORG in/O"}));
}

TEST(Conll, tellsCommentsFromTokens) {
  EXPECT_EQ(sentencesOf("# id 7 domain=en\nAnn _ _ B-PER\n# _ _ O\n\n# _ _ O\n1 _ _ O\n"),
            (Rows{"Ann/B-PER #/O", "#/O 1/O"}));
  EXPECT_EQ(sentencesOf("# a comment\n#\tO\n1\tO\n#\tO\n"), (Rows{"#/O 1/O #/O"}));
  EXPECT_EQ(sentencesOf("# O\n1 O\n"), (Rows{"#/O 1/O"}));
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
  EXPECT_EQ(readLabelsFile(folder.write("d.json", bytesOf("[\"a\", \"\"]"))).status().message(),
            folder.path("d.json") + ": expected a name for class 1, found nothing");
  EXPECT_TRUE(readConfigLabels(folder.path()).take().empty()); // no config.json
  auto config = [&](const char *text) {
    folder.write("config.json", bytesOf(text));
    return readConfigLabels(folder.path());
  };
  EXPECT_EQ(config(R"({"id2label": {"1": "good", "0": "bad"}})").take().names,
            (Rows{"bad", "good"}));
  EXPECT_TRUE(config(R"({"id2label": {"0": "LABEL_0", "1": "LABEL_1"}})").take().empty());
  EXPECT_TRUE(config(R"({"id2label": {"0": "0", "1": "1"}})").take().empty());
  EXPECT_EQ(config(R"({"id2label": {"0": "1", "1": "2"}})").take().names, (Rows{"1", "2"}));
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

TEST(LabelNames, classesByNameOrNumber) {
  LabelNames words{{"bad", "good"}}, numbers{{"1", "2"}};
  EXPECT_EQ(words.classOf("good"), std::optional<int64_t>(1));
  EXPECT_EQ(words.classOf("0"), std::optional<int64_t>(0));
  EXPECT_EQ(words.classOf("fine"), std::nullopt);
  EXPECT_EQ(numbers.classOf("2"), std::optional<int64_t>(1));
  EXPECT_EQ(numbers.classOf("0"), std::nullopt); // a name, though of no class
}
