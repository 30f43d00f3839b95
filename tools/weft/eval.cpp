// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft eval.
#include "command.h"
#include "train/evaluation.h"

#include <cstdio>

namespace weft::tool {

namespace {

const char *const help =
    R"(weft eval: loss and accuracy of a checkpoint on a data set.

Usage: weft eval MODULE.weft --checkpoint PATH --eval-data PATH [OPTIONS]

  --checkpoint PATH     a checkpoint, a folder of checkpoints (the newest is taken), or a safetensors file
  --eval-data PATH      folder (t10k-*, test.csv, test_*.npy ...) or file: IDX, CSV, .npy, safetensors
  --label-column NAME   of CSV files (label, labels, target, class or y)
  --batch-size N        (the module's tuned batch, else 64)
  --num-threads N       (WEFT_NUM_THREADS, else all cores)
  --log-format FORMAT   text|json

Example:
  weft eval mlp.weft --checkpoint out/checkpoint-9380 --eval-data mnist
)";

struct EvalOptions : RunOptions {
  std::string checkpoint, data, labelColumn;
  int64_t batchSize = 0;
};

Status runEval(const EvalOptions &options) {
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<rt::Session> session, openSession(options, 0));
  WEFT_RETURN_IF_ERROR(loadCheckpointWeights(*session, options.checkpoint));
  WEFT_ASSIGN_OR_RETURN(rt::Dataset data, rt::openDataset(options.data, {rt::Split::evaluation,
                                                                         options.labelColumn}));
  rt::StepEngine engine(*session, rt::StepNumbers::fromModule(session->module()));
  WEFT_ASSIGN_OR_RETURN(rt::BatchPlan plan, rt::planFor(engine, schema::EntryRole::EvalStep, data));
  int64_t tuned = session->module().schema().tuned_batch();
  int64_t batch = options.batchSize ? options.batchSize : tuned > 0 ? tuned : 64;
  WEFT_ASSIGN_OR_RETURN(rt::EvalResult result, rt::evaluate(engine, plan, batch));
  if (options.json) {
    Json line = {{"eval_loss", result.loss},
                 {"eval_samples", result.samples},
                 {"eval_runtime", result.seconds}};
    if (result.accuracy)
      line["eval_accuracy"] = *result.accuracy;
    printJson(line);
    return {};
  }
  std::printf("loss %.6f", result.loss);
  if (result.accuracy)
    std::printf(", accuracy %.4f", *result.accuracy);
  std::printf(" (%lld samples)\n", static_cast<long long>(result.samples));
  return {};
}

} // namespace

Command addEval(CLI::App &parent) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App *app = addSubcommand(parent, "eval", "evaluate a checkpoint", help);
  options->add(*app);
  app->add_option("--checkpoint", options->checkpoint)->required();
  app->add_option("--eval-data,--data", options->data)->required();
  app->add_option("--label-column", options->labelColumn);
  app->add_option("--batch-size,--per-device-eval-batch-size", options->batchSize)
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40));
  return {app, [options] { return runEval(*options); }};
}

} // namespace weft::tool
