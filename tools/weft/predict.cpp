// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft predict.
#include "base/file.h"
#include "command.h"
#include "train/data_files.h"
#include "train/evaluation.h"
#include "train/text_model.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace weft::tool {

namespace {

const char *const helpBegin =
    R"(weft predict: writes a checkpoint's predictions as CSV, answers of questions as JSON.

Usage: weft predict MODULE.weft --checkpoint PATH --data PATH [OPTIONS]

  --checkpoint PATH     a checkpoint, a folder of checkpoints (the newest is taken), or a safetensors file
  --data PATH           folder (test.tsv, test.csv, t10k-* ...) or file: TSV, CSV, JSON lines, CoNLL, SQuAD, IDX ...
  --output FILE         (stdout)
  --id-column NAME      of the first column (index): what the data has in a column of that name, else numbers of rows
  --label-column NAME   of the next: the class of the largest output, by name if it has one, or the output if there is
                        one only (label); models of places give a line for each, with its position; models of tokens for
                        each word, with the word, and without a label if the model does not see it: cut off, or without
                        a token
  --id-start N          number of the first row (0)
  --scores              also the model's outputs, as score_0, score_1 ...
  --nbest-output FILE   of questions: the best answers of each, with logits and probabilities (nbest_predictions.json)
  --null-odds-output FILE  of questions that may have no answer: how much better none is (null_odds.json)
  --batch-size N        (the module's tuned batch, else 64)
  --num-threads N       1 to 1024 (WEFT_NUM_THREADS, else all cores)
Of text:
)";
const char *const helpEnd = R"(
Example, as a competition wants it:
  weft predict mlp.weft --checkpoint out --data test.csv --output submission.csv \
    --id-column ImageId --label-column Label --id-start 1
)";

struct PredictOptions : RunOptions {
  std::string checkpoint, data, output = "-";
  std::string idColumn = "index", labelColumn = "label";
  std::optional<int64_t> idStart;
  int64_t batchSize = 0;
  std::string nbest, nullOdds; // paths; empty: not asked for
  bool scores = false;
  rt::TrainingArguments arguments;
};

// The label column of the output has the name that the data's has elsewhere.
bool isOfData(const rt::ArgumentSpec &spec) {
  return spec.ofData && std::string(spec.key) != "label_column";
}

// A field as RFC 4180 wants it.
std::string quoted(const std::string &text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos)
    return text;
  std::string result = "\"";
  for (char character : text)
    result += character == '"' ? "\"\"" : std::string(1, character);
  return result + "\"";
}

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.9g", value);
  return text;
}

// Writes predictions as lines: one a sample, or one for each word of a sample if the model labels
// each place of a sequence.
class Lines {
public:
  Lines(const PredictOptions &options, const rt::Dataset &data, const rt::LabelNames &names)
      : options(options), data(data), names(names), words(data.words), places(data.find("labels")) {
    if (places && !places->offsets)
      places = nullptr;
  }

  std::string header(const rt::PredictionRows &rows) const {
    std::string text = quoted(options.idColumn) +
                       (rows.places.empty() ? ","
                        : words             ? ",position,word,"
                                            : ",position,") +
                       quoted(options.labelColumn);
    for (int64_t k = 0; options.scores && k < rows.perPlace; ++k)
      text += "," + (names.empty() ? "score_" + std::to_string(k) : quoted("score_" + names.of(k)));
    return text + "\n";
  }

