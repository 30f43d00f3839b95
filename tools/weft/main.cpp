// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weft`: trains, evaluates and predicts with compiled modules. This file reads the command line;
// the work is done in libweft.
#include "command.h"

#include "base/file.h"
#include "train/checkpoint.h"
#include "train/weights.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace weft::tool {

static const char *const mainHelp =
    R"(weft: train, evaluate and predict with a module that weftc compiled.

Usage: weft COMMAND MODULE.weft [OPTIONS]

  train     train, with checkpoints, evaluation and logs
  eval      loss and accuracy of a checkpoint on a data set
  predict   predictions of a checkpoint as CSV
  explain   what each token contributes to a prediction
  inspect   what is in a module
  bench     milliseconds per step
  tokenize  texts to the token ids of a tokenizer

Example:
  weft train mlp.weft --train-data mnist --eval-data mnist --epochs 10 --lr 0.01 --output-dir out

weft COMMAND --help tells the options. Exit codes: 0 done, 1 failed, 2 wrong usage.
)";

CLI::App *addSubcommand(CLI::App &parent, const char *name, const char *summary, std::string help) {
  CLI::App *app = parent.add_subcommand(name, summary);
  // Spelled out rather than generated: it fits a screen.
  class Text : public CLI::FormatterBase {
  public:
    explicit Text(std::string text) : text(std::move(text)) {}
    std::string make_help(const CLI::App *, std::string, CLI::AppFormatMode) const override {
      return text;
    }

  private:
    std::string text;
  };
  app->formatter(std::make_shared<Text>(std::move(help)));
  return app;
}

void RunOptions::add(CLI::App &app) {
  app.add_option("module", module)->required();
  app.add_option("--num-threads", threads)->check(CLI::Range(1, 1024));
  app.add_option_function<std::string>(
         "--log-format", [this](const std::string &format) { json = format == "json"; })
      ->check(CLI::IsMember({"text", "json"}));
}

Result<std::unique_ptr<rt::Session>> openSession(const RunOptions &options, int64_t rows) {
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<const rt::Module> module, rt::Module::load(options.module));
  rt::DeviceOptions deviceOptions;
  deviceOptions.threads = options.threads;
  rt::SessionOptions sessionOptions;
  WEFT_ASSIGN_OR_RETURN(sessionOptions.device, rt::createDevice("cpu", deviceOptions));
  sessionOptions.maxRows = rows;
  return rt::Session::create(std::move(module), sessionOptions);
}

static std::string flagOf(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return "--" + name;
}

static void addArgument(CLI::App &app, const std::string &flags, const std::string &key,
                        bool valueOptional, const SetArgument &set) {
  app.add_option_function<std::vector<std::string>>(
         flags,
         [set, key](const std::vector<std::string> &values) {
           // An empty one that was written out is found before.
           std::string value = values.empty() || values[0].empty() ? "true" : values[0];
           // A wrong value is wrong usage.
           rt::TrainingArguments scratch;
           if (Status status = rt::setArgument(scratch, key, value, "command line"); !status.ok())
             throw CLI::ValidationError(status.message());
           set(key, value);
         })
      ->expected(valueOptional ? 0 : 1, 1);
}

void addArguments(CLI::App &app, const std::function<bool(const rt::ArgumentSpec &)> &wanted,
                  const SetArgument &set) {
  for (const rt::ArgumentSpec &spec : rt::argumentSpecs()) {
    if (!wanted(spec))
      continue;
    std::string names = flagOf(spec.key);
    for (const char *other : {spec.shortForm, spec.alias})
      if (other)
        names += "," + flagOf(other);
    // --load-best-model-at-end and --resume-from-checkpoint may stand without a value.
    bool valueOptional =
        std::string(spec.value) == "BOOL" || std::string(spec.key) == "resume_from_checkpoint";
    addArgument(app, names, spec.key, valueOptional, set);
  }
}

void addPassedOverArguments(CLI::App &app, const SetArgument &set) {
  for (const std::string &key : rt::passedOverKeys())
    addArgument(app, flagOf(key), key, /*valueOptional=*/true, set);
}

