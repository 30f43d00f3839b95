// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft eval.
#include "command.h"
#include "train/data_files.h"
#include "train/evaluation.h"

#include <cstdio>

namespace weft::tool {

namespace {

const char *const helpBegin =
    R"(weft eval: loss and metrics of a checkpoint on a data set.

Usage: weft eval MODULE.weft --checkpoint PATH --eval-data PATH [OPTIONS]

  --checkpoint PATH     a checkpoint, a folder of checkpoints (the newest is taken), or a safetensors file
  --eval-data PATH      folder (dev.tsv, test.csv, t10k-* ...) or file: TSV, CSV, JSON lines, CoNLL, SQuAD, IDX ...
  --batch-size N        (the module's tuned batch, else 64)
  --num-threads N       1 to 1024 (WEFT_NUM_THREADS, else all cores)
  --log-format FORMAT   text|json
Of text:
)";
const char *const helpEnd = R"(
Example:
  weft eval mlp.weft --checkpoint out/checkpoint-9380 --eval-data mnist
)";

bool isOfData(const rt::ArgumentSpec &spec) { return spec.ofData; }

struct EvalOptions : RunOptions {
  std::string checkpoint, data;
  rt::TrainingArguments arguments;
  int64_t batchSize = 0;
};

Status runEval(const EvalOptions &options) {
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<rt::Session> session, openSession(options, 0));
  WEFT_ASSIGN_OR_RETURN(std::string folder, loadCheckpointWeights(*session, options.checkpoint));
  rt::DataOpener opener(session->module(), session->device().pool(), options.arguments.data, folder,
                        options.arguments.seed);
  WEFT_ASSIGN_OR_RETURN(rt::Dataset data, opener.open(options.data, rt::Split::evaluation));
  for (const std::string &notice : opener.takeNotices())
    std::fprintf(stderr, "weft: %s\n", rt::printable(notice).c_str());
  rt::StepEngine engine(*session, rt::StepNumbers::fromModule(session->module()));
  WEFT_ASSIGN_OR_RETURN(rt::BatchPlan plan, rt::planFor(engine, schema::EntryRole::EvalStep, data));
  WEFT_ASSIGN_OR_RETURN(int64_t batch,
                        rt::chooseBatchSize(session->module(), schema::EntryRole::EvalStep,
                                            options.batchSize, "--batch-size"));
  std::string notice = rt::leftOutNotice(
      plan.samples(), rt::fixedBatch(session->module(), schema::EntryRole::EvalStep),
      "the evaluation");
  if (!notice.empty())
    std::fprintf(stderr, "weft: %s\n", notice.c_str());
  WEFT_ASSIGN_OR_RETURN(rt::EvalResult result, rt::evaluate(engine, plan, batch, opener.labels()));
  if (options.json) {
    Json line = {{"eval_loss", result.loss},
                 {"eval_samples", result.samples},
                 {"eval_runtime", result.seconds}};
    for (const auto &[name, value] : result.metrics)
      line["eval_" + name] = value;
    printJson(line);
    return {};
  }
  std::printf("loss %.6f", result.loss);
  for (const auto &[name, value] : result.metrics)
    std::printf(", %s %.4f", name.c_str(), value);
  std::printf(" (%lld samples)\n", static_cast<long long>(result.samples));
  return {};
}

} // namespace

Command addEval(CLI::App &parent) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App *app = addSubcommand(parent, "eval", "evaluate a checkpoint",
                                helpBegin + argumentsHelp(isOfData) + helpEnd);
  options->add(*app);
  app->add_option("--checkpoint", options->checkpoint)->required();
  app->add_option("--eval-data,--data", options->data)->required();
  addArguments(*app, isOfData, [options](const std::string &key, const std::string &value) {
    (void)rt::setArgument(options->arguments, key, value, "command line").ok();
  });
  app->add_option("--batch-size,--per-device-eval-batch-size", options->batchSize)
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40));
  return {app, [options] { return runEval(*options); }};
}

} // namespace weft::tool
