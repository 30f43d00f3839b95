// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft explain.
#include "base/file.h"
#include "command.h"
#include "explainer.h"
#include "explanation.h"
#include "text/utf8.h"
#include "train/data_files.h"
#include "train/evaluation.h"
#include "train/text_samples.h"

#include <cstdio>
#include <deque>
#include <set>

namespace weft::tool {

namespace {

const char *const helpBegin =
    R"(weft explain: what each token contributes to a prediction.

Usage: weft explain MODULE.weft --checkpoint PATH (--text TEXT | --data PATH) [OPTIONS]

The module is one that weftc --explain compiled. Writes a line of JSON for each text; of a model that labels tokens one
for each word, of one that answers questions one for the answer's start and one for its end.

  --checkpoint PATH     a checkpoint, a folder of checkpoints (the newest is taken), or a safetensors file
  --model DIR           or a Hugging Face folder: weights if there is no checkpoint, tokenizer, names of classes
  --text TEXT           what is explained (of answers: the question)
  --pair TEXT           its second text (of answers: where they are)
  --data PATH           or a file of texts, or a folder with one: TSV, CSV, JSON lines, CoNLL, plain lines
  --method NAME         gradient-x-input (default), or integrated-gradients: from the text whose word
                        embeddings are zero, by the midpoint rule; the closer sum and difference of scores, the better
  --steps N             of integrated gradients (32)
  --target LABEL        the class whose logit is explained, by name or number, or label: what --label-column or the tags
                        say (the predicted one; of several labels the likeliest); start or end of an answer
  --word N              of a model of tokens: this word only, counted from 0; of answers: in the second text (the likeliest)
  --output FILE         (stdout)
  --html FILE           also a page with the texts shaded
  --batch-size N        texts and steps that run together (the module's tuned batch, else 64)
  --num-threads N       1 to 1024 (WEFT_NUM_THREADS, else all cores)
Of text:
)";

struct ExplainOptions : RunOptions {
  std::string checkpoint, model, text, data, target, output = "-", html;
  std::optional<std::string> pair;
  std::string method = "gradient-x-input";
  int64_t steps = 32, batchSize = 0, word = -1;
  rt::TrainingArguments arguments;
};

// Masks and the like are of no use here.
bool isOfData(const rt::ArgumentSpec &spec) {
  static const std::set<std::string> keys = {"text_column",    "text_pair_column", "label_column",
                                             "labels_file",    "data_format",      "tokenizer",
                                             "max_seq_length", "truncation",       "skip_bad_rows"};
  return keys.count(spec.key) != 0;
}

// A file, or stdout.
class Sink {
public:
  Status open(const std::string &path) {
    if (path == "-")
      return {};
    WEFT_ASSIGN_OR_RETURN(file, rt::AtomicFile::create(path));
    return {};
  }
  Status write(const std::string &text) {
    if (file)
      return file->write(text);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
      return rt::fromErrno("cannot write to stdout");
    return {};
  }
  Status close() {
    if (file)
      return file->commit();
    return std::fflush(stdout) == 0 ? Status() : rt::fromErrno("cannot write to stdout");
  }

private:
  std::optional<rt::AtomicFile> file;
};

// All texts of a run, some at a time: their predictions, then what explains these, then the output.
class Run {
public:
  Run(const ExplainOptions &options, Explainer &explainer, const rt::DataOpener &opener,
      ExplanationContext &context, int64_t limit)
      : options(options), explainer(explainer), names(opener.labels()), context(context) {
    request.count = context.texts.count();
    request.maxLength = limit;
    request.truncation = options.arguments.data.truncation;
    request.side = context.tokenizer.truncationSide();
    request.encode = [&context](int64_t index, const rt::EncodeOptions &encode,
                                rt::Encoding &result) {
      return context.texts.encode(context.tokenizer, index, encode, result);
    };
    request.place = [&context](int64_t index) { return context.texts.place(index); };
  }

  Status all() {
    WEFT_RETURN_IF_ERROR(lines.open(options.output));
    if (hasPage()) {
      WEFT_RETURN_IF_ERROR(page.open(options.html));
      WEFT_RETURN_IF_ERROR(page.write(pageBegin(context)));
    }
    for (int64_t first = 0; first < request.count; first += textsAtATime)
      WEFT_RETURN_IF_ERROR(some(first, std::min(request.count, first + textsAtATime)));
    if (hasPage()) {
      WEFT_RETURN_IF_ERROR(page.write(pageEnd()));
      WEFT_RETURN_IF_ERROR(page.close());
    }
    return lines.close();
  }
  // Texts that were cut.
  int64_t cutTexts() const { return cut; }

private:
  static constexpr int64_t textsAtATime = 256;

