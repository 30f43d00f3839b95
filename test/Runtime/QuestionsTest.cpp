// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Questions from the file to the answer, against what Hugging Face's run_qa does with the same
// (test/EndToEnd/Inputs/record_questions.py).
#include "ReaderTesting.h"
#include "TestInputs.h"
#include "base/json.h"
#include "text/answer_words.h"
#include "text/utf8.h"
#include "train/answers.h"

using namespace weft::rt;
using namespace weft::rt::testing;

namespace {

const std::string folder = WEFT_TEST_INPUTS "/../../EndToEnd/Inputs/questions/";

const Json &recorded() {
  static const Json all = parseJsonFile(folder + "recorded.json").take();
  return all;
}

QuestionFeatures makeFeatures(const std::string &name, bool version2 = true) {
  ThreadPool pool(2);
  Result<QuestionSet> set = QuestionSet::read(ByteSource::open(folder + name + ".json").take());
  EXPECT_TRUE(set.ok()) << set.status().message();
  QuestionRequest request;
  request.maxLength = recorded()["sequence"].get<int64_t>();
  request.stride = recorded()["stride"].get<int64_t>();
  request.rules.version2 = version2;
  Result<QuestionFeatures> features =
      makeQuestionFeatures(pool, Tokenizer::load(folder).take(), set.take(), request);
  EXPECT_TRUE(features.ok()) << features.status().message();
  return features.take();
}

// Windows of the context as they are recorded, in characters.
std::vector<std::pair<size_t, size_t>> charactersOf(const QuestionWindows &windows, size_t window) {
  std::string_view context = windows.set.context(windows.questionOf[window]);
  auto count = [&](size_t bytes) {
    size_t found = 0;
    for (char byte : context.substr(0, bytes))
      found += (byte & 0xC0) != 0x80;
    return found;
  };
  std::vector<std::pair<size_t, size_t>> result;
  for (size_t i = (*windows.offsets)[window]; i < (*windows.offsets)[window + 1]; ++i)
    if (TextRange range = windows.ranges[i]; range.begin <= range.end)
      result.emplace_back(count(range.begin), count(range.end));
    else
      result.emplace_back(1, 0);
  return result;
}

void expectFeatures(const std::string &name) {
  QuestionFeatures features = makeFeatures(name);
  const Json &expected = recorded()[name];
  ASSERT_EQ(features.starts.size(), expected.size());
  const std::vector<uint64_t> &offsets = *features.texts.offsets;
  for (size_t i = 0; i < expected.size(); ++i) {
    SCOPED_TRACE(name + " window " + std::to_string(i));
    const Json &window = expected[i];
    EXPECT_EQ(features.windows->set.id(features.windows->questionOf[i]),
              window["id"].get<std::string>());
    auto ids = window["input_ids"].get<std::vector<int32_t>>();
    auto types = window["token_type_ids"].get<std::vector<int8_t>>();
    auto first = static_cast<long>(offsets[i]), last = static_cast<long>(offsets[i + 1]);
    EXPECT_EQ(
        std::vector<int32_t>(features.texts.ids.begin() + first, features.texts.ids.begin() + last),
        ids);
    EXPECT_EQ(std::vector<int8_t>(features.texts.types.begin() + first,
                                  features.texts.types.begin() + last),
              types);
    EXPECT_EQ(features.starts[i], window["start"].get<int32_t>());
    EXPECT_EQ(features.ends[i], window["end"].get<int32_t>());
    std::vector<std::pair<size_t, size_t>> characters;
    for (const Json &range : window["offsets"])
      characters.emplace_back(range.is_null() ? 1 : range[0].get<size_t>(),
                              range.is_null() ? 0 : range[1].get<size_t>());
    EXPECT_EQ(charactersOf(*features.windows, i), characters);
  }
}

// The recorded logits of a run, its answers and its numbers.
void expectRun(const std::string &name, AnswerRules rules) {
  QuestionFeatures features = makeFeatures("dev");
  auto windows = std::make_shared<QuestionWindows>(*features.windows);
  windows->rules = rules;
  AnswerFinder finder(windows);
  const Json &logits = recorded()["logits"], &run = recorded()["runs"][name];
  // In any order.
  for (size_t i = 0; i < logits.size(); ++i) {
    size_t window = (i * 7) % logits.size();
    auto starts = logits[window][0].get<std::vector<float>>();
    auto ends = logits[window][1].get<std::vector<float>>();
    finder.add(window, starts.data(), ends.data());
  }
  AnswerMetrics metrics(rules.version2);
  size_t seen = 0;
  for (size_t question = 0; question < windows->set.size(); ++question) {
    std::string id(windows->set.id(question));
    SCOPED_TRACE(name + " question " + id);
    Answer answer = finder.take(question);
    if (!run["predictions"].contains(id)) // version 1 leaves out what has no answer
      continue;
    ++seen;
    metrics.add(answer.text, windows->set, question);
    EXPECT_EQ(answer.text, run["predictions"][id].get<std::string>());
    if (rules.version2)
      EXPECT_NEAR(answer.nullOdds, run["null_odds"][id].get<double>(), 1e-5);
    const Json &best = run["nbest"][id];
    ASSERT_EQ(answer.best.size(), best.size());
    for (size_t i = 0; i < best.size(); ++i) {
      EXPECT_EQ(answer.best[i].text, best[i]["text"].get<std::string>());
      EXPECT_FLOAT_EQ(answer.best[i].startLogit, best[i]["start_logit"].get<float>());
      EXPECT_FLOAT_EQ(answer.best[i].endLogit, best[i]["end_logit"].get<float>());
      EXPECT_NEAR(answer.best[i].probability, best[i]["probability"].get<double>(), 1e-6);
    }
  }
  EXPECT_EQ(seen, run["predictions"].size());
  MetricValues values = metrics.values();
  EXPECT_EQ(values.size(), run["metrics"].size());
  for (const auto &[key, value] : values)
    EXPECT_NEAR(value, run["metrics"][key].get<double>(), 1e-9) << key;
}

std::vector<std::string> utf8Of(const std::vector<std::u32string> &words) {
  std::vector<std::string> result;
  for (const std::u32string &word : words) {
    result.emplace_back();
    for (char32_t character : word) {
      char bytes[4];
      result.back().append(bytes, encodeCharacter(character, bytes));
    }
  }
  return result;
}

Result<QuestionSet> readSet(const Bytes &bytes) {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::fromMemory("q", bytes));
  return QuestionSet::read(std::move(source));
}
std::string failure(const std::string &text) { return readSet(bytesOf(text)).status().message(); }

