// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Choosing and replacing tokens.
#include "data/masking.h"
#include "base/random.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace weft::rt {

namespace {

// A token or a whole word, by the place where it begins, and the random word that decides over it.
struct Candidate {
  uint32_t draw;
  uint32_t first, end;
};

std::vector<Candidate> listCandidates(const MaskingRules &rules, uint64_t stream,
                                      std::span<const int32_t> tokens) {
  std::vector<Candidate> candidates;
  for (uint32_t i = 0; i < tokens.size(); ++i) {
    auto token = static_cast<size_t>(tokens[i]);
    uint8_t flags = token < rules.flags.size() ? rules.flags[token] : uint8_t{0};
    if (flags & MaskingRules::special)
      continue;
    bool continues = rules.wholeWords && (flags & MaskingRules::continuation) &&
                     !candidates.empty() && candidates.back().end == i;
    if (continues)
      ++candidates.back().end;
    else
      candidates.push_back({randomBlock(rules.seed, stream, i)[0], i, i + 1});
  }
  return candidates;
}

int32_t replacement(const MaskingRules &rules, int32_t token, const PhiloxBlock &draw) {
  double kind = uniformFromWord(draw[1]);
  if (kind < 0.8)
    return rules.maskToken;
  if (kind >= 0.9)
    return token;
  // Any token of the vocabulary: the upper half of the product of 32 random bits and its size.
  return static_cast<int32_t>((static_cast<uint64_t>(draw[2]) * rules.flags.size()) >> 32);
}

} // namespace

int64_t MaskingRules::usualLimit(int64_t tokens) const {
  auto count = static_cast<double>(tokens);
  double most = probability * count + 3 * std::sqrt(probability * (1 - probability) * count);
  return std::max<int64_t>(1, static_cast<int64_t>(std::ceil(most)));
}

void MaskingRules::apply(int64_t epoch, uint32_t sample, std::span<int32_t> tokens,
                         std::span<int64_t> labels, int64_t ignored, int64_t limit) const {
  std::fill(labels.begin(), labels.end(), ignored);
  uint64_t stream = streamOfName("masks of epoch " + std::to_string(epoch) + ", sample " +
                                 std::to_string(sample));
  std::vector<Candidate> candidates = listCandidates(*this, stream, tokens);
  // Those with the smallest draws are the chosen ones, in whatever order.
  std::sort(candidates.begin(), candidates.end(), [](const Candidate &a, const Candidate &b) {
    return a.draw != b.draw ? a.draw < b.draw : a.first < b.first;
  });
  int64_t chosen = 0;
  for (const Candidate &candidate : candidates) {
    int64_t size = candidate.end - candidate.first;
    if (chosen > 0 && uniformFromWord(candidate.draw) >= probability)
      return;
    if (chosen + size > limit)
      continue;
    chosen += size;
    for (uint32_t i = candidate.first; i < candidate.end; ++i) {
      labels[i] = tokens[i];
      tokens[i] = replacement(*this, tokens[i], randomBlock(seed, stream, i));
    }
  }
}

} // namespace weft::rt
