// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function for the objects of all levels: what an object is follows from its keys.
#include "data/squad.h"
#include "data/text_table.h"

#include <unordered_set>

namespace weft::rt {

static bool beginsCharacter(char byte) { return (byte & 0xC0) != 0x80; }

static size_t countCharactersOf(std::string_view text) {
  size_t count = 0;
  for (char byte : text)
    count += beginsCharacter(byte);
  return count;
}

std::string QuestionSet::place(size_t index) const {
  const Question &question = questions[index];
  return fileName + ": line " + std::to_string(question.place.line) + ", column " +
         std::to_string(question.place.column) + " (question " + shownText(id(index)) + ")";
}

// Once the context of a question is known.
Status QuestionSet::checkAnswer(size_t question, StoredAnswer &answer) {
  std::string_view text = context(question), wanted = at(answer.text);
  size_t count = countCharactersOf(text);
  if (answer.end > count)
    return dataLoss("%s: expected an answer in the %zu characters of its context, found one of %u "
                    "to %u",
                    place(question).c_str(), count, answer.begin, answer.end);
  size_t byte = 0;
  for (uint32_t before = 0; byte < text.size(); ++byte)
    if (beginsCharacter(text[byte]) && before++ == answer.begin)
      break;
  if (!text.substr(byte).starts_with(wanted) && misplacedCount++ == 0)
    misplacedFirst = question;
  return {};
}

// For the questions from `firstQuestion` on that have none of their own.
Status QuestionSet::setContext(size_t firstQuestion, const std::string &context) {
  if (context.empty() && firstQuestion < questions.size())
    return dataLoss("%s: expected a context, found nothing", place(firstQuestion).c_str());
  // Flat records repeat the context of the one before.
  if (contexts.empty() || at(contexts.back()) != context) {
    contexts.push_back({texts.size(), context.size()});
    texts += context;
  }
  for (size_t i = firstQuestion; i < questions.size(); ++i) {
    if (questions[i].context != ~0u)
      continue;
    questions[i].context = static_cast<uint32_t>(contexts.size() - 1);
    for (size_t k = questions[i].firstAnswer; k < endOf(i); ++k)
      WEFT_RETURN_IF_ERROR(checkAnswer(i, stored[k]));
  }
  return {};
}

class QuestionSet::Reader {
public:
  Reader(ByteSource source, QuestionSet &set) : json(std::move(source)), set(set) {}
  Status readAll();

private:
  // What was found in an object.
  struct Object {
    bool hasList = false, hasId = false, hasQuestion = false, hasContext = false;
    bool hasAnswers = false, impossible = false;
    std::string id, question, context;
    std::vector<std::string> texts;
    std::vector<int64_t> starts;
  };
  Status readObject();
  Status readMember(Object &object);
  Status readObjects();
  Status readAnswers(Object &object);
  Status readAnswer(Object &object);
  template <typename Read>
  Status forEach(char open, Read read) {
    WEFT_RETURN_IF_ERROR(json.begin(open));
    while (true) {
      WEFT_ASSIGN_OR_RETURN(bool found, json.next());
      if (!found)
        return {};
      WEFT_RETURN_IF_ERROR(read());
    }
  }
  Status once(bool &had) {
    return std::exchange(had, true) ? json.wrong("expected each key once, found " + json.key())
                                    : Status();
  }
  Status addQuestion(Object &object, JsonReader::Place place);
  Part add(const std::string &text) {
    set.texts += text;
    return {set.texts.size() - text.size(), text.size()};
  }

