// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Truncation strategies and the assembly of encodings.
#include "text/truncation.h"

#include <algorithm>

namespace weft::rt {

namespace {

// Cuts into windows of `length`, each of which repeats `stride` tokens of the one before.
Status cut(TokenSequence &sequence, size_t length, const EncodeOptions &options) {
  size_t count = sequence.tokens.size();
  if (length >= count)
    return {};
  bool right = options.side == TruncationSide::right;
  if (!options.keepOverflow) {
    sequence.parts[0] =
        right ? TokenSequence::Part{0, length} : TokenSequence::Part{count - length, count};
    return {};
  }
  if (length == 0) {
    sequence.parts = {{0, 0}, {0, count}};
    return {};
  }
  if (options.stride >= length)
    return invalidArgument("stride: expected less than the %zu tokens that a part of the text may "
                           "have, found %zu",
                           length, options.stride);
  sequence.parts.clear();
  size_t step = length - options.stride;
  for (size_t done = 0;; done += step) {
    size_t rest = count - done;
    size_t size = std::min(length, rest);
    sequence.parts.push_back(right ? TokenSequence::Part{done, done + size}
                                   : TokenSequence::Part{rest - size, rest});
    if (size == rest)
      return {};
  }
}

// What is left of two texts of `first` and `second` tokens.
std::pair<size_t, size_t> longestFirst(size_t first, size_t second, size_t limit) {
  bool swapped = first > second;
  if (swapped)
    std::swap(first, second);
  second = first > limit ? first : std::max(first, limit - first);
  if (first + second > limit) {
    first = limit / 2;
    second = first + limit % 2;
  }
  if (swapped)
    std::swap(first, second);
  return {first, second};
}

Status cutOnly(std::span<TokenSequence> sequences, size_t index, size_t surplus,
               const EncodeOptions &options) {
  const char *name = index == 0 ? "only_first" : "only_second";
  if (index >= sequences.size())
    return invalidArgument("truncation only_second: expected a pair of texts, found one");
  size_t count = sequences[index].tokens.size();
  if (count <= surplus)
    return invalidArgument(
        "truncation %s: expected a text of more than the %zu tokens that are too "
        "many, found %zu",
        name, surplus, count);
  return cut(sequences[index], count - surplus, options);
}

// Which part of each text an encoding has.
struct Choice {
  size_t part[2];
};

class Assembler {
public:
  Assembler(std::span<const TokenSequence> sequences, const Template &pattern, bool addSpecial)
      : sequences(sequences), pattern(pattern), addSpecial(addSpecial) {}

  // `typed`: texts have the types of the template.
  void fill(Choice choice, bool typed, Encoding &result) const {
    result.clear();
    size_t size = 0;
    for (const TemplatePiece &piece : pattern.pieces)
      size += piece.sequence < 0 ? (addSpecial ? piece.ids.size() : 0)
                                 : tokensOf(piece.sequence, choice).size();
    result.ids.reserve(size);
    result.typeIds.reserve(size);
    result.offsets.reserve(size);
    result.wordIds.reserve(size);
    result.sequenceIds.reserve(size);
    result.specialTokensMask.reserve(size);
    for (const TemplatePiece &piece : pattern.pieces) {
      if (piece.sequence < 0) {
        if (addSpecial)
          addIds(piece, result);
      } else {
        addTokens(piece.sequence, choice, typed ? piece.typeId : piece.sequence, result);
      }
    }
  }

private:
  std::span<const TextToken> tokensOf(int sequence, Choice choice) const {
    const TokenSequence &from = sequences[static_cast<size_t>(sequence)];
    TokenSequence::Part part = from.parts[choice.part[sequence]];
    return from.tokens.subspan(part.begin, part.end - part.begin);
  }