  bool hasPage() const { return !options.html.empty(); }

  Status some(int64_t first, int64_t end) {
    std::vector<ExplainedText> texts(static_cast<size_t>(end - first));
    for (int64_t i = first; i < end; ++i) {
      ExplainedText &text = texts[static_cast<size_t>(i - first)];
      text.index = i;
      WEFT_ASSIGN_OR_RETURN(text.cut, rt::encodeWithin(request, i, text.encoding));
      cut += text.cut > 0;
      WEFT_RETURN_IF_ERROR(explainer.add({&text.encoding}, [&text](auto logits, auto) {
        text.logits.assign(logits.begin(), logits.end());
      }));
    }
    WEFT_RETURN_IF_ERROR(explainer.flush());
    std::deque<Explanation> explanations; // rows point into it
    for (const ExplainedText &text : texts)
      WEFT_RETURN_IF_ERROR(choose(text, explanations));
    for (Explanation &explanation : explanations)
      WEFT_RETURN_IF_ERROR(attribute(explanation));
    WEFT_RETURN_IF_ERROR(explainer.flush());
    for (const Explanation &explanation : explanations) {
      WEFT_RETURN_IF_ERROR(lines.write(rt::formatJson(toJson(explanation, context)) + "\n"));
      if (hasPage())
        WEFT_RETURN_IF_ERROR(page.write(pagePart(explanation, context)));
    }
    return {};
  }

  // Which logits of a text are explained.
  Status choose(const ExplainedText &text, std::deque<Explanation> &explanations) const {
    Explanation explanation;
    explanation.text = &text;
    if (!context.judgesTokens) {
      WEFT_ASSIGN_OR_RETURN(explanation.target, targetOf(text, 0, -1));
      explanations.push_back(explanation);
      return {};
    }
    std::vector<int32_t> places = wordPlaces(text.encoding, context.isAnswer ? 1 : 0);
    if (options.word >= static_cast<int64_t>(places.size()) ||
        (options.word >= 0 && places[static_cast<size_t>(options.word)] < 0))
      return rt::invalidArgument(
          "%s: --word: expected a word of the %zu that the model sees, counted from 0, got %lld",
          request.place(text.index).c_str(), places.size(), static_cast<long long>(options.word));
    if (context.isAnswer)
      return chooseAnswer(explanation, places, explanations);
    for (size_t word = 0; word < places.size(); ++word) {
      if (places[word] < 0 || (options.word >= 0 && static_cast<int64_t>(word) != options.word))
        continue;
      explanation.word = static_cast<int64_t>(word);
      explanation.position = places[word];
      WEFT_ASSIGN_OR_RETURN(explanation.target,
                            targetOf(text, explanation.position, explanation.word));
      explanations.push_back(explanation);
    }
    return {};
  }

  // The likeliest start and end in the second text.
  Status chooseAnswer(Explanation &explanation, const std::vector<int32_t> &places,
                      std::deque<Explanation> &explanations) const {
    const ExplainedText &text = *explanation.text;
    for (int32_t side = 0; side < 2; ++side) {
      if (!options.target.empty() &&
          options.target != context.classNames[static_cast<size_t>(side)])
        continue;
      explanation.target = side;
      std::optional<int32_t> best;
      for (size_t i = 0; i < text.encoding.size(); ++i) {
        auto place = static_cast<int32_t>(i);
        bool isWanted = options.word < 0 || places[static_cast<size_t>(options.word)] == place;
        if (text.encoding.sequenceIds[i] == 1 && isWanted &&
            (!best || logitAt(text, place, side) > logitAt(text, *best, side)))
          best = place;
      }
      if (!best)
        return rt::invalidArgument("%s: expected a second text, where the answer is, found nothing",
                                   request.place(text.index).c_str());
      explanation.position = *best;
      explanation.word = text.encoding.wordIds[static_cast<size_t>(*best)];
      explanations.push_back(explanation);
    }
    return {};
  }

  // The first piece of each word of a text, -1 for words without one.
  static std::vector<int32_t> wordPlaces(const rt::Encoding &encoding, int8_t sequence) {
    std::vector<int32_t> places;
    for (size_t i = 0; i < encoding.size(); ++i) {
      if (encoding.sequenceIds[i] != sequence || encoding.wordIds[i] < 0)
        continue;
      auto word = static_cast<size_t>(encoding.wordIds[i]);
      if (word >= places.size())
        places.resize(word + 1, -1);
      if (places[word] < 0)
        places[word] = static_cast<int32_t>(i);
    }
    return places;
  }

