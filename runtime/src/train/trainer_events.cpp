// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What follows a step: logs, evaluation, best model, checkpoints; and the end of a run.
#include "base/file.h"
#include "base/log.h"
#include "train/checkpoint.h"
#include "train/trainer.h"
#include "train/weights.h"

#include <cmath>
#include <filesystem>

namespace weft::rt {

// "eval_loss" is eval/loss; everything else is train/...
static std::string tensorBoardTag(const std::string &key) {
  return key.starts_with("eval_") ? "eval/" + key.substr(5) : "train/" + key;
}

Status Trainer::openEventFile() {
  if (arguments.reportTo == "none")
    return {};
  std::string folder = arguments.loggingDir, runs = arguments.outputDir + "/runs";
  if (folder.empty()) {
    std::error_code ignored;
    if (std::filesystem::is_symlink(runs, ignored))
      return invalidArgument("%s: expected a folder, found a link; logging_dir names another place",
                             runs.c_str());
    folder = runs + "/" + runFolderName();
  }
  WEFT_ASSIGN_OR_RETURN(events, EventFile::create(folder));
  return {};
}

Status Trainer::addLog(Json entry) {
  entry["epoch"] = progress.epoch;
  entry["step"] = progress.step;
  if (events)
    for (auto item = entry.begin(); item != entry.end(); ++item)
      if (item.key() != "step" && item.value().is_number())
        WEFT_RETURN_IF_ERROR(events->addScalar(tensorBoardTag(item.key()),
                                               item.value().get<double>(), progress.step));
  listener.onLog(entry);
  progress.log.push_back(std::move(entry));
  return {};
}

Status Trainer::logLoss() {
  if (progress.sinceLog.count == 0)
    return {};
  Json entry = {{"loss", progress.sinceLog.mean()}, {"learning_rate", lastRate}};
  if (lastHasNorm)
    entry["grad_norm"] = progress.gradNorm;
  progress.sinceLog = {};
  return addLog(std::move(entry));
}

// Joules of an epoch, where the machine counts them.
Status Trainer::logEnergy() {
  if (!energy)
    return {};
  double joules = energy->joules();
  Json entry = {{"epoch_energy_joules", joules - epochJoules}};
  epochJoules = joules;
  return addLog(std::move(entry));
}

bool Trainer::isDue(IntervalStrategy strategy, int64_t steps, bool endOfEpoch) const {
  return strategy == IntervalStrategy::steps ? progress.step % steps == 0
                                             : strategy == IntervalStrategy::epoch && endOfEpoch;
}

// In Hugging Face's order: log, evaluate, save.
Status Trainer::afterStep(bool endOfEpoch) {
  bool last = progress.step == progress.maxSteps;
  if (isDue(arguments.loggingStrategy, progress.loggingSteps, endOfEpoch) ||
      (arguments.loggingFirstStep && progress.step == 1))
    WEFT_RETURN_IF_ERROR(logLoss());
  if (endOfEpoch) {
    listener.onEpoch(static_cast<int64_t>(std::ceil(progress.epoch)),
                     static_cast<int64_t>(std::ceil(progress.epochs)), progress.ofEpoch.mean());
    progress.ofEpoch = {};
    WEFT_RETURN_IF_ERROR(logEnergy());
  }
  if (isDue(arguments.evalStrategy, progress.evalSteps, endOfEpoch))
    WEFT_RETURN_IF_ERROR(evaluateNow());
  bool atEnd = (last || stopEarly) && arguments.saveStrategy != IntervalStrategy::no;
  if (isDue(arguments.saveStrategy, progress.saveSteps, endOfEpoch) || atEnd)
    WEFT_RETURN_IF_ERROR(saveNow());
  return {};
}

// --- Evaluation
// -------------------------------------------------------------------------------------

Status Trainer::evaluateNow() {
  Result<EvalResult> result = evaluate(engine, *evalPlan, arguments.evalBatchSize, names);
  if (!result.ok())
    return result.takeStatus().withContext("evaluation at step " + std::to_string(progress.step));
  Json entry = {{"eval_loss", result->loss},
                {"eval_runtime", result->seconds},
                {"eval_samples_per_second", static_cast<double>(result->samples) / result->seconds},
                {"eval_steps_per_second", static_cast<double>(result->steps) / result->seconds}};
  for (const auto &[name, value] : result->metrics)
    if (std::isfinite(value))
      entry["eval_" + name] = value;
  evaluatedStep = progress.step;
  WEFT_RETURN_IF_ERROR(addLog(std::move(entry)));
  if (arguments.loadBestModelAtEnd || arguments.earlyStoppingPatience > 0 ||
      !arguments.bestMetric.empty())
    return judge(*result);
  return {};
}

static std::string listedMetrics(const EvalResult &result) {
  std::string text = "loss";
  for (const auto &[name, value] : result.metrics)
    text += ", " + name;
  return text;
}

// Best metric and patience, as Trainer and EarlyStoppingCallback have them.
Status Trainer::judge(const EvalResult &result) {
  std::string name = arguments.bestMetric.empty() ? "loss" : arguments.bestMetric;
  if (name.starts_with("eval_"))
    name = name.substr(5);
  std::optional<double> found = name == "loss" ? result.loss : result.metric(name);
  if (!found)
    return failedPrecondition("metric_for_best_model: expected one of %s, which the evaluation "
                              "gives, found '%s'",
                              listedMetrics(result).c_str(), name.c_str());
  double metric = *found;
  bool greater = arguments.greaterIsBetter.empty() ? !name.ends_with("loss")
                                                   : arguments.greaterIsBetter == "true";
  bool better = !progress.bestMetric ||
                (greater ? metric > *progress.bestMetric : metric < *progress.bestMetric);
  bool enough = !progress.bestMetric || (better && std::abs(metric - *progress.bestMetric) >
                                                       arguments.earlyStoppingThreshold);
  progress.patienceUsed = enough ? 0 : progress.patienceUsed + 1;
  if (better) {
    progress.bestMetric = metric;
    progress.bestStep = progress.step;
  }
  if (arguments.earlyStoppingPatience > 0 &&
      progress.patienceUsed >= arguments.earlyStoppingPatience &&
      progress.step < progress.maxSteps) {
    stopEarly = true;
    listener.onNotice("no improvement in " + std::to_string(progress.patienceUsed) +
                      " evaluations: stopping at step " + std::to_string(progress.step));
  }
  return {};
}

// --- Checkpoints
// ----------------------------------------------------------------------------------

Status Trainer::saveNow() {
  if (savedStep == progress.step)
    return {};
  if (progress.bestStep == progress.step && progress.bestMetric)
    progress.bestCheckpoint = arguments.outputDir + "/" + checkpointName(progress.step);
  CheckpointOptions options;
  options.totalLimit = arguments.saveTotalLimit;
  options.companions = &companions;
  if (arguments.loadBestModelAtEnd)
    options.keep = progress.bestCheckpoint;
  WEFT_ASSIGN_OR_RETURN(std::string path,
                        saveCheckpoint(session, progress, arguments.outputDir, options));
  savedStep = progress.step;
  listener.onSave(path);
  return {};
}

Status Trainer::finish() {
  double seconds = elapsed();
  Json summary = {{"train_runtime", seconds},
                  {"train_samples_per_second", static_cast<double>(samplesHere) / seconds},
                  {"train_steps_per_second", static_cast<double>(stepsHere) / seconds},
                  {"total_flos", progress.totalFlops},
                  {"train_loss", progress.ofRun.mean()}};
  if (flopsHere > 0) {
    summary["train_flops_per_second"] = flopsHere / seconds;
    if (double peak = session.device().peakFlops(); peak > 0) {
      summary["peak_flops_per_second"] = peak;
      summary["train_share_of_peak"] = flopsHere / seconds / peak;
    }
  }
  if (energy)
    summary["train_energy_joules"] = energy->joules();
  WEFT_RETURN_IF_ERROR(addLog(std::move(summary)));
  std::error_code ignored;
  bool loadsBest = arguments.loadBestModelAtEnd && !progress.bestCheckpoint.empty();
  if (loadsBest && !std::filesystem::exists(progress.bestCheckpoint, ignored)) {
    listener.onNotice(progress.bestCheckpoint +
                      ": the best checkpoint is not there any more; the model is that of the last "
                      "step");
  } else if (loadsBest) {
    WEFT_RETURN_IF_ERROR(
        loadAllWeights(session, progress.bestCheckpoint + "/model.safetensors", WeightSet::model));
    listener.onNotice("loaded the best model: " + progress.bestCheckpoint);
  } else if (evalPlan && evaluatedStep != progress.step && !arguments.isGiven("eval_strategy")) {
    // Evaluation data without a strategy: once, at the end.
    WEFT_RETURN_IF_ERROR(evaluateNow());
  }
  WEFT_RETURN_IF_ERROR(
      saveWeights(session, arguments.outputDir + "/model.safetensors", WeightSet::model));
  WEFT_RETURN_IF_ERROR(companions.writeTo(arguments.outputDir));
  return writeFileAtomically(arguments.outputDir + "/trainer_state.json",
                             formatJson(progress.toJson(), 2) + "\n");
}

} // namespace weft::rt