  static void addIds(const TemplatePiece &piece, Encoding &result) {
    size_t count = piece.ids.size();
    result.ids.insert(result.ids.end(), piece.ids.begin(), piece.ids.end());
    result.typeIds.insert(result.typeIds.end(), count, piece.typeId);
    result.offsets.insert(result.offsets.end(), count, TextRange{});
    result.wordIds.insert(result.wordIds.end(), count, -1);
    result.sequenceIds.insert(result.sequenceIds.end(), count, int8_t{-1});
    result.specialTokensMask.insert(result.specialTokensMask.end(), count, uint8_t{1});
  }

  void addTokens(int sequence, Choice choice, int32_t typeId, Encoding &result) const {
    std::span<const TextToken> tokens = tokensOf(sequence, choice);
    for (const TextToken &token : tokens) {
      result.ids.push_back(token.id);
      result.offsets.push_back({token.begin, token.end});
      result.wordIds.push_back(token.word);
    }
    result.typeIds.insert(result.typeIds.end(), tokens.size(), typeId);
    result.sequenceIds.insert(result.sequenceIds.end(), tokens.size(),
                              static_cast<int8_t>(sequence));
    result.specialTokensMask.insert(result.specialTokensMask.end(), tokens.size(), uint8_t{0});
  }

  std::span<const TokenSequence> sequences;
  const Template &pattern;
  bool addSpecial;
};

// The parts that overflow, in order. Texts that the template leaves out do not count.
std::vector<Choice> overflowChoices(std::span<const TokenSequence> sequences,
                                    const Template &pattern) {
  std::vector<size_t> order;
  for (const TemplatePiece &piece : pattern.pieces)
    if (piece.sequence >= 0)
      order.push_back(static_cast<size_t>(piece.sequence));
  std::vector<Choice> choices;
  if (order.empty())
    return choices;
  size_t firstParts = sequences[order[0]].parts.size();
  size_t secondParts = order.size() > 1 ? sequences[order[1]].parts.size() : 1;
  auto add = [&](size_t first, size_t second) {
    Choice choice{};
    choice.part[order[0]] = first;
    if (order.size() > 1)
      choice.part[order[1]] = second;
    choices.push_back(choice);
  };
  for (size_t first = 1; first < firstParts; ++first)
    for (size_t second = 0; second < secondParts; ++second)
      add(first, second);
  for (size_t second = 1; second < secondParts; ++second)
    add(0, second);
  return choices;
}

} // namespace

Status truncate(std::span<TokenSequence> sequences, size_t limit, const EncodeOptions &options) {
  size_t total = 0;
  for (TokenSequence &sequence : sequences) {
    total += sequence.tokens.size();
    sequence.parts.assign(1, {0, sequence.tokens.size()});
  }
  if (options.truncation == Truncation::none || total <= limit)
    return {};
  if (limit == 0) {
    for (TokenSequence &sequence : sequences)
      WEFT_RETURN_IF_ERROR(cut(sequence, 0, options));
    return {};
  }
  switch (options.truncation) {
  case Truncation::onlyFirst:
    return cutOnly(sequences, 0, total - limit, options);
  case Truncation::onlySecond:
    return cutOnly(sequences, 1, total - limit, options);
  default:
    break;
  }
  if (sequences.size() == 1)
    return cut(sequences[0], limit, options);
  auto [first, second] =
      longestFirst(sequences[0].tokens.size(), sequences[1].tokens.size(), limit);
  WEFT_RETURN_IF_ERROR(cut(sequences[0], first, options));
  return cut(sequences[1], second, options);
}

void assemble(std::span<const TokenSequence> sequences, const Template &pattern,
              const EncodeOptions &options, Encoding &result) {
  Assembler assembler(sequences, pattern, options.addSpecialTokens);
  assembler.fill({}, true, result);
  if (!options.keepOverflow) {
    result.overflowing.clear();
    return;
  }
  std::vector<Choice> choices = overflowChoices(sequences, pattern);
  result.overflowing.resize(choices.size());
  for (size_t i = 0; i < choices.size(); ++i)
    assembler.fill(choices[i], false, result.overflowing[i]);
}

} // namespace weft::rt
