// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A walk over the brackets and aliases of a text, with MLIR's rules for strings and comments.
#include "weft/Pipelines/InputText.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace llvm;
using namespace weft;

namespace {

class NestingScan {
public:
  explicit NestingScan(StringRef text) : text(text) {}

  // The first fault, or nothing.
  std::string run();

private:
  // What an alias is when all that it uses is written out.
  struct Alias {
    unsigned depth = 0;
    uint64_t size = 0;
  };

  std::string step();
  StringRef afterSpace(StringRef rest) const;
  bool isArrayOfIndices() const;
  void skipString();
  std::string visitBracket(char bracket);
  std::string visitName();
  std::string checkDepth(unsigned total);
  std::string addSize(uint64_t size);
  // A message in front of which its place stands.
  std::string at(size_t position, const Twine &message) const;
  bool startsWith(StringRef prefix) const { return text.substr(position).starts_with(prefix); }

  StringRef text;
  size_t position = 0;
  unsigned depth = 0;
  // Signs in a row: each is a call of the parser too.
  unsigned signs = 0;
  StringMap<Alias> aliases;
  // The alias whose definition the walk is in, until the line on which its value ends.
  StringRef defined;
  Alias definition;
};

} // namespace

std::string NestingScan::at(size_t place, const Twine &message) const {
  StringRef before = text.take_front(place);
  size_t lineStart = before.rfind('\n') + 1; // npos + 1 is 0
  return (Twine(before.count('\n') + 1) + ":" + Twine(place - lineStart + 1) +
          ": error: " + message)
      .str();
}

std::string NestingScan::checkDepth(unsigned total) {
  if (!defined.empty())
    definition.depth = std::max(definition.depth, total);
  if (total <= kMaxNesting)
    return {};
  return at(position, "expected brackets nested at most " + Twine(kMaxNesting) + " deep");
}

std::string NestingScan::addSize(uint64_t size) {
  if (defined.empty())
    return {};
  definition.size = SaturatingAdd(definition.size, size);
  if (definition.size <= kMaxAliasSize)
    return {};
  return at(position, "expected an alias of at most " + Twine(kMaxAliasSize) +
                          " elements when the aliases in it are written out, '" + defined +
                          "' has more");
}

void NestingScan::skipString() {
  for (++position; position < text.size() && text[position] != '"' && text[position] != '\n';
       ++position)
    if (text[position] == '\\')
      ++position;
  ++position;
}

std::string NestingScan::visitBracket(char bracket) {
  std::string fault;
  if (StringRef("([{<").contains(bracket)) {
    fault = checkDepth(++depth);
    if (fault.empty())
      fault = addSize(1);
  } else if (depth > 0) {
    --depth;
  }
  ++position;
  return fault;
}

// `#name` or `!name`: the definition of an alias, its use, or a dialect's attribute or type.
std::string NestingScan::visitName() {
  size_t end = position + 1;
  while (end < text.size() && (isAlnum(text[end]) || StringRef("_.$-").contains(text[end])))
    ++end;
  StringRef name = text.slice(position, end);
  std::string fault;
  bool isDefinition = depth == 0 && text.substr(end).ltrim().starts_with("=") &&
                      !text.substr(end).ltrim().starts_with("==");
  if (isDefinition) {
    defined = name;
    definition = {};
  } else if (auto alias = aliases.find(name); alias != aliases.end()) {
    fault = checkDepth(depth + alias->second.depth);
    if (fault.empty())
      fault = addSize(alias->second.size);
  } else {
    fault = addSize(1);
  }
  position = isDefinition ? text.find('=', end) + 1 : end;
  return fault;
}

// Without the white space and the comments in front.
StringRef NestingScan::afterSpace(StringRef rest) const {
  while (true) {
    rest = rest.ltrim();
    if (!rest.starts_with("//"))
      return rest;
    rest = rest.drop_front(std::min(rest.find('\n'), rest.size()));
  }
}

// `array<index: 0>`, whose index type MLIR's parser asks for its width.
bool NestingScan::isArrayOfIndices() const {
  auto isOfWord = [](char c) { return isAlnum(c) || c == '_' || c == '.' || c == '$'; };
  StringRef rest = text.substr(position);
  if ((position > 0 && isOfWord(text[position - 1])) || !rest.consume_front("array"))
    return false;
  rest = afterSpace(rest);
  if (!rest.consume_front("<"))
    return false;
  rest = afterSpace(rest);
  return rest.consume_front("index") && (rest.empty() || !isOfWord(rest[0]));
}

std::string NestingScan::step() {
  char c = text[position];
  if (c == '\n' && depth == 0 && !defined.empty() && definition.size > 0) {
    aliases[defined] = definition;
    defined = {};
  }
  if (!isSpace(c) && c != '-')
    signs = 0;
  if (c == '"') {
    skipString();
    return addSize(1);
  }
  if (c == 'a' && isArrayOfIndices())
    return at(position, "expected an array of integers or floats, got one of index");
  if (startsWith("//")) {
    position = std::min(text.find('\n', position), text.size());
    return {};
  }
  // Arrows and comparisons are no brackets.
  if (startsWith("->") || startsWith(">=") || startsWith("<=") || startsWith("==")) {
    position += 2;
    return {};
  }
  if (StringRef("([{<)]}>").contains(c))
    return visitBracket(c);
  if (c == '#' || c == '!')
    return visitName();
  if (c == '-' && ++signs > kMaxNesting)
    return at(position, "expected at most " + Twine(kMaxNesting) + " signs in a row");
  ++position;
  return isSpace(c) ? std::string() : addSize(c == ',' || definition.size == 0);
}

std::string NestingScan::run() {
  while (position < text.size())
    if (std::string fault = step(); !fault.empty())
      return fault;
  return {};
}

bool weft::isBytecode(StringRef file) { return file.starts_with("ML\xefR"); }

std::string weft::describeInputFault(StringRef name, StringRef file, bool allowBytecode) {
  if (isBytecode(file))
    return allowBytecode ? std::string()
                         : (name + ": error: expected text, got MLIR bytecode, whose reader is not "
                                   "safe for files from others; --allow-bytecode reads it")
                               .str();
  std::string fault = NestingScan(file).run();
  return fault.empty() ? fault : (name + ":" + fault).str();
}