const std::string flat = R"({"id": "1", "question": "Who?", "context": "Ann sang", )";

} // namespace

TEST(Questions, features) {
  expectFeatures("train");
  expectFeatures("dev");
}

TEST(Questions, answersAndNumbers) {
  expectRun("v1", {});
  expectRun("v2", {.version2 = true});
  expectRun("short", {.version2 = true, .nBest = 10, .maxLength = 4, .nullThreshold = 1.5});
  expectRun("one", {.version2 = true, .nBest = 1});
}

TEST(Questions, comparesAsTheOfficialEvaluation) {
  for (const Json &test : recorded()["metrics"]) {
    auto prediction = test["prediction"].get<std::string>();
    SCOPED_TRACE(prediction);
    Json set = {{"id", 1}, {"question", "?"}, {"context", ""}};
    set["answers"] = Json::array();
    std::string context;
    bool hasEmpty = false;
    for (const Json &answer : test["answers"]) {
      set["answers"].push_back({{"text", answer}, {"answer_start", 0}});
      context += answer.get<std::string>() + " .. ";
      hasEmpty = hasEmpty || answer.get<std::string>().empty();
    }
    EXPECT_EQ(utf8Of(answerWords(prediction)), test["words"].get<std::vector<std::string>>());
    if (hasEmpty) // which no question may have
      continue;
    set["context"] = context;
    Result<QuestionSet> read = readSet(bytesOf(formatJson(set)));
    ASSERT_TRUE(read.ok()) << read.status().message();
    for (bool version2 : {false, true}) {
      AnswerMetrics metrics(version2);
      metrics.add(prediction, *read, 0);
      for (const auto &[key, value] : metrics.values())
        if (key == "exact_match" || key == "f1")
          EXPECT_NEAR(value, test[version2 ? "v2" : "v1"][key].get<double>(), 1e-9) << key;
    }
  }
}

