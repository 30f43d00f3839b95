// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows over contexts, places of answers in them, and the tokens' bytes.
#include "train/question_features.h"

#include <algorithm>

namespace weft::rt {

namespace {

// First and last token of the context; last < first if there is none.
std::pair<int64_t, int64_t> contextOf(const Encoding &window) {
  const auto &ids = window.sequenceIds;
  auto first = std::find(ids.begin(), ids.end(), 1);
  auto last = std::find(ids.rbegin(), ids.rend(), 1);
  return {first - ids.begin(), static_cast<int64_t>(ids.rend() - last) - 1};
}

// Adds start and end: two labels a window.
void addPlaces(const QuestionSet &set, size_t question, const Encoding &window, int32_t clsToken,
               std::vector<int32_t> &labels) {
  auto cls = std::find(window.ids.begin(), window.ids.end(), clsToken);
  int64_t start = cls == window.ids.end() ? 0 : cls - window.ids.begin(), end = start;
  auto [first, last] = contextOf(window);
  if (set.answers(question) > 0 && first <= last) {
    QuestionSet::Answer answer = set.answer(question, 0);
    auto range = [&](int64_t token) { return window.offsets[static_cast<size_t>(token)]; };
    if (range(first).begin <= answer.begin && range(last).end >= answer.end) {
      for (start = first; start < last && range(start + 1).begin <= answer.begin;)
        ++start;
      for (end = last; end > first && range(end - 1).end >= answer.end;)
        --end;
    }
  }
  labels.push_back(static_cast<int32_t>(start));
  labels.push_back(static_cast<int32_t>(end));
}

// Characters of the context to bytes; they come in order.
void addRanges(std::string_view context, const Encoding &window, std::vector<TextRange> &ranges) {
  size_t character = 0, byte = 0;
  auto advance = [&](size_t to) {
    for (; character < to && byte < context.size(); ++character)
      do
        ++byte;
      while (byte < context.size() && (context[byte] & 0xC0) == 0x80);
    return static_cast<uint32_t>(byte);
  };
  for (size_t i = 0; i < window.size(); ++i) {
    if (window.sequenceIds[i] != 1) {
      ranges.push_back({1, 0});
      continue;
    }
    TextRange range{advance(window.offsets[i].begin), 0};
    size_t keptCharacter = character, keptByte = byte;
    range.end = advance(window.offsets[i].end);
    character = keptCharacter;
    byte = keptByte;
    ranges.push_back(range);
  }
}

Status checkLabels(const QuestionSet &set, const AnswerRules &rules) {
  for (size_t i = 0; i < set.size(); ++i) {
    if (!set.isLabelled(i))
      return dataLoss("%s: expected answers, found none", set.place(i).c_str());
    if (set.answers(i) == 0 && !rules.version2)
      return dataLoss("%s: expected an answer, found an empty list of them; "
                      "--version-2-with-negative takes questions that have none",
                      set.place(i).c_str());
  }
  return {};
}

// Starts and ends out of the labels; counts the questions that have an answer but in no window.
void takeLabels(QuestionFeatures &features, const QuestionWindows &windows) {
  const std::vector<int32_t> &labels = features.texts.labels;
  size_t held = 0, answered = 0, last = SIZE_MAX;
  for (size_t i = 0; i < labels.size() / 2; ++i) {
    features.starts.push_back(labels[2 * i]);
    features.ends.push_back(labels[2 * i + 1]);
    size_t question = windows.questionOf[i];
    // Only CLS stands in front of a question.
    if (windows.set.answers(question) > 0 && labels[2 * i + 1] > 0 && last != question) {
      last = question;
      ++held;
    }
  }
  for (size_t i = 0; i < windows.set.size(); ++i)
    answered += windows.set.answers(i) > 0;
  features.lost = answered - held;
  features.texts.labels = {};
}

} // namespace

Result<QuestionFeatures> makeQuestionFeatures(ThreadPool &pool, const Tokenizer &tokenizer,
                                              QuestionSet given, const QuestionRequest &request) {
  auto windows = std::make_shared<QuestionWindows>();
  windows->set = std::move(given);
  windows->rules = request.rules;
  const QuestionSet &set = windows->set;
  if (request.withLabels)
    WEFT_RETURN_IF_ERROR(checkLabels(set, request.rules));
  TokenizeRequest tokenize;
  tokenize.count = static_cast<int64_t>(set.size());
  tokenize.maxLength = request.maxLength;
  tokenize.truncation = request.truncation;
  tokenize.windows = true;
  tokenize.stride = static_cast<size_t>(
      request.stride >= 0 ? request.stride : std::min<int64_t>(128, request.maxLength / 3));
  tokenize.encode = [&](int64_t index, const EncodeOptions &options, Encoding &result) {
    auto question = static_cast<size_t>(index);
    return tokenizer.encode(set.question(question), set.context(question), options, result);
  };
  tokenize.place = [&](int64_t index) { return set.place(static_cast<size_t>(index)); };
  if (request.withLabels)
    tokenize.label = [&](int64_t index, const Encoding &window, std::vector<int32_t> &labels) {
      addPlaces(set, static_cast<size_t>(index), window, tokenizer.special().cls, labels);
    };
  if (request.withRanges)
    tokenize.range = [&](int64_t index, const Encoding &window, std::vector<TextRange> &ranges) {
      addRanges(set.context(static_cast<size_t>(index)), window, ranges);
    };
  QuestionFeatures features;
  WEFT_ASSIGN_OR_RETURN(features.texts, tokenizeTexts(pool, tokenize));
  windows->questionOf = std::move(features.texts.texts);
  windows->ranges = std::move(features.texts.ranges);
  windows->offsets = features.texts.offsets;
  if (request.withLabels)
    takeLabels(features, *windows);
  features.windows = std::move(windows);
  return features;
}

} // namespace weft::rt
