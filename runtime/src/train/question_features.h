// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Questions and contexts as samples: what Hugging Face's run_qa makes of them.
#ifndef WEFT_RUNTIME_TRAIN_QUESTION_FEATURES_H
#define WEFT_RUNTIME_TRAIN_QUESTION_FEATURES_H

#include "data/squad.h"
#include "train/arguments.h"
#include "train/text_samples.h"

namespace weft::rt {

// What is needed to read answers out of a model's output.
struct QuestionWindows {
  QuestionSet set;
  AnswerRules rules;
  std::vector<uint32_t> questionOf;                     // of each window; ascending
  std::shared_ptr<const std::vector<uint64_t>> offsets; // of the tokens of each window
  // The bytes of the context that each token stands for; [1, 0) if it is not part of it.
  std::vector<TextRange> ranges;
};

struct QuestionRequest {
  int64_t maxLength = 384; // tokens of a window, with the question and what the template adds
  int64_t stride = -1;     // as DataArguments::docStride
  Truncation truncation = Truncation::onlySecond; // none: a text that is too long is an error
  AnswerRules rules;
  bool withLabels = true; // every question must have answers, unless the rules are version 2's
  bool withRanges = true;
};

struct QuestionFeatures {
  TokenizedTexts texts;
  std::vector<int32_t> starts, ends; // tokens of each window; empty without labels
  std::shared_ptr<const QuestionWindows> windows;
  size_t lost = 0; // questions whose answer no window holds, counted with labels
};

// A window holds the question and as much of the context as fits; the next one repeats `stride`
// tokens of it. A window that does not hold all of the first answer has the token CLS as start and
// end, as has one of a question without an answer. An answer at the end of its window starts at its
// own first token there (run_qa's search runs past it, to a token that depends on padding).
Result<QuestionFeatures> makeQuestionFeatures(ThreadPool &pool, const Tokenizer &tokenizer,
                                              QuestionSet set, const QuestionRequest &request);

} // namespace weft::rt

#endif