TEST(Questions, readsAllForms) {
  std::string answers = R"({"text": ["Ann"], "answer_start": [0]})";
  std::string record = flat + R"("answers": )" + answers + "}";
  std::string other = record;
  other.replace(other.find("\"1\""), 3, "2");
  std::string list = R"({"context": "Ann sang", "qas": [{"id": "1", "question": "Who?", "answers":
      [{"text": "Ann", "answer_start": 0, "x": [1.5e3, null, {"y": false}]}]}, {"question": "\u0057ho?",
      "id": 2, "is_impossible": false, "answers": [{"answer_start": 0, "text": "Ann"}]}]})";
  for (const std::string &text :
       {record + "\n" + other + "\n", "[" + record + "," + other + "]",
        "\xEF\xBB\xBF{\"data\": [" + record + "," + other + "], \"version\": 1}", list,
        "{\"version\": \"1.1\", \"data\": [{\"title\": \"t\", \"paragraphs\": [" + list + "]}]}"}) {
    Result<QuestionSet> set = readSet(bytesOf(text));
    ASSERT_TRUE(set.ok()) << set.status().message();
    ASSERT_EQ(set->size(), 2u);
    EXPECT_EQ(set->id(1), "2");
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(set->question(i), "Who?");
      EXPECT_EQ(set->context(i), "Ann sang");
      ASSERT_EQ(set->answers(i), 1u);
      EXPECT_EQ(set->answer(i, 0).text, "Ann");
      EXPECT_EQ(set->answer(i, 0).end, 3u);
    }
    EXPECT_EQ(set->misplaced(), 0u);
  }
  Result<QuestionSet> packed = readSet(gzipped(bytesOf(record)));
  ASSERT_TRUE(packed.ok()) << packed.status().message();
  // Escapes; characters rather than bytes; another text at that place is kept and counted.
  Result<QuestionSet> escaped = readSet(bytesOf(
      R"({"id": "1", "question": "\"\\\/\b\f\n\r\t", "context": "\ud83d\uddFC\u00e9\u4e1c é", "answers": {"text": ["é", "x"], "answer_start": [4, 0]}})"));
  ASSERT_TRUE(escaped.ok()) << escaped.status().message();
  EXPECT_EQ(escaped->question(0), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(escaped->context(0), "\xF0\x9F\x97\xBC\xC3\xA9\xE4\xB8\x9C \xC3\xA9");
  EXPECT_EQ(escaped->misplaced(), 1u);
}