  JsonReader json;
  QuestionSet &set;
  std::unordered_set<std::string> ids;
};

// {"text", "answer_start"}
Status QuestionSet::Reader::readAnswer(Object &object) {
  bool hasText = false, hasStart = false;
  json.kind();
  JsonReader::Place place = json.place();
  WEFT_RETURN_IF_ERROR(forEach('{', [&]() -> Status {
    if (json.key() == "text") {
      WEFT_RETURN_IF_ERROR(once(hasText));
      return json.string(object.texts.emplace_back());
    }
    if (json.key() == "answer_start") {
      WEFT_RETURN_IF_ERROR(once(hasStart));
      return json.integer(object.starts.emplace_back());
    }
    return json.skip();
  }));
  return hasText && hasStart
             ? Status()
             : json.wrong("expected an answer with the keys text and answer_start", place);
}

// A list of them, or {"text": [], "answer_start": []}.
Status QuestionSet::Reader::readAnswers(Object &object) {
  if (json.kind() == '[')
    return forEach('[', [&] { return readAnswer(object); });
  bool hasText = false, hasStart = false;
  json.kind();
  JsonReader::Place place = json.place();
  WEFT_RETURN_IF_ERROR(forEach('{', [&]() -> Status {
    if (json.key() == "text") {
      WEFT_RETURN_IF_ERROR(once(hasText));
      return forEach('[', [&] { return json.string(object.texts.emplace_back()); });
    }
    if (json.key() == "answer_start") {
      WEFT_RETURN_IF_ERROR(once(hasStart));
      return forEach('[', [&] { return json.integer(object.starts.emplace_back()); });
    }
    return json.skip();
  }));
  if (!hasText || !hasStart || object.texts.size() != object.starts.size())
    return json.wrong("expected answers with as many text as answer_start, found " +
                          std::to_string(object.texts.size()) + " and " +
                          std::to_string(object.starts.size()),
                      place);
  return {};
}

Status QuestionSet::Reader::readObjects() {
  return forEach('[', [&] { return readObject(); });
}

Status QuestionSet::Reader::readMember(Object &object) {
  const std::string &key = json.key();
  if (key == "data" || key == "paragraphs" || key == "qas") {
    object.hasList = true;
    return readObjects();
  }
  if (key == "context") {
    WEFT_RETURN_IF_ERROR(once(object.hasContext));
    return json.string(object.context);
  }
  if (key == "id") {
    WEFT_RETURN_IF_ERROR(once(object.hasId));
    if (json.kind() != '0')
      return json.string(object.id);
    int64_t number = 0;
    WEFT_RETURN_IF_ERROR(json.integer(number));
    object.id = std::to_string(number);
    return {};
  }
  if (key == "question") {
    WEFT_RETURN_IF_ERROR(once(object.hasQuestion));
    return json.string(object.question);
  }
  if (key == "answers") {
    WEFT_RETURN_IF_ERROR(once(object.hasAnswers));
    return readAnswers(object);
  }
  return key == "is_impossible" ? json.boolean(object.impossible) : json.skip();
}

Status QuestionSet::Reader::readObject() {
  Object object;
  size_t first = set.questions.size();
  json.kind();
  JsonReader::Place place = json.place();
  WEFT_RETURN_IF_ERROR(forEach('{', [&] { return readMember(object); }));
  if (object.hasId || object.hasQuestion || object.hasAnswers) {
    if (!object.hasId || !object.hasQuestion)
      return json.wrong("expected a question with the keys id and question", place);
    WEFT_RETURN_IF_ERROR(addQuestion(object, place));
  } else if (!object.hasList) {
    return json.wrong("expected an object with data, paragraphs or qas, or with id, question and "
                      "context",
                      place);
  }
  return object.hasContext ? set.setContext(first, object.context) : Status();
}

Status QuestionSet::Reader::addQuestion(Object &object, JsonReader::Place at) {
  Question question;
  question.id = add(object.id);
  question.text = add(object.question);
  question.place = at;
  question.firstAnswer = static_cast<uint32_t>(set.stored.size());
  question.labelled = object.hasAnswers;
  set.questions.push_back(question);
  std::string place = set.place(set.questions.size() - 1);
  if (!ids.insert(object.id).second)
    return dataLoss("%s: expected an id that no other question has", place.c_str());
  if (object.question.empty())
    return dataLoss("%s: expected a question, found nothing", place.c_str());
  if (object.impossible && !object.texts.empty())
    return dataLoss("%s: expected no answers where is_impossible is true, found %zu", place.c_str(),
                    object.texts.size());
  for (size_t i = 0; i < object.texts.size(); ++i) {
    StoredAnswer answer;
    answer.text = add(object.texts[i]);
    size_t count = countCharactersOf(object.texts[i]);
    int64_t start = object.starts[i];
    if (count == 0)
      return dataLoss("%s: expected the text of answer %zu, found nothing; a question without an "
                      "answer has an empty list of them",
                      place.c_str(), i);
    if (start < 0 || start > INT32_MAX || count > INT32_MAX)
      return dataLoss("%s: expected an answer_start from 0 to 2147483647, found %lld",
                      place.c_str(), static_cast<long long>(start));
    answer.begin = static_cast<uint32_t>(start);
    answer.end = static_cast<uint32_t>(start + static_cast<int64_t>(count));
    set.stored.push_back(answer);
  }
  return {};
}

Status QuestionSet::Reader::readAll() {
  while (true) {
    WEFT_ASSIGN_OR_RETURN(bool found, json.more());
    if (!found)
      break;
    WEFT_RETURN_IF_ERROR(json.kind() == '[' ? readObjects() : readObject());
  }
  for (size_t i = 0; i < set.questions.size(); ++i)
    if (set.questions[i].context == ~0u)
      return dataLoss("%s: expected a context, found none", set.place(i).c_str());
  return set.questions.empty()
             ? dataLoss("%s: expected at least one question, found none", set.fileName.c_str())
             : Status();
}

Result<QuestionSet> QuestionSet::read(ByteSource source) {
  QuestionSet set;
  set.fileName = source.name();
  WEFT_RETURN_IF_ERROR(Reader(std::move(source), set).readAll());
  return set;
}

} // namespace weft::rt