  std::string batch(const rt::PredictionRows &rows) {
    std::string text;
    for (int64_t i = 0; i < rows.rows; ++i) {
      int64_t sample = rows.firstSample + i;
      std::string id = idOf(static_cast<size_t>(sample));
      const double *values = rows.values.data() + i * rows.perRow;
      if (rows.places.empty()) {
        text += id + "," + line(values, rows.perPlace);
        continue;
      }
      if (words) {
        text += wordLines(id, rows, i);
        continue;
      }
      bool mayBeIgnored = rows.places.size() == 1;
      int64_t position = 0;
      for (int64_t place = 0; place < rows.perRow / rows.perPlace; ++place)
        if (!rows.isPadding(i, place) && !(mayBeIgnored && labelAt(sample, place) == -100))
          text += id + "," + std::to_string(position++) + "," +
                  line(values + place * rows.perPlace, rows.perPlace);
    }
    return text;
  }
  // Words without a label so far.
  int64_t unseenWords() const { return unseen; }

private:
  std::string idOf(size_t sample) const {
    if (!data.ids.empty())
      return quoted(data.ids[sample]);
    int64_t number = data.numbers.empty() ? static_cast<int64_t>(sample) : data.numbers[sample];
    return std::to_string(options.idStart.value_or(0) + number);
  }
  // A line for each word of a sample, by the output at its first piece.
  std::string wordLines(const std::string &id, const rt::PredictionRows &rows, int64_t row) {
    int64_t sample = rows.firstSample + row;
    int64_t perPlace = rows.perPlace;
    const double *values = rows.values.data() + row * rows.perRow;
    int64_t first = words->first[static_cast<size_t>(sample)];
    int64_t end = words->first[static_cast<size_t>(sample) + 1];
    std::vector<int64_t> placeOf(static_cast<size_t>(end - first), -1);
    for (int64_t place = 0; place < rows.perRow / perPlace; ++place)
      if (int64_t word = rows.isPadding(row, place) ? -100 : labelAt(sample, place); word != -100)
        placeOf[static_cast<size_t>(word - first)] = place;
    std::string text;
    for (int64_t word = first; word < end; ++word) {
      int64_t place = placeOf[static_cast<size_t>(word - first)];
      text += id + "," + std::to_string(word - first) + "," +
              quoted(words->words[static_cast<size_t>(word)]) + ",";
      if (place >= 0)
        text += line(values + place * perPlace, perPlace);
      else
        text += std::string(options.scores ? static_cast<size_t>(perPlace) : 0, ',') + "\n";
      unseen += place < 0;
    }
    return text;
  }
  // Label and scores.
  std::string line(const double *values, int64_t count) const {
    std::string text = count == 1 ? number(values[0]) : quoted(names.of(rt::argmax(values, count)));
    for (int64_t k = 0; options.scores && k < count; ++k)
      text += "," + number(values[k]);
    return text + "\n";
  }
  // What the data has for a place: -100 unless it is the first piece of a word, the places that
  // training would label.
  int64_t labelAt(int64_t sample, int64_t place) const {
    if (!places)
      return 0;
    auto first = static_cast<int64_t>((*places->offsets)[static_cast<size_t>(sample)]);
    return rt::elementAsInteger(places->array, first + place);
  }

  const PredictOptions &options;
  const rt::Dataset &data;
  const rt::LabelNames &names;
  std::shared_ptr<const rt::SentenceWords> words;
  const rt::DataField *places;
  int64_t unseen = 0;
};