std::string argumentsHelp(const std::function<bool(const rt::ArgumentSpec &)> &wanted) {
  std::string text;
  size_t column = 0;
  for (const rt::ArgumentSpec &spec : rt::argumentSpecs()) {
    if (!wanted(spec))
      continue;
    std::string entry = "  " + flagOf(spec.key) +
                        (spec.shortForm ? ", --" + std::string(spec.shortForm) : "") + " " +
                        spec.value + (*spec.help ? "  " + std::string(spec.help) : "");
    bool fits = column > 0 && column <= 58 && entry.size() <= 60;
    if (fits)
      text += std::string(58 - column, ' ');
    else if (column > 0)
      text += "\n";
    text += entry;
    column = fits ? 1000 : entry.size();
  }
  return text + "\n";
}

// The step that a folder's model is of, or nothing if it does not say.
static std::optional<int64_t> stepOfFolder(const std::string &folder) {
  Result<Json> state = rt::parseJsonFile(folder + "/trainer_state.json");
  if (!state.ok())
    return std::nullopt;
  Result<int64_t> step = rt::jsonInteger(*state, "global_step", folder);
  return step.ok() ? std::optional(*step) : std::nullopt;
}

// Of a folder with a model and with checkpoints, what is newer.
static std::string newestModel(const std::string &folder) {
  Result<std::string> checkpoint = rt::resolveCheckpoint(folder);
  if (!checkpoint.ok() || rt::isSamePlace(*checkpoint, folder))
    return folder;
  std::optional<int64_t> ofModel = stepOfFolder(folder), newest = stepOfFolder(*checkpoint);
  if (!ofModel || !newest) {
    std::fprintf(stderr,
                 "weft: %s: took the model there, whose step is not known; %s is there too\n",
                 folder.c_str(), checkpoint->c_str());
    return folder;
  }
  if (*ofModel >= *newest)
    return folder;
  std::fprintf(stderr, "weft: %s: the model there is of step %lld: took %s, which is newer\n",
               folder.c_str(), static_cast<long long>(*ofModel), checkpoint->c_str());
  return *checkpoint;
}

Result<std::string> loadCheckpointWeights(rt::Session &session, const std::string &path) {
  std::error_code ignored;
  bool isFolder = std::filesystem::is_directory(path, ignored);
  std::string chosen = path;
  if (isFolder && (std::filesystem::exists(path + "/model.safetensors", ignored) ||
                   std::filesystem::exists(path + "/model.safetensors.index.json", ignored))) {
    chosen = newestModel(path);
  } else if (isFolder) {
    WEFT_ASSIGN_OR_RETURN(chosen, rt::resolveCheckpoint(path));
  }
  WEFT_ASSIGN_OR_RETURN(std::vector<std::string> unused, rt::loadCompleteWeights(session, chosen));
  std::string listed;
  for (const std::string &name : unused)
    listed += (listed.empty() ? "" : ", ") + name;
  if (!unused.empty())
    std::fprintf(stderr, "weft: %s: not used by this model: %s\n", rt::printable(chosen).c_str(),
                 rt::printable(listed).c_str());
  return isFolder ? chosen : std::string();
}

Status checkNoInput(const std::string &output, const std::vector<std::string> &inputs) {
  for (const std::string &input : inputs)
    if (rt::isSamePlace(output, input))
      return rt::invalidArgument("%s: expected an output of its own, found a file that is read: %s",
                                 output.c_str(), input.c_str());
  return {};
}

void printJson(const Json &object) {
  std::printf("%s\n", rt::formatJson(object).c_str());
  std::fflush(stdout);
}