TEST(Questions, namesWhatIsWrong) {
  EXPECT_EQ(failure(""), "q: expected at least one question, found none");
  EXPECT_EQ(failure(R"({"data": []})"), "q: expected at least one question, found none");
  EXPECT_EQ(failure(R"({"data": [{"paragraphs": [{"context": "x", "qas": [{"id": true}]}]}]})"),
            "q: line 1, column 59 (data[0].paragraphs[0].qas[0].id): expected a string, found a "
            "boolean");
  EXPECT_EQ(failure("{\"data\": [\n  {\"title\": \"x\"}]}"),
            "q: line 2, column 3 (data[0]): expected an object with data, paragraphs or qas, or "
            "with id, question and context");
  EXPECT_EQ(failure("7"), "q: line 1, column 1: expected an object, found a number");
  EXPECT_EQ(failure(flat + R"("answers": {"text": ["Ann"], "answer_start": []}})"),
            "q: line 1, column 67 (answers): expected answers with as many text as answer_start, "
            "found 1 and 0");
  EXPECT_EQ(failure(flat + R"("answers": [{"text": "Ann"}]})"),
            "q: line 1, column 68 (answers[0]): expected an answer with the keys text and "
            "answer_start");
  EXPECT_EQ(failure(flat + R"("answers": [{"text": "Ann", "answer_start": 0.5}]})"),
            "q: line 1, column 100 (answers[0].answer_start): expected an integer, found 0.5");
  EXPECT_EQ(failure(flat + R"("answers": [{"text": "Ann", "answer_start": 6}]})"),
            "q: line 1, column 1 (question 1): expected an answer in the 8 characters of its "
            "context, found one of 6 to 9");
  EXPECT_EQ(failure(flat + R"("answers": [{"text": "Ann", "answer_start": -1}]})"),
            "q: line 1, column 1 (question 1): expected an answer_start from 0 to 2147483647, "
            "found -1");
  EXPECT_EQ(failure(flat + R"("answers": [{"text": "", "answer_start": 1}]})"),
            "q: line 1, column 1 (question 1): expected the text of answer 0, found nothing; a "
            "question without an answer has an empty list of them");
  EXPECT_EQ(
      failure(flat + R"("is_impossible": true, "answers": [{"text": "A", "answer_start": 0}]})"),
      "q: line 1, column 1 (question 1): expected no answers where is_impossible is true, "
      "found 1");
  EXPECT_EQ(failure(flat + "\"x\": 1}\n" + flat + "\"x\": 1}"),
            "q: line 2, column 1 (question 1): expected an id that no other question has");
  EXPECT_EQ(failure(flat + R"("id": "2"})"), "q: line 1, column 62 (id): expected each key once, "
                                             "found id");
  EXPECT_EQ(failure(R"({"question": "Who?", "context": ""})"),
            "q: line 1, column 1: expected a question with the keys id and question");
  EXPECT_EQ(failure(R"({"question": "Who?", "id": "é"})"),
            "q: line 1, column 1 (question é): expected a context, found none");
  EXPECT_EQ(failure(R"({"question": "", "id": "e", "context": "x"})"),
            "q: line 1, column 1 (question e): expected a question, found nothing");
  EXPECT_EQ(failure(R"({"question": "Who?", "id": "e", "context": ""})"),
            "q: line 1, column 1 (question e): expected a context, found nothing");
  // JSON itself.
  EXPECT_EQ(failure("{\"data\": [}"),
            "q: line 1, column 11 (data[0]): expected an object, found '}'");
  EXPECT_EQ(failure("{\"data\": [[]]"),
            "q: line 1, column 11 (data[0]): expected an object, found an "
            "array");
  EXPECT_EQ(failure("{\"x\": 1 2}"),
            "q: line 1, column 9 (x): expected ',' or '}', found a number");
  EXPECT_EQ(failure("{\"x\" 1}"), "q: line 1, column 6: expected ':', found a number");
  EXPECT_EQ(failure("{1}"), "q: line 1, column 2: expected a key, found a number");
  EXPECT_EQ(failure("{\"x\": \"a\nb\"}"),
            "q: line 1, column 7 (x): expected the end of a string, found the byte 0x0A");
  EXPECT_EQ(failure("{\"x\": \"a"),
            "q: line 1, column 7 (x): expected the end of a string, found the end of the file");
  EXPECT_EQ(failure("{\"x\": \"\\x\"}"),
            "q: line 1, column 7 (x): expected one of \"\\/bfnrtu after a backslash, found 'x'");
  EXPECT_EQ(failure("{\"x\": \"\\u12g\"}"),
            "q: line 1, column 7 (x): expected four hexadecimal digits after \\u, found 'g'");
  EXPECT_EQ(failure("{\"x\": \"\\ud800 \"}"),
            "q: line 1, column 7 (x): expected both halves of a surrogate pair, found one");
  EXPECT_EQ(failure("{\"x\": \"ab\xE9\"}"),
            "q: line 1, column 7 (x): expected UTF-8, found the byte 0xE9 as byte 3");
  EXPECT_EQ(failure("{\"x\": 01}"), "q: line 1, column 7 (x): expected a number, found 01");
  EXPECT_EQ(failure("{\"x\": nul}"), "q: line 1, column 7 (x): expected null, found '}'");
  EXPECT_EQ(failure("{\"x\": ?}"), "q: line 1, column 7 (x): expected a value, found '?'");
  std::string deep = "{\"x\": ";
  for (int i = 0; i < 70; ++i)
    deep += '[';
  EXPECT_NE(failure(deep).find("expected at most 64 levels of nesting"), std::string::npos);
}

