// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Candidates, their choice, and their comparison with what was wanted.
#include "train/answers.h"
#include "text/answer_words.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace weft::rt {

using Candidate = Answer::Candidate;

// NaN would have no place in an order.
static float finite(float logit) {
  return std::isfinite(logit) ? logit : std::signbit(logit) || logit != logit ? -1e30f : 1e30f;
}

static bool isBetter(const Candidate &a, const Candidate &b) {
  if (a.score != b.score)
    return a.score > b.score;
  return std::pair(a.window, a.rank) < std::pair(b.window, b.rank);
}

static void keepBest(std::vector<Candidate> &candidates, size_t count) {
  std::sort(candidates.begin(), candidates.end(), isBetter);
  candidates.resize(std::min(candidates.size(), count));
}

// Tokens by their logits, the largest first.
static std::vector<uint32_t> largest(const float *logits, size_t count, size_t wanted) {
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  wanted = std::min(wanted, count);
  std::partial_sort(order.begin(), order.begin() + static_cast<long>(wanted), order.end(),
                    [&](uint32_t a, uint32_t b) {
                      float left = finite(logits[a]), right = finite(logits[b]);
                      return left != right ? left > right : a < b;
                    });
  order.resize(wanted);
  return order;
}

void AnswerFinder::add(size_t window, const float *starts, const float *ends) {
  size_t question = windows->questionOf[window], first = (*windows->offsets)[window];
  size_t count = (*windows->offsets)[window + 1] - first;
  auto wanted = static_cast<size_t>(windows->rules.nBest);
  std::string_view context = windows->set.context(question);
  State &state = states[question];
  auto candidate = [&](std::string_view text, uint32_t start, uint32_t end) {
    Candidate found;
    found.text = text;
    found.startLogit = finite(starts[start]);
    found.endLogit = finite(ends[end]);
    found.score = found.startLogit + found.endLogit;
    found.window = static_cast<uint32_t>(window);
    return found;
  };
  // The lowest score of no answer counts: a window that sees one outdoes those that do not.
  if (Candidate null = candidate({}, 0, 0);
      !state.any || null.score < state.null.score ||
      (null.score == state.null.score && null.window < state.null.window))
    state.null = null;
  state.any = true;
  std::vector<uint32_t> endOrder = largest(ends, count, wanted);
  uint32_t rank = 0;
  for (uint32_t start : largest(starts, count, wanted))
    for (uint32_t end : endOrder) {
      ++rank;
      TextRange from = windows->ranges[first + start], to = windows->ranges[first + end];
      if (from.begin > from.end || to.begin > to.end || end < start ||
          static_cast<int64_t>(end - start) >= windows->rules.maxLength)
        continue;
      state.best.push_back(candidate(context.substr(from.begin, to.end - from.begin), start, end));
      state.best.back().rank = rank;
    }
  keepBest(state.best, wanted);
}

void addWindows(AnswerFinder &finder, std::span<const uint32_t> samples, ElementType type,
                const std::vector<uint8_t> &logits, const std::vector<uint8_t> &endLogits) {
  size_t count = logits.size() / elementSize(type), width = count / samples.size();
  std::vector<float> starts(count), ends(count);
  for (size_t i = 0; i < count; ++i) {
    starts[i] = static_cast<float>(loadElement(type, logits.data(), i));
    ends[i] = static_cast<float>(loadElement(type, endLogits.data(), i));
  }
  for (size_t i = 0; i < samples.size(); ++i)
    finder.add(samples[i], starts.data() + i * width, ends.data() + i * width);
}

static void setProbabilities(std::vector<Candidate> &candidates) {
  double sum = 0, top = -HUGE_VAL;
  for (const Candidate &candidate : candidates)
    top = std::max<double>(top, candidate.score);
  for (Candidate &candidate : candidates)
    sum += candidate.probability = std::exp(candidate.score - top);
  for (Candidate &candidate : candidates)
    candidate.probability /= sum;
}

Answer AnswerFinder::take(size_t question) {
  State state = std::exchange(states[question], {});
  const AnswerRules &rules = windows->rules;
  Answer answer;
  answer.best = std::move(state.best);
  if (rules.version2 && state.any) {
    // Behind all others of its score, and back if it was not among the best.
    state.null.window = state.null.rank = UINT32_MAX;
    answer.best.push_back(state.null);
    keepBest(answer.best, static_cast<size_t>(rules.nBest));
    if (std::none_of(answer.best.begin(), answer.best.end(),
                     [](const Candidate &candidate) { return candidate.text.empty(); }))
      answer.best.push_back(state.null);
  }
  auto isAnswer = [](const Candidate &candidate) { return !candidate.text.empty(); };
  auto best = std::find_if(answer.best.begin(), answer.best.end(), isAnswer);
  if (best == answer.best.end()) {
    // run_qa's word for it.
    best = answer.best.insert(answer.best.begin(), Candidate());
    best->text = "empty";
  }
  setProbabilities(answer.best);
  answer.text = best->text;
  if (rules.version2 && state.any) {
    answer.nullOdds = state.null.score - best->startLogit - best->endLogit;
    if (answer.nullOdds > rules.nullThreshold)
      answer.text = {};
  }
  return answer;
}

// --- Metrics
// ---------------------------------------------------------------------------------------

using Words = std::vector<std::u32string>;

// Harmonic mean of precision and recall of words, each as often as it stands there.
static double commonWords(Words prediction, Words wanted) {
  std::sort(prediction.begin(), prediction.end());
  std::sort(wanted.begin(), wanted.end());
  Words common;
  std::set_intersection(prediction.begin(), prediction.end(), wanted.begin(), wanted.end(),
                        std::back_inserter(common));
  auto both = static_cast<double>(common.size());
  if (both == 0)
    return 0;
  double precision = both / static_cast<double>(prediction.size());
  double recall = both / static_cast<double>(wanted.size());
  return 2 * precision * recall / (precision + recall);
}

void AnswerMetrics::add(std::string_view prediction, const QuestionSet &set, size_t question) {
  Words found = answerWords(prediction);
  bool exact = false, any = false;
  double f1 = 0;
  auto compare = [&](const Words &wanted) {
    any = true;
    exact = exact || found == wanted;
    bool nothing = version2 && (found.empty() || wanted.empty());
    f1 = std::max(f1, nothing ? double(found == wanted) : commonWords(found, wanted));
  };
  for (size_t i = 0; i < set.answers(question); ++i)
    if (Words wanted = answerWords(set.answer(question, i).text); !wanted.empty() || !version2)
      compare(wanted);
  if (!any)
    compare({});
  Sum &sum = sums[set.answers(question) > 0];
  sum.exact += exact;
  sum.f1 += f1;
  ++sum.count;
}

MetricValues AnswerMetrics::values() const {
  MetricValues result;
  auto add = [&](const std::string &prefix, const char *exact, const Sum &sum) {
    if (sum.count == 0)
      return;
    result.emplace_back(prefix + exact, 100 * sum.exact / sum.count);
    result.emplace_back(prefix + "f1", 100 * sum.f1 / sum.count);
    if (version2)
      result.emplace_back(prefix + "total", sum.count);
  };
  const Sum &no = sums[0], &has = sums[1];
  add("", "exact_match", {no.exact + has.exact, no.f1 + has.f1, no.count + has.count});
  if (version2) {
    add("HasAns_", "exact", has);
    add("NoAns_", "exact", no);
  }
  return result;
}

} // namespace weft::rt