std::string withThousands(uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto place = static_cast<int64_t>(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(static_cast<size_t>(place), ",");
  return digits;
}

// Options may be written as Hugging Face's scripts take them: --learning_rate.
static void useDashes(std::vector<std::string> &words) {
  for (std::string &word : words)
    if (word.starts_with("--"))
      std::replace(word.begin(),
                   word.begin() + static_cast<long>(std::min(word.find('='), word.size())), '_',
                   '-');
}

// The option, or the word, whose value is empty, as a variable that is not set leaves it. Texts to
// be explained may be.
static std::optional<std::string> findEmptyValue(const std::vector<std::string> &words) {
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string &word = words[i], &before = words[i - 1];
    bool isEmpty = word.empty();
    std::string name =
        isEmpty && before.starts_with("-") ? before : "word " + std::to_string(i + 1);
    if (size_t equals = word.find('='); word.starts_with("--") && equals + 1 == word.size()) {
      isEmpty = true;
      name = word.substr(0, equals);
    }
    if (isEmpty && name != "--text" && name != "--pair")
      return name;
  }
  return std::nullopt;
}

static bool stdoutWasClosed = false;

// The three standard descriptors are open before any file is: else a file gets one of their
// numbers, and what is printed. Writes to one that was closed fail, as they would have.
static void openStandardDescriptors() {
  for (int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) >= 0)
      continue;
    stdoutWasClosed |= number == STDOUT_FILENO;
    if (::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY) != number)
      std::_Exit(1);
  }
}

static Status finishOutput() {
  if (std::fflush(stdout) != 0)
    return rt::fromErrno("cannot write to stdout");
  if (!std::ferror(stdout))
    return {};
  // Why an earlier write failed is forgotten: another one tells.
  std::clearerr(stdout);
  if (std::fputc('\n', stdout) == EOF || std::fflush(stdout) != 0)
    return rt::fromErrno("cannot write to stdout");
  return rt::unavailable("cannot write to stdout: a part of the output is missing");
}

static int wrongUsage(const std::string &reason, const std::string &command) {
  std::fprintf(stderr, "weft: %s\nTry 'weft%s --help'.\n",
               rt::printable(reason, /*keepLines=*/true).c_str(),
               command.empty() ? "" : (" " + command).c_str());
  return 2;
}

static int runTool(int argc, char **argv) {
  CLI::App app;
  app.require_subcommand(1);
  app.set_version_flag("--version", "weft " WEFT_TOOL_VERSION);
  Command commands[] = {addTrain(app), addEval(app),     addPredict(app), addInspect(app),
                        addBench(app), addTokenize(app), addExplain(app)};
  std::vector<std::string> words(argv + 1, argv + argc);
  useDashes(words);
  auto isCommand = [&](const std::string &word) {
    return std::any_of(std::begin(commands), std::end(commands),
                       [&](const Command &command) { return command.app->get_name() == word; });
  };
  if (words.empty())
    return wrongUsage("expected a command", "");
  if (!words[0].starts_with("-") && !isCommand(words[0]))
    return wrongUsage("there is no command '" + words[0] + "'", "");
  if (std::optional<std::string> name = findEmptyValue(words))
    return wrongUsage(*name + ": expected a value, found an empty one", words[0]);
  std::reverse(words.begin(), words.end()); // as CLI11 takes them
  try {
    app.parse(words);
  } catch (const CLI::CallForHelp &) {
    bool any = !app.get_subcommands().empty();
    std::fputs(any ? app.get_subcommands().front()->help().c_str() : mainHelp, stdout);
    return 0;
  } catch (const CLI::CallForVersion &version) {
    std::printf("%s\n", version.what());
    return 0;
  } catch (const CLI::ParseError &error) {
    return wrongUsage(error.what(), app.get_subcommands().empty()
                                        ? ""
                                        : app.get_subcommands().front()->get_name());
  }
  for (Command &command : commands) {
    if (!command.app->parsed())
      continue;
    Status status = command.run(), output = finishOutput();
    // Output that did not arrive is a failure too, of a full disk for one; not so where nobody
    // asked for any and the results are files.
    if (status.ok() && !(stdoutWasClosed && command.app->get_name() == "train"))
      status = std::move(output);
    if (status.ok())
      return 0;
    std::fprintf(stderr, "weft: %s\n", status.message().c_str());
    return 1;
  }
  return 2;
}

} // namespace weft::tool

int main(int argc, char **argv) {
  weft::tool::openStandardDescriptors();
  // A file that may grow no more is an error like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return weft::tool::runTool(argc, argv);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "weft: %s\n", weft::rt::printable(error.what()).c_str());
    return 1;
  }
}
