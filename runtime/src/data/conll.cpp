// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lines of a CoNLL file.
#include "data/conll.h"
#include "data/line_reader.h"

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

Result<TaggedSentences> TaggedSentences::read(ByteSource source) {
  TaggedSentences result(source.name(), false);
  result.columns = 0;
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
    if (fields[0] == "-DOCSTART-")
      continue;
    if (result.columns == 0)
      result.columns = fields.size();
    if (fields.size() != result.columns)
      return dataLoss("%s: line %lld: expected %zu columns as in the first line of it, found %zu",
                      result.fileName.c_str(), number, result.columns, fields.size());
    if (fields[0].empty() || (fields.size() > 1 && fields.back().empty()))
      return dataLoss("%s: line %lld, column %zu: expected a %s, found nothing",
                      result.fileName.c_str(), number, fields[0].empty() ? 1 : fields.size(),
                      fields[0].empty() ? "token" : "tag");
    result.add(fields[0], fields.size() > 1 ? fields.back() : std::string_view(), reader.line());
  }
  result.endSentence();
  return result;
}

} // namespace weft::rt
