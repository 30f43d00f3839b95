// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Changes the text of a graph by its words, so that most of what comes out parses: a size
// everywhere it stands, an op for another, an operand, an element type, a line.
#ifndef WEFT_TEST_FUZZ_GRAPH_MUTATOR_H
#define WEFT_TEST_FUZZ_GRAPH_MUTATOR_H

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"

#include <random>
#include <string>
#include <vector>

namespace weft {

class GraphMutator {
public:
  // Ops of a family are written alike: each may stand in place of each other.
  using Families = std::vector<std::vector<std::string>>;

  GraphMutator(llvm::StringRef text, unsigned seed, const Families &families)
      : random(seed), families(families) {
    split(text);
  }

  std::string mutate() {
    for (unsigned changes = 1 + below(3); changes > 0; --changes)
      changeOnce();
    std::string text;
    for (const std::string &piece : pieces)
      text += piece;
    return text;
  }

private:
  size_t below(size_t bound) { return random() % bound; }

  static bool isOfWord(char c) {
    return llvm::isAlnum(c) || llvm::StringRef("_.%@#$?").contains(c);
  }

  // Words and single characters. The x of shapes parts words; a line break ends a line.
  void split(llvm::StringRef text) {
    for (size_t i = 0; i < text.size();) {
      size_t end = i + 1;
      if (llvm::isDigit(text[i]))
        while (end < text.size() && (llvm::isDigit(text[end]) || text[end] == '.'))
          ++end;
      else if (isOfWord(text[i]) && text[i] != '?' && text[i] != 'x')
        while (end < text.size() && isOfWord(text[end]))
          ++end;
      pieces.push_back(text.slice(i, end).str());
      i = end;
    }
  }

  template <typename Predicate>
  std::vector<size_t> where(Predicate is) const {
    std::vector<size_t> found;
    for (size_t i = 0; i < pieces.size(); ++i)
      if (is(llvm::StringRef(pieces[i])))
        found.push_back(i);
    return found;
  }

  // A word of that kind becomes `to(word)`, here or wherever the same stands.
  template <typename Predicate, typename Replacement>
  void replace(Predicate is, Replacement to, bool everywhere) {
    std::vector<size_t> found = where(is);
    if (found.empty())
      return;
    size_t chosen = found[below(found.size())];
    std::string from = pieces[chosen], target = to(from);
    for (size_t i : found)
      if (i == chosen || (everywhere && pieces[i] == from))
        pieces[i] = target;
  }

  std::string nextSize(llvm::StringRef from) {
    static constexpr const char *sizes[] = {"0",
                                            "1",
                                            "2",
                                            "3",
                                            "5",
                                            "7",
                                            "8",
                                            "16",
                                            "17",
                                            "33",
                                            "64",
                                            "100",
                                            "257",
                                            "1000",
                                            "4096",
                                            "65537",
                                            "1048577",
                                            "2147483648",
                                            "4611686018427387904",
                                            "9223372036854775807",
                                            "?"};
    long long number = 0;
    if (below(3) == 0 && !from.getAsInteger(10, number) && number < (1 << 20))
      return std::to_string(number + static_cast<long long>(below(3)) - 1);
    // Small ones more often: they are what compiles.
    return sizes[below(below(2) ? 10 : std::size(sizes))];
  }

  std::string nextNumber() {
    static constexpr const char *numbers[] = {
        "0.0",      "1.0",        "0.5",        "1.0e300",
        "1.0e-300", "0x7FC00000", "0xFF800000", "0x7FF8000000000000",
        "3.0e38",   "1"};
    return numbers[below(std::size(numbers))];
  }

  std::string nextType() {
    static constexpr const char *types[] = {"f32", "f32",  "f64", "i64", "i32",
                                            "i1",  "bf16", "f16", "i8",  "index"};
    return types[below(std::size(types))];
  }

  std::string nextOp(llvm::StringRef from) {
    std::vector<const std::vector<std::string> *> fitting;
    for (const std::vector<std::string> &family : families)
      if (llvm::is_contained(family, from))
        fitting.push_back(&family);
    if (fitting.empty())
      return from.str();
    const std::vector<std::string> &family = *fitting[below(fitting.size())];
    return family[below(family.size())];
  }

  // The pieces of one line, its end with them.
  std::pair<size_t, size_t> pickLine() {
    std::vector<size_t> ends = where([](llvm::StringRef piece) { return piece == "\n"; });
    if (ends.empty())
      return {0, pieces.size()};
    size_t line = below(ends.size());
    return {line == 0 ? 0 : ends[line - 1] + 1, ends[line] + 1};
  }

  void changeLines() {
    auto [begin, end] = pickLine();
    std::vector<std::string> line(pieces.begin() + begin, pieces.begin() + end);
    if (below(2))
      pieces.erase(pieces.begin() + begin, pieces.begin() + end);
    auto target = pickLine().first;
    if (below(2) && target <= pieces.size())
      pieces.insert(pieces.begin() + target, line.begin(), line.end());
  }

  void changeOnce() {
    auto isSize = [](llvm::StringRef word) {
      return llvm::all_of(word, llvm::isDigit) || word == "?";
    };
    auto isFloat = [](llvm::StringRef word) {
      return llvm::isDigit(word[0]) && word.contains('.');
    };
    auto isOp = [](llvm::StringRef word) { return word.starts_with("weft."); };
    auto isValue = [](llvm::StringRef word) { return word.starts_with("%"); };
    auto isType = [](llvm::StringRef word) {
      return word == "f32" || word == "f64" || word == "i64" || word == "i32" || word == "i1";
    };
    bool everywhere = below(3) != 0;
    std::vector<size_t> values;
    switch (below(10)) {
    case 0:
    case 1:
    case 2:
      return replace(isSize, [&](llvm::StringRef from) { return nextSize(from); }, everywhere);
    case 3:
    case 4:
    case 5:
      return replace(isOp, [&](llvm::StringRef from) { return nextOp(from); }, everywhere);
    case 6:
      values = where(isValue);
      return replace(
          isValue, [&](llvm::StringRef) { return pieces[values[below(values.size())]]; }, false);
    case 7:
      return replace(isType, [&](llvm::StringRef) { return nextType(); }, everywhere);
    case 8:
      return replace(isFloat, [&](llvm::StringRef) { return nextNumber(); }, false);
    default:
      return changeLines();
    }
  }

  std::minstd_rand random;
  const Families &families;
  std::vector<std::string> pieces;
};

} // namespace weft

#endif
