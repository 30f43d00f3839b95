// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft train.
#include "command.h"
#include "console.h"
#include "train/trainer.h"
#include "train/weights.h"

#include <algorithm>

namespace weft::tool {

namespace {

const char *const helpBegin =
    R"(weft train: trains the model of a module on a data set.

Usage: weft train MODULE.weft --train-data PATH [OPTIONS]

  --train-data PATH     folder (MNIST's names, train.csv, train_*.npy ...) or file: IDX, CSV, .npy, safetensors
  --eval-data PATH      the same for evaluation (in a folder: t10k-*, test.csv ...)
  --label-column NAME   of CSV files (label, labels, target, class or y)
  --model PATH          weights to begin with: safetensors file or folder; what does not fit is named
  --init-from FILE      then these, by name; may be partial, may be repeated
  --arguments FILE      training options as a JSON object
  --num-threads N       (WEFT_NUM_THREADS, else all cores)
  --log-format FORMAT   text|json
Training options are Hugging Face's TrainingArguments:
)";
const char *const helpEnd =
    R"(
Example:
  weft train mlp.weft --train-data mnist --eval-data mnist --num-train-epochs 10 \
    --per-device-train-batch-size 64 --learning-rate 0.01 --output-dir out
)";

std::string flagOf(const rt::ArgumentSpec &spec) {
  std::string flag = "--" + std::string(spec.key);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

// Two options a line, so that all fit a screen.
std::string trainHelp() {
  std::string text = helpBegin;
  size_t column = 0;
  for (const rt::ArgumentSpec &spec : rt::argumentSpecs()) {
    std::string entry = "  " + flagOf(spec) +
                        (spec.shortForm ? ", --" + std::string(spec.shortForm) : "") + " " +
                        spec.value + (*spec.help ? "  " + std::string(spec.help) : "");
    bool fits = column > 0 && column <= 56 && entry.size() <= 54;
    if (fits)
      text += std::string(56 - column, ' ');
    else if (column > 0)
      text += "\n";
    text += entry;
    column = fits ? 1000 : entry.size();
  }
  return text + "\n" + helpEnd;
}

struct TrainOptions : RunOptions {
  std::string trainData, evalData, labelColumn, model, argumentsFile;
  std::vector<std::string> initFrom;
  rt::TrainingArguments arguments;
  std::vector<std::pair<std::string, std::string>> flags; // in order, set after the file
};

std::string joined(const std::vector<std::string> &names) {
  std::string text;
  for (const std::string &name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

// Initializers, then --model, then each --init-from.
Status setWeights(rt::Session &session, const TrainOptions &options, Console &console) {
  WEFT_RETURN_IF_ERROR(session.initialize(static_cast<uint64_t>(options.arguments.seed)));
  if (!options.model.empty()) {
    WEFT_ASSIGN_OR_RETURN(rt::Safetensors file, rt::Safetensors::open(options.model));
    WEFT_ASSIGN_OR_RETURN(rt::LoadReport report,
                          rt::loadWeights(session, file, rt::WeightSet::model));
    if (!report.unused.empty())
      console.onNotice(options.model + ": not used by this model: " + joined(report.unused));
    if (!report.missing.empty())
      console.onNotice(options.model + ": newly initialized: " + joined(report.missing));
  }
  for (const std::string &path : options.initFrom)
    WEFT_RETURN_IF_ERROR(rt::loadSomeWeights(session, path));
  return {};
}

Status runTrain(TrainOptions &options) {
  Console console(options.json);
  if (!options.argumentsFile.empty())
    WEFT_RETURN_IF_ERROR(rt::readArgumentsFile(options.arguments, options.argumentsFile));
  for (const auto &[key, value] : options.flags)
    WEFT_RETURN_IF_ERROR(rt::setArgument(options.arguments, key, value, "command line"));
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<rt::Session> session, openSession(options, 0));
  WEFT_RETURN_IF_ERROR(rt::resolveArguments(options.arguments, session->module()));
  WEFT_RETURN_IF_ERROR(setWeights(*session, options, console));

  rt::Dataset evalData;
  bool evaluates = !options.evalData.empty();
  WEFT_ASSIGN_OR_RETURN(
      rt::Dataset trainData,
      rt::openDataset(options.trainData, {rt::Split::train, options.labelColumn}));
  if (evaluates) {
    WEFT_ASSIGN_OR_RETURN(
        evalData, rt::openDataset(options.evalData, {rt::Split::evaluation, options.labelColumn}));
  }
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<rt::Trainer> trainer,
                        rt::Trainer::create(*session, options.arguments, trainData,
                                            evaluates ? &evalData : nullptr, options.model,
                                            console));
  Console::catchSignals();
  return trainer->train();
}

} // namespace

Command addTrain(CLI::App &parent) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App *app = addSubcommand(parent, "train", "train a model", trainHelp());
  options->add(*app);
  app->add_option("--train-data", options->trainData)->required();
  app->add_option("--eval-data", options->evalData);
  app->add_option("--label-column", options->labelColumn);
  app->add_option("--model", options->model);
  app->add_option("--init-from", options->initFrom)->allow_extra_args(false);
  app->add_option("--arguments", options->argumentsFile);
  for (const rt::ArgumentSpec &spec : rt::argumentSpecs()) {
    std::string names = flagOf(spec);
    for (const char *other : {spec.shortForm, spec.alias})
      if (other) {
        std::string flag = other;
        std::replace(flag.begin(), flag.end(), '_', '-');
        names += ",--" + flag;
      }
    // --load-best-model-at-end and --resume-from-checkpoint may stand without a value.
    bool valueOptional =
        std::string(spec.value) == "BOOL" || std::string(spec.key) == "resume_from_checkpoint";
    CLI::Option *option = app->add_option_function<std::vector<std::string>>(
        names, [options, key = spec.key](const std::vector<std::string> &values) {
          std::string value = values.empty() || values[0].empty() ? "true" : values[0];
          // A wrong value is wrong usage.
          rt::TrainingArguments scratch;
          if (Status status = rt::setArgument(scratch, key, value, "command line"); !status.ok())
            throw CLI::ValidationError(status.message());
          options->flags.emplace_back(key, value);
        });
    option->expected(valueOptional ? 0 : 1, 1);
  }
  return {app, [options] { return runTrain(*options); }};
}

} // namespace weft::tool