  double logitAt(const ExplainedText &text, int32_t place, int64_t target) const {
    return text.logits[static_cast<size_t>(place * explainer.classes() + target)];
  }

  // By --target, else what the model predicts.
  Result<int32_t> targetOf(const ExplainedText &text, int32_t place, int64_t word) const {
    int64_t classes = explainer.classes();
    if (options.target.empty()) {
      std::vector<double> values;
      for (int64_t k = 0; k < classes; ++k)
        values.push_back(logitAt(text, place, k));
      return static_cast<int32_t>(rt::argmax(values.data(), classes));
    }
    bool isOwn = options.target == "label" && !names.find("label");
    if (isOwn && !context.texts.areLabelled())
      return rt::invalidArgument("--target label: expected --label-column, or tagged words");
    std::string name(!isOwn                     ? std::string_view(options.target)
                     : context.texts.areWords() ? context.texts.tag(text.index, word)
                                                : context.texts.label(text.index));
    std::optional<int64_t> found = names.classOf(name);
    if (!found || *found < 0 || *found >= classes)
      return rt::invalidArgument(
          "%s: expected %s, got '%s'",
          isOwn ? (request.place(text.index) + ": --target label").c_str() : "--target",
          names.empty() ? ("a class of 0 to " + std::to_string(classes - 1)).c_str()
                        : ("one of " + names.listed()).c_str(),
          rt::shownText(name).c_str());
    return static_cast<int32_t>(*found);
  }

  // Queues what its attributions are the sum of.
  Status attribute(Explanation &explanation) {
    const ExplainedText &text = *explanation.text;
    explanation.score = logitAt(text, explanation.position, explanation.target);
    explanation.attributions.assign(text.encoding.size(), 0.0);
    ExplainRow row{&text.encoding, 1, explanation.target, explanation.position};
    int64_t steps = std::max<int64_t>(context.steps, 1);
    auto receive = [&explanation, steps](auto, std::span<const float> attributions) {
      for (size_t i = 0; i < attributions.size(); ++i)
        explanation.attributions[i] +=
            static_cast<double>(attributions[i]) / static_cast<double>(steps);
    };
    if (context.steps == 0)
      return explainer.add(row, receive);
    for (int64_t k = 0; k < steps; ++k) {
      row.alpha = static_cast<float>((static_cast<double>(k) + 0.5) / static_cast<double>(steps));
      WEFT_RETURN_IF_ERROR(explainer.add(row, receive));
    }
    row.alpha = 0;
    auto logit =
        static_cast<size_t>(explanation.position * explainer.classes() + explanation.target);
    return explainer.add(row, [&explanation, logit](std::span<const float> logits, auto) {
      explanation.baselineScore = logits[logit];
    });
  }

