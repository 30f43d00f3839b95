// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft predict.
#include "base/file.h"
#include "command.h"
#include "train/evaluation.h"

#include <cstdio>

namespace weft::tool {

namespace {

const char *const help =
    R"(weft predict: writes a checkpoint's predictions as CSV.

Usage: weft predict MODULE.weft --checkpoint PATH --data PATH [OPTIONS]

  --checkpoint PATH     a checkpoint, a folder of checkpoints (the newest is taken), or a safetensors file
  --data PATH           folder (t10k-*, test.csv, test_*.npy ...) or file: IDX, CSV, .npy, safetensors
  --output FILE         (stdout)
  --id-column NAME      of the first column (index)
  --label-column NAME   of the second: the class of the largest output, or the output if there is one (label)
  --id-start N          id of the first sample (0)
  --scores              also the model's outputs, as score_0, score_1 ...
  --batch-size N        (the module's tuned batch, else 64)
  --num-threads N       (WEFT_NUM_THREADS, else all cores)

Example, as a competition wants it:
  weft predict mlp.weft --checkpoint out --data test.csv --output submission.csv \
    --id-column ImageId --label-column Label --id-start 1
)";

struct PredictOptions : RunOptions {
  std::string checkpoint, data, output = "-";
  std::string idColumn = "index", labelColumn = "label";
  int64_t idStart = 0, batchSize = 0;
  bool scores = false;
};

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

// The lines of one batch.
std::string formatRows(const rt::PredictionRows &rows, const PredictOptions &options) {
  std::string text;
  for (int64_t i = 0; i < rows.rows; ++i) {
    const double *values = rows.values.data() + i * rows.perRow;
    text +=
        std::to_string(options.idStart + rows.firstSample + i) + "," +
        (rows.perRow == 1 ? number(values[0]) : std::to_string(rt::argmax(values, rows.perRow)));
    for (int64_t k = 0; options.scores && k < rows.perRow; ++k)
      text += "," + number(values[k]);
    text += "\n";
  }
  return text;
}

Status runPredict(const PredictOptions &options) {
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<rt::Session> session, openSession(options, 0));
  WEFT_RETURN_IF_ERROR(loadCheckpointWeights(*session, options.checkpoint));
  WEFT_ASSIGN_OR_RETURN(rt::Dataset data,
                        rt::openDataset(options.data, {rt::Split::evaluation, ""}));
  rt::StepEngine engine(*session, rt::StepNumbers::fromModule(session->module()));
  WEFT_ASSIGN_OR_RETURN(rt::BatchPlan plan, rt::planFor(engine, schema::EntryRole::Predict, data));
  int64_t tuned = session->module().schema().tuned_batch();
  int64_t batch = options.batchSize ? options.batchSize : tuned > 0 ? tuned : 64;

  bool toFile = options.output != "-";
  rt::AtomicFile file;
  if (toFile) {
    WEFT_ASSIGN_OR_RETURN(file, rt::AtomicFile::create(options.output));
  }
  auto write = [&](const std::string &text) -> Status {
    if (toFile)
      return file.write(text);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
      return rt::fromErrno("cannot write to stdout");
    return {};
  };
  bool headed = false;
  WEFT_RETURN_IF_ERROR(
      rt::predict(engine, plan, batch, [&](const rt::PredictionRows &rows) -> Status {
        if (!headed) {
          std::string header = quoted(options.idColumn) + "," + quoted(options.labelColumn);
          for (int64_t k = 0; options.scores && k < rows.perRow; ++k)
            header += ",score_" + std::to_string(k);
          WEFT_RETURN_IF_ERROR(write(header + "\n"));
          headed = true;
        }
        return write(formatRows(rows, options));
      }));
  if (!toFile)
    return std::fflush(stdout) == 0 ? Status() : rt::fromErrno("cannot write to stdout");
  return file.commit();
}

} // namespace

Command addPredict(CLI::App &parent) {
  auto options = std::make_shared<PredictOptions>();
  CLI::App *app = addSubcommand(parent, "predict", "write predictions as CSV", help);
  options->add(*app);
  app->add_option("--checkpoint", options->checkpoint)->required();
  app->add_option("--data", options->data)->required();
  app->add_option("--output,-o", options->output);
  app->add_option("--id-column", options->idColumn);
  app->add_option("--label-column", options->labelColumn);
  app->add_option("--id-start", options->idStart);
  app->add_flag("--scores", options->scores);
  app->add_option("--batch-size,--per-device-eval-batch-size", options->batchSize)
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40));
  return {app, [options] { return runPredict(*options); }};
}

} // namespace weft::tool