TEST(Questions, survivesDamage) {
  Bytes file = bytesOf(
      R"({"data": [{"paragraphs": [{"qas": [{"id": "a", "question": "é?", "answers": [{"text": "\u00e9", "answer_start": 1}]}], "context": "aé"}]}]})");
  ASSERT_TRUE(readSet(file).ok());
  forEachDamage(file, [](const Bytes &damaged, bool cut) {
    Result<QuestionSet> set = readSet(damaged);
    if (cut)
      EXPECT_FALSE(set.ok());
    if (!set.ok())
      EXPECT_EQ(set.status().message().substr(0, 3), "q: ");
  });
  Bytes packed = gzipped(file);
  packed.resize(packed.size() - 12);
  EXPECT_FALSE(readSet(packed).ok());
}

TEST(Questions, windowsAndLabelsThatCannotBe) {
  ThreadPool pool(1);
  Tokenizer tokenizer = Tokenizer::load(folder).take();
  auto make = [&](const std::string &text, QuestionRequest request) {
    return makeQuestionFeatures(pool, tokenizer, readSet(bytesOf(text)).take(), request);
  };
  std::string unanswered = flat + R"("answers": []})", unlabelled = flat + R"("x": 0})";
  EXPECT_EQ(make(unanswered, {}).status().message(),
            "q: line 1, column 1 (question 1): expected an answer, found an empty list of them; "
            "--version-2-with-negative takes questions that have none");
  EXPECT_EQ(make(unlabelled, {}).status().message(),
            "q: line 1, column 1 (question 1): expected answers, found none");
  QuestionRequest request;
  request.withLabels = false;
  EXPECT_TRUE(make(unlabelled, request).ok());
  request.maxLength = 7;
  request.stride = 5;
  std::string message = make(unlabelled, request).status().message();
  EXPECT_NE(message.find("q: line 1, column 1 (question 1): stride: expected less than the"),
            std::string::npos)
      << message;
  request.truncation = Truncation::none;
  message = make(unlabelled, request).status().message();
  EXPECT_NE(message.find("expected at most 7 tokens"), std::string::npos) << message;
  // An answer that no window holds as a whole.
  QuestionRequest narrow;
  narrow.maxLength = 8;
  narrow.stride = 0;
  Result<QuestionFeatures> lost = make(
      R"({"id": "1", "question": "a", "context": "b c d e f g h i j", "answers": {"text": ["c d e f g h"], "answer_start": [2]}})",
      narrow);
  ASSERT_TRUE(lost.ok()) << lost.status().message();
  EXPECT_EQ(lost->lost, 1u);
  EXPECT_EQ(lost->ends, std::vector<int32_t>(lost->ends.size(), 0));
}

TEST(Questions, logitsThatAreNoNumbers) {
  QuestionFeatures features = makeFeatures("dev");
  AnswerFinder finder(features.windows);
  std::vector<float> odd(64, std::nanf("")), large(64, INFINITY);
  finder.add(0, odd.data(), large.data());
  Answer answer = finder.take(0);
  EXPECT_FALSE(answer.best.empty());
  for (const Answer::Candidate &candidate : answer.best)
    EXPECT_TRUE(candidate.probability >= 0 && candidate.probability <= 1);
}