  const ExplainOptions &options;
  Explainer &explainer;
  const rt::LabelNames &names;
  const ExplanationContext &context;
  rt::TokenizeRequest request;
  Sink lines, page;
  int64_t cut = 0;
};

// Weights of --checkpoint, else of --model. The folder for tokenizer and names.
Result<std::string> loadWeights(rt::Session &session, const ExplainOptions &options) {
  WEFT_ASSIGN_OR_RETURN(std::string folder,
                        loadCheckpointWeights(session, options.checkpoint.empty()
                                                           ? options.model
                                                           : options.checkpoint));
  return folder.empty() ? options.model : folder;
}

std::string replaced(const std::string &text) {
  std::string result;
  rt::replaceInvalidUtf8(text, result);
  return result;
}

// What of the context the module's task says.
Status describe(const rt::Session &session, const Explainer &explainer,
                const ExplainOptions &options, const rt::LabelNames &names,
                ExplanationContext &context) {
  rt::ModelTask task = rt::describeTask(session.module());
  context.judgesTokens = explainer.judgesTokens();
  context.isAnswer = task.task == schema::Task::QuestionAnswering;
  context.areSeveral = task.task == schema::Task::MultiLabelClassification;
  context.isNumber = task.task == schema::Task::Regression && explainer.classes() == 1;
  context.method = options.method;
  context.steps = options.method == "integrated-gradients" ? options.steps : 0;
  for (int64_t k = 0; k < explainer.classes(); ++k)
    context.classNames.push_back(context.isNumber    ? "output"
                                 : !context.isAnswer ? names.of(k)
                                 : k == 0            ? "start"
                                                     : "end");
  if (options.word >= 0 && !context.judgesTokens)
    return rt::invalidArgument("--word: expected a model of tokens (token-classification, "
                               "question-answering); this one judges whole texts");
  if (context.isAnswer && !options.target.empty() && options.target != "start" &&
      options.target != "end")
    return rt::invalidArgument("--target: expected start or end, got '%s'", options.target.c_str());
  if (context.isAnswer && !context.texts.arePairs())
    return rt::invalidArgument("%s: expected a question and a second text, where the answer is: "
                               "--pair, or --text-pair-column",
                               context.texts.place(0).c_str());
  return {};
}

Status runExplain(const ExplainOptions &options) {
  for (const std::string &output : {options.output, options.html})
    WEFT_RETURN_IF_ERROR(
        checkNoInput(output, {options.data, options.checkpoint, options.model, options.module}));
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<rt::Session> session, openSession(options, 1));
  WEFT_ASSIGN_OR_RETURN(int64_t batch,
                        rt::chooseBatchSize(session->module(), schema::EntryRole::Predict,
                                            options.batchSize, "--batch-size"));
  WEFT_ASSIGN_OR_RETURN(Explainer explainer, Explainer::create(*session, batch, options.module));
  WEFT_ASSIGN_OR_RETURN(std::string folder, loadWeights(*session, options));
  rt::DataOpener opener(session->module(), session->device().pool(), options.arguments.data, folder,
                        options.arguments.seed);
  WEFT_RETURN_IF_ERROR(opener.prepareText());
  WEFT_ASSIGN_OR_RETURN(int64_t limit, opener.tokenLimit());
  rt::RawTexts texts(replaced(options.text),
                     options.pair ? std::optional(replaced(*options.pair)) : std::nullopt,
                     "--text");
  if (!options.data.empty()) {
    WEFT_ASSIGN_OR_RETURN(texts, opener.openRaw(options.data, rt::Split::evaluation));
  }
  for (const std::string &notice : opener.takeNotices())
    std::fprintf(stderr, "weft: %s\n", notice.c_str());
  ExplanationContext context(texts, *opener.tokenizer());
  WEFT_RETURN_IF_ERROR(describe(*session, explainer, options, opener.labels(), context));
  Run run(options, explainer, opener, context, limit);
  WEFT_RETURN_IF_ERROR(run.all());
  if (run.cutTexts() > 0)
    std::fprintf(stderr, "weft: %s: %lld of %lld texts were cut to %lld tokens\n",
                 options.data.empty() ? "--text" : rt::printable(options.data).c_str(),
                 static_cast<long long>(run.cutTexts()), static_cast<long long>(texts.count()),
                 static_cast<long long>(limit));
  return {};
}

// What of the command line goes together.
void checkUsage(const ExplainOptions &options, bool hasText) {
  if (options.checkpoint.empty() && options.model.empty())
    throw CLI::ValidationError("expected --checkpoint or --model");
  if (hasText == !options.data.empty())
    throw CLI::ValidationError("expected either --text or --data");
  if (options.pair && !hasText)
    throw CLI::ValidationError("--pair: expected --text beside it");
}

} // namespace

Command addExplain(CLI::App &parent) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App *app = addSubcommand(parent, "explain", "what each token contributes to a prediction",
                                helpBegin + argumentsHelp(isOfData));
  options->add(*app);
  app->add_option("--checkpoint", options->checkpoint);
  app->add_option("--model", options->model);
  CLI::Option *text = app->add_option("--text", options->text);
  app->add_option("--pair", options->pair);
  app->add_option("--data", options->data);
  app->add_option("--method", options->method)
      ->check(CLI::IsMember({"gradient-x-input", "integrated-gradients"}));
  app->add_option("--steps", options->steps)->check(CLI::Range(int64_t{1}, int64_t{100000}));
  app->add_option("--target", options->target);
  app->add_option("--word", options->word)->check(CLI::NonNegativeNumber);
  app->add_option("--output,-o", options->output);
  app->add_option("--html", options->html);
  app->add_option("--batch-size", options->batchSize)
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 20));
  addArguments(*app, isOfData, [options](const std::string &key, const std::string &value) {
    (void)rt::setArgument(options->arguments, key, value, "command line").ok();
  });
  app->callback([options, text] { checkUsage(*options, text->count() > 0); });
  return {app, [options] { return runExplain(*options); }};
}

} // namespace weft::tool
