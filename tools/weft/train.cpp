// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft train.
#include "command.h"
#include "console.h"
#include "train/run.h"

namespace weft::tool {

namespace {

const char *const helpBegin =
    R"(weft train: trains the model of a module on a data set.

Usage: weft train MODULE.weft --train-data PATH [OPTIONS]

  --train-data PATH     folder (train.tsv, train.csv, train_*.npy, MNIST's names ...) or file: TSV, CSV, JSON lines,
                        CoNLL, SQuAD, text, IDX, .npy, safetensors; bytes of images (of rank 2 or more each) are / 255
  --eval-data PATH      the same for evaluation (in a folder: dev.tsv, test.csv, t10k-* ...)
  --model PATH          weights to begin with: safetensors file, or a Hugging Face folder with its tokenizer
  --init-from FILE      then these, by name; may be partial, may be repeated
  --arguments FILE      training options as a JSON object
  --num-threads N       1 to 1024 (WEFT_NUM_THREADS, else all cores)
  --log-format FORMAT   text|json
SIGINT, SIGTERM, SIGHUP and SIGUSR1 save a checkpoint and stop. Of text, and Hugging Face's TrainingArguments:
)";
const char *const helpEnd =
    R"(
Example:
  weft train mlp.weft --train-data mnist --eval-data mnist --num-train-epochs 10 \
    --per-device-train-batch-size 64 --learning-rate 0.01 --output-dir out
)";

bool isAny(const rt::ArgumentSpec &) { return true; }

struct TrainOptions : RunOptions {
  std::string trainData, evalData, model, argumentsFile;
  std::vector<std::string> initFrom;
  rt::TrainingArguments arguments;
  std::vector<std::pair<std::string, std::string>> flags; // in order, set after the file
};

// Initializers, then --model, then each --init-from.
Status setWeights(rt::Session &session, const TrainOptions &options, Console &console) {
  WEFT_RETURN_IF_ERROR(session.initialize(static_cast<uint64_t>(options.arguments.seed)));
  if (!options.model.empty()) {
    std::vector<std::string> notices;
    WEFT_RETURN_IF_ERROR(rt::loadModelFolder(session, options.model, notices));
    for (const std::string &notice : notices)
      console.onNotice(notice);
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
  return rt::trainOnFiles(*session, {options.trainData, options.evalData, options.model},
                          options.arguments, console);
}

} // namespace

Command addTrain(CLI::App &parent) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App *app =
      addSubcommand(parent, "train", "train a model", helpBegin + argumentsHelp(isAny) + helpEnd);
  options->add(*app);
  app->add_option("--train-data", options->trainData)->required();
  app->add_option("--eval-data", options->evalData);
  app->add_option("--model", options->model);
  app->add_option("--init-from", options->initFrom)->allow_extra_args(false);
  app->add_option("--arguments", options->argumentsFile);
  auto set = [options](const std::string &key, const std::string &value) {
    options->flags.emplace_back(key, value);
  };
  addArguments(*app, isAny, set);
  addPassedOverArguments(*app, set);
  return {app, [options] { return runTrain(*options); }};
}

} // namespace weft::tool
