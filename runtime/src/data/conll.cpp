// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lines of a CoNLL file.
#include "data/conll.h"
#include "data/line_reader.h"

#include <algorithm>
#include <charconv>
#include <strings.h>

namespace weft::rt {

// Spaces, tabs and byte-order marks.
static bool isBlank(std::string_view line) {
  while (!line.empty()) {
    if (line.front() == ' ' || line.front() == '\t')
      line.remove_prefix(1);
    else if (line.starts_with("\xEF\xBB\xBF"))
      line.remove_prefix(3);
    else
      return false;
  }
  return true;
}

// Fields between tabs, or between runs of spaces.
static void splitColumns(std::string_view line, std::vector<std::string_view> &fields) {
  fields.clear();
  bool byTabs = line.find('\t') != std::string_view::npos;
  while (!line.empty()) {
    size_t end = line.find(byTabs ? '\t' : ' ');
    if (byTabs || end != 0)
      fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos)
      return;
    line.remove_prefix(end + 1);
    if (byTabs && line.empty())
      fields.push_back(line);
  }
}

void TaggedSentences::add(std::string_view word, std::string_view tag, int64_t line) {
  text += word;
  ends.push_back(text.size());
  text += tag;
  ends.push_back(text.size());
  lines.push_back(line);
}

void TaggedSentences::endSentence() {
  if (static_cast<int64_t>(lines.size()) > firstWords.back())
    firstWords.push_back(static_cast<int64_t>(lines.size()));
}

namespace {

// What the first line of a token says about all of them.
struct ConllColumns {
  size_t count = 0; // 0: no line was read
  bool byTabs = false, isConllU = false;
  size_t token = 0, tag = 0;
};

// "3", "3-4" or "3.1".
bool isWordNumber(std::string_view text) {
  size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  bool isRange = digits < text.size() && (text[digits] == '-' || text[digits] == '.');
  std::string_view rest = text.substr(std::min(digits + 1, text.size()));
  return digits > 0 && (digits == text.size() ||
                        (isRange && !rest.empty() &&
                         rest.find_first_not_of("0123456789") == std::string_view::npos));
}

// The place of a column by its number, or by its name in CoNLL-U.
Result<size_t> placeOf(const std::string &asked, const char *option, const ConllColumns &columns,
                       size_t usual, const std::string &file) {
  static const char *const names[] = {"ID",    "FORM", "LEMMA",  "UPOS", "XPOS",
                                      "FEATS", "HEAD", "DEPREL", "DEPS", "MISC"};
  if (asked.empty())
    return usual;
  for (size_t i = 0; columns.isConllU && i < std::size(names); ++i)
    if (strcasecmp(names[i], asked.c_str()) == 0)
      return i;
  size_t number = 0;
  auto [end, error] = std::from_chars(asked.data(), asked.data() + asked.size(), number);
  if (error != std::errc() || end != asked.data() + asked.size() || number < 1 ||
      number > columns.count)
    return invalidArgument("%s: %s: expected the number of a column, 1 to %zu%s, found '%s'",
                           file.c_str(), option, columns.count,
                           columns.isConllU ? ", or its name, FORM, UPOS, DEPREL ..." : "",
                           asked.substr(0, 40).c_str());
  return number - 1;
}

// In front of a sentence: "# sent_id = 1", and what has other columns than tokens have.
bool isComment(std::string_view line, size_t fields, const ConllColumns &columns) {
  if (!line.starts_with('#') || columns.isConllU)
    return columns.isConllU && line.starts_with('#');
  if (!line.starts_with("# ") || line.size() == 2)
    return false;
  if (columns.byTabs || line.find_first_of("\t=") != std::string_view::npos ||
      line.starts_with("# newdoc") || line.starts_with("# newpar"))
    return true;
  return columns.count ? fields != columns.count : fields > 2;
}

} // namespace

Result<TaggedSentences> TaggedSentences::read(ByteSource source, const std::string &tokenColumn,
                                              const std::string &tagColumn) {
  TaggedSentences result(source.name(), false);
  ConllColumns columns;
  LineReader reader(std::move(source));
  std::vector<std::string_view> fields;
  while (true) {
    WEFT_ASSIGN_OR_RETURN(bool found, reader.next());
    if (!found)
      break;
    auto number = static_cast<long long>(reader.line());
    if (isBlank(reader.text())) {
      result.endSentence();
      continue;
    }
    splitColumns(reader.text(), fields);
    if (fields[0] == "-DOCSTART-") {
      result.endSentence();
      continue;
    }
    bool isFirst = result.firstWords.back() == static_cast<int64_t>(result.lines.size());
    if (isFirst && isComment(reader.text(), fields.size(), columns))
      continue;
    if (columns.count == 0) {
      columns.count = fields.size();
      columns.byTabs = reader.text().find('\t') != std::string_view::npos;
      columns.isConllU = columns.byTabs && columns.count == 10 && isWordNumber(fields[0]);
      WEFT_ASSIGN_OR_RETURN(columns.token, placeOf(tokenColumn, "--text-column", columns,
                                                   columns.isConllU, result.fileName));
      WEFT_ASSIGN_OR_RETURN(columns.tag,
                            placeOf(tagColumn, "--label-column", columns,
                                    columns.isConllU ? 3 : columns.count - 1, result.fileName));
      result.columns = columns.count;
    }
    if (fields.size() != columns.count)
      return dataLoss("%s: line %lld: expected %zu columns as in the first line of it, found %zu",
                      result.fileName.c_str(), number, columns.count, fields.size());
    if (columns.isConllU && fields[0].find_first_of("-.") != std::string_view::npos)
      continue;
    std::string_view token = fields[columns.token], tag = fields[columns.tag];
    tag = tag.substr(0, tag.find_last_not_of(' ') + 1);
    bool hasTag = columns.count == 1 || !tag.empty();
    if (token.empty() || !hasTag)
      return dataLoss("%s: line %lld, column %zu: expected a %s, found nothing",
                      result.fileName.c_str(), number,
                      (token.empty() ? columns.token : columns.tag) + 1,
                      token.empty() ? "token" : "tag");
    result.add(token, columns.count > 1 ? tag : std::string_view(), reader.line());
  }
  result.endSentence();
  return result;
}

} // namespace weft::rt