// What is written under its final name once it is complete, or to stdout.
class Output {
public:
  // `path`: "-" is stdout, an empty one nothing.
  Status open(const std::string &path) {
    toFile = path != "-" && !path.empty();
    toStdout = path == "-";
    if (toFile) {
      WEFT_ASSIGN_OR_RETURN(file, rt::AtomicFile::create(path));
    }
    return {};
  }
  explicit operator bool() const { return toFile || toStdout; }
  Status write(const std::string &text) {
    if (toFile)
      return file.write(text);
    if (toStdout && std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
      return rt::fromErrno("cannot write to stdout");
    return {};
  }
  Status finish() {
    if (toFile)
      return file.commit();
    return std::fflush(stdout) == 0 ? Status() : rt::fromErrno("cannot write to stdout");
  }

private:
  bool toFile = false, toStdout = false;
  rt::AtomicFile file;
};

// --- Questions ----------------------------------------------------------------------------------

std::string jsonText(std::string_view text) { return rt::formatJson(Json(std::string(text))); }

// The list of a question in nbest_predictions.json.
std::string candidatesOf(const rt::Answer &answer) {
  std::string text = "[";
  for (const rt::Answer::Candidate &candidate : answer.best)
    text += std::string(text.size() > 1 ? "," : "") +
            "\n        {\n            \"start_logit\": " + number(candidate.startLogit) +
            ",\n            \"end_logit\": " + number(candidate.endLogit) +
            ",\n            \"text\": " + jsonText(candidate.text) +
            ",\n            \"probability\": " + number(candidate.probability) + "\n        }";
  return text + "\n    ]";
}

// Objects with a member for each question, in the order of the data.
Status writeAnswers(const PredictOptions &options, rt::StepEngine &engine,
                    const rt::BatchPlan &plan, int64_t batch) {
  if (!options.nullOdds.empty() && !plan.questions()->rules.version2)
    return rt::invalidArgument("--null-odds-output: expected --version-2-with-negative as well");
  Output answers, nbest, odds;
  WEFT_RETURN_IF_ERROR(answers.open(options.output));
  WEFT_RETURN_IF_ERROR(nbest.open(options.nbest));
  WEFT_RETURN_IF_ERROR(odds.open(options.nullOdds));
  const rt::QuestionSet &set = plan.questions()->set;
  WEFT_RETURN_IF_ERROR(rt::predictAnswers(
      engine, plan, batch, [&](size_t question, const rt::Answer &answer) -> Status {
        std::string key = question ? ",\n    " : "{\n    ";
        key += jsonText(set.id(question)) + ": ";
        WEFT_RETURN_IF_ERROR(answers.write(key + jsonText(answer.text)));
        if (nbest)
          WEFT_RETURN_IF_ERROR(nbest.write(key + candidatesOf(answer)));
        return odds ? odds.write(key + number(answer.nullOdds)) : Status();
      }));
  for (Output *output : {&answers, &nbest, &odds})
    if (*output) {
      WEFT_RETURN_IF_ERROR(output->write("\n}\n"));
      WEFT_RETURN_IF_ERROR(output->finish());
    }
  return {};
}

// --- The command
// ----------------------------------------------------------------------------------

// The data and how it becomes batches.
struct OpenedData {
  std::unique_ptr<rt::DataOpener> opener;
  rt::Dataset data;
  rt::BatchPlan plan;
};

Result<OpenedData> openData(const PredictOptions &options, rt::StepEngine &engine,
                            const std::string &folder, bool idIsValue) {
  rt::Session &session = engine.session();
  rt::DataArguments arguments = options.arguments.data;
  arguments.idColumn = options.idColumn;
  arguments.idIsValue = idIsValue;
  OpenedData opened;
  opened.opener =
      std::make_unique<rt::DataOpener>(session.module(), session.device().pool(),
                                       std::move(arguments), folder, options.arguments.seed);
  WEFT_ASSIGN_OR_RETURN(
      opened.data, opened.opener->open(options.data, rt::Split::evaluation, /*withLabels=*/false));
  WEFT_ASSIGN_OR_RETURN(opened.plan, rt::planFor(engine, schema::EntryRole::Predict, opened.data));
  if (options.idStart && !opened.data.ids.empty())
    return rt::invalidArgument("--id-start: expected none, because the ids are those of the column "
                               "%s of %s",
                               options.idColumn.c_str(), options.data.c_str());
  return opened;
}

Status runPredict(const PredictOptions &options) {
  for (const std::string &output : {options.output, options.nbest, options.nullOdds})
    WEFT_RETURN_IF_ERROR(checkNoInput(output, {options.data, options.checkpoint, options.module}));
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<rt::Session> session, openSession(options, 0));
  WEFT_ASSIGN_OR_RETURN(std::string folder, loadCheckpointWeights(*session, options.checkpoint));
  rt::StepEngine engine(*session, rt::StepNumbers::fromModule(session->module()));
  // In a table of numbers the ids may be what the model was trained with, or stand beside it.
  Result<OpenedData> opened = openData(options, engine, folder, /*idIsValue=*/true);
  if (!opened.ok() && !rt::describeTextModel(session->module()))
    opened = openData(options, engine, folder, /*idIsValue=*/false);
  WEFT_RETURN_IF_ERROR(opened.status());
  auto &[opener, data, plan] = *opened;
  for (const std::string &notice : opener->takeNotices())
    std::fprintf(stderr, "weft: %s\n", rt::printable(notice).c_str());
  WEFT_ASSIGN_OR_RETURN(int64_t batch,
                        rt::chooseBatchSize(session->module(), schema::EntryRole::Predict,
                                            options.batchSize, "--batch-size"));
  if (plan.questions())
    return writeAnswers(options, engine, plan, batch);
  if (!options.nbest.empty() || !options.nullOdds.empty())
    return rt::invalidArgument("--nbest-output, --null-odds-output: expected a module that answers "
                               "questions, and questions");
  Output output;
  WEFT_RETURN_IF_ERROR(output.open(options.output));
  Lines lines(options, data, opener->labels());
  bool headed = false;
  WEFT_RETURN_IF_ERROR(
      rt::predict(engine, plan, batch, [&](const rt::PredictionRows &rows) -> Status {
        if (!std::exchange(headed, true))
          WEFT_RETURN_IF_ERROR(output.write(lines.header(rows)));
        return output.write(lines.batch(rows));
      }));
  if (lines.unseenWords() > 0)
    std::fprintf(stderr,
                 "weft: %s: words without a label, because the model does not see them: %lld\n",
                 options.data.c_str(), static_cast<long long>(lines.unseenWords()));
  return output.finish();
}

} // namespace

Command addPredict(CLI::App &parent) {
  auto options = std::make_shared<PredictOptions>();
  CLI::App *app = addSubcommand(parent, "predict", "write predictions as CSV",
                                helpBegin + argumentsHelp(isOfData) + helpEnd);
  options->add(*app);
  app->add_option("--checkpoint", options->checkpoint)->required();
  app->add_option("--data", options->data)->required();
  app->add_option("--output,-o", options->output);
  app->add_option("--id-column", options->idColumn);
  app->add_option("--label-column", options->labelColumn);
  // Ids are counted on from it.
  constexpr int64_t most = int64_t{1} << 62;
  app->add_option("--id-start", options->idStart)->check(CLI::Range(-most, most));
  app->add_flag("--scores", options->scores);
  app->add_option("--nbest-output", options->nbest);
  app->add_option("--null-odds-output", options->nullOdds);
  addArguments(*app, isOfData, [options](const std::string &key, const std::string &value) {
    (void)rt::setArgument(options->arguments, key, value, "command line").ok();
  });
  app->add_option("--batch-size,--per-device-eval-batch-size", options->batchSize)
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40));
  app->callback([options] {
    if (options->idColumn == options->labelColumn)
      throw CLI::ValidationError("--id-column, --label-column: expected different names, got " +
                                 options->idColumn + " twice");
  });
  return {app, [options] { return runPredict(*options); }};
}

} // namespace weft::tool
