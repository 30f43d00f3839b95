// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Logits of windows to answers, as Hugging Face's postprocess_qa_predictions makes them, and the
// numbers of SQuAD's official evaluation.
#ifndef WEFT_RUNTIME_TRAIN_ANSWERS_H
#define WEFT_RUNTIME_TRAIN_ANSWERS_H

#include "base/element_type.h"
#include "train/metrics.h"
#include "train/question_features.h"

namespace weft::rt {

struct Answer {
  struct Candidate {
    std::string_view text;                         // of the context; empty: there is no answer
    float startLogit = 0, endLogit = 0, score = 0; // score: their sum
    double probability = 0;                        // softmax of scores over all candidates
    uint32_t window = 0, rank = 0;                 // order of equal scores
  };
  std::string_view text;
  std::vector<Candidate> best; // by score
  float nullOdds = 0;          // version 2: score of no answer, less that of the best one
};

// The best spans of a question over all of its windows. Keeps AnswerRules::nBest candidates of each
// question, no logits. Only a window's own tokens count, not what fills it up.
class AnswerFinder {
public:
  explicit AnswerFinder(std::shared_ptr<const QuestionWindows> windows)
      : windows(std::move(windows)), states(this->windows->set.size()) {}

  // The logits of a window's tokens. Windows may come in any order, each once.
  void add(size_t window, const float *starts, const float *ends);
  // After the last window of the question; once.
  Answer take(size_t question);

  const QuestionSet &set() const { return windows->set; }

private:
  struct State {
    std::vector<Answer::Candidate> best;
    Answer::Candidate null;
    bool any = false;
  };
  std::shared_ptr<const QuestionWindows> windows;
  std::vector<State> states;
};

// Logits of a batch of windows, one row after the other, filled up to the same length.
void addWindows(AnswerFinder &finder, std::span<const uint32_t> samples, ElementType type,
                const std::vector<uint8_t> &logits, const std::vector<uint8_t> &endLogits);

// Percentages over questions: exact_match, and f1 of words; the best of a question's answers
// counts. Of version 2 also HasAns_* and NoAns_* over the questions that have an answer or not, and
// how many there are.
class AnswerMetrics {
public:
  explicit AnswerMetrics(bool version2) : version2(version2) {}
  void add(std::string_view prediction, const QuestionSet &set, size_t question);
  MetricValues values() const;

private:
  struct Sum {
    double exact = 0, f1 = 0, count = 0;
  };
  bool version2;
  Sum sums[2]; // without and with an answer
};

} // namespace weft::rt

#endif
