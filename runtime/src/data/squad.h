// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Questions about texts, whose answers are parts of these: SQuAD's files, and the flat records that
// Hugging Face's data sets are written as.
#ifndef WEFT_RUNTIME_DATA_SQUAD_H
#define WEFT_RUNTIME_DATA_SQUAD_H

#include "data/json_reader.h"

#include <string_view>
#include <vector>

namespace weft::rt {

class QuestionSet {
public:
  // One JSON value or several after each other (JSON lines), or an array of them:
  //
  //   SQuAD 1.1, 2.0  {"data": [{"paragraphs": [{"context", "qas": [{"id", "question", "answers":
  //                   [{"text", "answer_start"}], "is_impossible"}]}]}]}
  //   flat            {"id", "question", "context", "answers": {"text": [], "answer_start": []}},
  //                   alone or in {"data": []}
  //
  // Other keys are skipped. answer_start counts characters (code points). A question without
  // `answers` has no label; one with none among them has no answer. An answer that does not lie in
  // its context, an id that stands twice and whatever is missing are errors.
  static Result<QuestionSet> read(ByteSource source);

  const std::string &file() const { return fileName; }
  size_t size() const { return questions.size(); }
  std::string_view id(size_t index) const { return at(questions[index].id); }
  std::string_view question(size_t index) const { return at(questions[index].text); }
  std::string_view context(size_t index) const { return at(contexts[questions[index].context]); }
  bool isLabelled(size_t index) const { return questions[index].labelled; }

  struct Answer {
    std::string_view text;
    uint32_t begin, end; // characters of the context
  };
  size_t answers(size_t index) const { return endOf(index) - questions[index].firstAnswer; }
  Answer answer(size_t index, size_t number) const {
    const StoredAnswer &found = stored[questions[index].firstAnswer + number];
    return {at(found.text), found.begin, found.end};
  }
  // Answers whose text is not what the context has at answer_start; place() of the first.
  size_t misplaced() const { return misplacedCount; }
  size_t firstMisplaced() const { return misplacedFirst; }

  // "FILE: line 1, column 20 (question ID)".
  std::string place(size_t index) const;

private:
  struct Part {
    size_t begin = 0, size = 0;
  };
  struct Question {
    Part id, text;
    JsonReader::Place place;
    uint32_t context = ~0u, firstAnswer = 0;
    bool labelled = false;
  };
  struct StoredAnswer {
    Part text;
    uint32_t begin = 0, end = 0;
  };
  class Reader;
  std::string_view at(Part part) const {
    return std::string_view(texts).substr(part.begin, part.size);
  }
  size_t endOf(size_t index) const {
    return index + 1 < questions.size() ? questions[index + 1].firstAnswer : stored.size();
  }
  Status setContext(size_t firstQuestion, const std::string &context);
  Status checkAnswer(size_t question, StoredAnswer &answer);

  std::string fileName;
  std::string texts; // all of them, one after the other
  std::vector<Part> contexts;
  std::vector<Question> questions;
  std::vector<StoredAnswer> stored;
  size_t misplacedCount = 0, misplacedFirst = 0;
};

} // namespace weft::rt

#endif
