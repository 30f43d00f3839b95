// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lists of names, in an argument or in a file.
#include "weft/Models/LabelNames.h"
#include "ConfigFields.h"
#include "weft/Models/Files.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/LineIterator.h"

using namespace llvm;

namespace weft::models {

// Far beyond any list of names.
constexpr uint64_t kMaxListBytes = 256 << 20;

static FailureOr<std::vector<std::string>> checkNames(std::vector<std::string> names,
                                                      std::string &error) {
  StringSet<> seen;
  for (StringRef name : names) {
    bool isPrintable = none_of(name, [](unsigned char c) { return c < 0x20; });
    if (!name.empty() && isPrintable && seen.insert(name).second)
      continue;
    error = ("expected different names of printable characters, got '" + name + "'").str();
    return failure();
  }
  if (names.empty()) {
    error = "expected a name or more, got none";
    return failure();
  }
  return names;
}

FailureOr<std::vector<std::string>> parseLabelNames(StringRef text, std::string &error) {
  std::vector<std::string> names;
  for (StringRef name : split(text, ','))
    names.push_back(name.trim().str());
  return checkNames(std::move(names), error);
}

FailureOr<std::vector<std::string>> readLabelNames(StringRef path, std::string &error) {
  auto file = readInputFile(path, kMaxListBytes);
  if (!file) {
    error = ("cannot read '" + path + "': " + toString(file.takeError())).str();
    return failure();
  }
  StringRef text = (*file)->getBuffer();
  std::vector<std::string> names;
  if (text.ltrim().starts_with("[")) {
    if (isNestedDeeper(text, 2)) {
      error = (path + ": expected a JSON array of strings, found one with arrays in it").str();
      return failure();
    }
    Expected<std::vector<std::string>> list = json::parse<std::vector<std::string>>(text);
    if (!list) {
      error = (path +
               ": expected a JSON array of strings, found an error: " + toString(list.takeError()))
                  .str();
      return failure();
    }
    names = std::move(*list);
  } else {
    for (line_iterator line(**file, /*SkipBlanks=*/true); !line.is_at_end(); ++line)
      names.push_back(line->trim().str());
  }
  FailureOr<std::vector<std::string>> checked = checkNames(std::move(names), error);
  if (failed(checked))
    error = (path + ": " + error).str();
  return checked;
}

} // namespace weft::models
