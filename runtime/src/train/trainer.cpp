// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Planning, the loop over epochs and steps, and resuming.
#include "train/trainer.h"
#include "base/file.h"
#include "train/checkpoint.h"
#include "train/weights.h"

#include <algorithm>
#include <cmath>

namespace weft::rt {

// A number of steps, or below 1 a share of all steps.
static int64_t resolveInterval(double steps, int64_t maxSteps) {
  if (steps > 0 && steps < 1)
    return static_cast<int64_t>(std::ceil(steps * static_cast<double>(maxSteps)));
  return std::max<int64_t>(1, static_cast<int64_t>(steps));
}

Trainer::Trainer(Session &session, TrainingArguments given, CompanionFiles companions,
                 LabelNames names, TrainerListener &listener)
    : session(session), arguments(std::move(given)), companions(std::move(companions)),
      names(std::move(names)), listener(listener),
      engine(session, StepNumbers::fromArguments(arguments, session.module())) {
  arguments.outputDir = withoutSlash(arguments.outputDir);
}

Result<std::unique_ptr<Trainer>> Trainer::create(Session &session, TrainingArguments arguments,
                                                 const Dataset &trainData, const Dataset *evalData,
                                                 CompanionFiles companions, LabelNames names,
                                                 TrainerListener &listener) {
  WEFT_RETURN_IF_ERROR(companions.describe(session.module(), names));
  std::unique_ptr<Trainer> trainer(new Trainer(session, std::move(arguments), std::move(companions),
                                               std::move(names), listener));
  WEFT_RETURN_IF_ERROR(trainer->plan(trainData, evalData));
  return trainer;
}

Status Trainer::plan(const Dataset &trainData, const Dataset *evalData) {
  if (evalData) {
    WEFT_ASSIGN_OR_RETURN(evalPlan, planFor(engine, schema::EntryRole::EvalStep, *evalData));
  }
  WEFT_ASSIGN_OR_RETURN(trainPlan, planFor(engine, schema::EntryRole::TrainStep, trainData));
  if (arguments.sampling == SamplingStrategy::groupByLength && !trainPlan->hasLengths())
    return invalidArgument("train_sampling_strategy: group_by_length needs samples that have "
                           "lengths; expected random or sequential");
  if (!evalPlan && (arguments.evalStrategy != IntervalStrategy::no))
    return invalidArgument("eval_strategy is not no, but there is no evaluation data");
  int64_t fixed = fixedBatch(session.module(), schema::EntryRole::TrainStep);
  int64_t evalFixed = fixedBatch(session.module(), schema::EntryRole::EvalStep);
  if (fixed > trainPlan->samples())
    return invalidArgument("%s: expected at least %lld samples, a batch that the module was "
                           "compiled for, found %lld",
                           trainData.path.c_str(), static_cast<long long>(fixed),
                           static_cast<long long>(trainPlan->samples()));
  for (const std::string &notice :
       {leftOutNotice(trainPlan->samples(), fixed, "each epoch"),
        evalPlan ? leftOutNotice(evalPlan->samples(), evalFixed, "each evaluation") : ""})
    if (!notice.empty())
      listener.onNotice(notice);
  int64_t batch = std::min(arguments.trainBatchSize, trainPlan->samples());
  // The larger of the two grows the region once.
  WEFT_RETURN_IF_ERROR(
      reserveFor(engine,
                 {arguments.accumulationSteps > 1 ? schema::EntryRole::AccumulateStep
                                                  : schema::EntryRole::TrainStep},
                 *trainPlan, batch));
  if (evalPlan)
    WEFT_RETURN_IF_ERROR(
        reserveFor(engine, {schema::EntryRole::EvalStep}, *evalPlan, arguments.evalBatchSize));
  WEFT_ASSIGN_OR_RETURN(feeder, BatchFeeder::create(*trainPlan, session.device().pool(), batch));

  batchesPerEpoch =
      fixed ? trainPlan->samples() / batch : BatchFeeder::batchCount(trainPlan->samples(), batch);
  updatesPerEpoch = BatchFeeder::batchCount(batchesPerEpoch, arguments.accumulationSteps);
  double steps = std::ceil(arguments.epochs * static_cast<double>(updatesPerEpoch));
  if (arguments.maxSteps <= 0 && !(steps <= mostSteps))
    return invalidArgument("num_train_epochs: %g epochs of %lld steps: expected at most %g steps",
                           arguments.epochs, static_cast<long long>(updatesPerEpoch),
                           static_cast<double>(mostSteps));
  progress.maxSteps = arguments.maxSteps > 0 ? arguments.maxSteps : static_cast<int64_t>(steps);
  progress.epochs =
      arguments.maxSteps > 0
          ? static_cast<double>(BatchFeeder::batchCount(arguments.maxSteps, updatesPerEpoch))
          : arguments.epochs;
  progress.batchSize = arguments.trainBatchSize;
  progress.globalBatchSize = arguments.trainBatchSize * arguments.accumulationSteps;
  progress.samples = trainPlan->samples();
  progress.seed = arguments.seed;
  progress.sampling = samplingName(arguments.sampling);
  progress.programHash = session.module().hash();
  progress.baseLearningRate = arguments.learningRate;
  progress.loggingSteps = resolveInterval(arguments.loggingSteps, progress.maxSteps);
  progress.evalSteps = resolveInterval(
      arguments.evalSteps > 0 ? arguments.evalSteps : arguments.loggingSteps, progress.maxSteps);
  progress.saveSteps = resolveInterval(arguments.saveSteps, progress.maxSteps);
  if (arguments.loadBestModelAtEnd && arguments.saveStrategy == IntervalStrategy::steps &&
      progress.saveSteps % progress.evalSteps != 0)
    return invalidArgument("load_best_model_at_end: expected save_steps to be a multiple of "
                           "eval_steps, found %lld and %lld",
                           static_cast<long long>(progress.saveSteps),
                           static_cast<long long>(progress.evalSteps));
  schedule = LearningRateSchedule(arguments.scheduler, arguments.learningRate,
                                  resolveWarmup(arguments, progress.maxSteps), progress.maxSteps);
  return {};
}

// --- Resuming
// -------------------------------------------------------------------------------------

Status Trainer::checkResumed(const TrainState &loaded, const std::string &checkpoint) {
  auto differs = [&](const char *key, const std::string &recorded, const std::string &now) {
    return failedPrecondition("%s: %s: the checkpoint was made with %s, found %s; its place in the "
                              "data means nothing then",
                              checkpoint.c_str(), key, recorded.c_str(), now.c_str());
  };
  if (loaded.samples != progress.samples)
    return differs("number of training samples", std::to_string(loaded.samples),
                   std::to_string(progress.samples));
  if (loaded.globalBatchSize != progress.globalBatchSize)
    return differs("global batch size", std::to_string(loaded.globalBatchSize),
                   std::to_string(progress.globalBatchSize));
  if (loaded.batchSize != progress.batchSize)
    return differs("per_device_train_batch_size", std::to_string(loaded.batchSize),
                   std::to_string(progress.batchSize));
  if (loaded.sampling != progress.sampling)
    return differs("train_sampling_strategy", loaded.sampling, progress.sampling);
  if (arguments.isGiven("seed") && loaded.seed != arguments.seed)
    return differs("seed", std::to_string(loaded.seed), std::to_string(arguments.seed));
  if (loaded.step > progress.maxSteps)
    return failedPrecondition(
        "%s: global_step: the checkpoint is at step %lld, and this run ends at step %lld; expected "
        "more num_train_epochs or max_steps, or an earlier checkpoint",
        checkpoint.c_str(), static_cast<long long>(loaded.step),
        static_cast<long long>(progress.maxSteps));
  if (loaded.programHash != progress.programHash)
    listener.onNotice(checkpoint + ": made with another module (hash " + loaded.programHash +
                      ", now " + progress.programHash + "); results may differ in their last bits");
  return {};
}

// The best checkpoint of a run that is resumed: it stands beside the one that the run is resumed
// from, wherever that folder is now, or where its path was recorded. It must be what was best of
// this run then; another run's of the same step is not.
void Trainer::findBest(const std::string &resumed) {
  if (progress.bestCheckpoint.empty())
    return;
  std::string recorded = withoutSlash(progress.bestCheckpoint);
  std::string name = recorded.substr(recorded.rfind('/') + 1);
  for (const std::string &path : {resumed, folderOf(resumed) + "/" + name, recorded}) {
    Result<TrainState> best = readTrainState(path);
    if (best.ok() && best->step == stepOfName(name) && best->bestStep == best->step &&
        best->seed == progress.seed && best->samples == progress.samples &&
        (best->step != progress.bestStep || best->bestMetric == progress.bestMetric)) {
      progress.bestCheckpoint = path;
      return;
    }
  }
  if (arguments.loadBestModelAtEnd)
    listener.onNotice(recorded + ": the best checkpoint so far is not found, there or beside " +
                      resumed);
}

Status Trainer::resume() {
  if (arguments.resumeFrom.empty() || arguments.resumeFrom == "false")
    return {};
  bool ofOutput = arguments.resumeFrom == "true" || arguments.resumeFrom == "True";
  WEFT_ASSIGN_OR_RETURN(std::string checkpoint,
                        resolveCheckpoint(ofOutput ? arguments.outputDir : arguments.resumeFrom));
  WEFT_ASSIGN_OR_RETURN(TrainState loaded, readTrainState(checkpoint));
  WEFT_RETURN_IF_ERROR(checkResumed(loaded, checkpoint));
  for (auto [file, set] : {std::pair("/model.safetensors", WeightSet::model),
                           {"/optimizer.safetensors", WeightSet::optimizer}})
    WEFT_RETURN_IF_ERROR(loadAllWeights(session, checkpoint + file, set));
  // Progress from the checkpoint, plans from the arguments of this run.
  loaded.maxSteps = progress.maxSteps;
  loaded.epochs = progress.epochs;
  loaded.loggingSteps = progress.loggingSteps;
  loaded.evalSteps = progress.evalSteps;
  loaded.saveSteps = progress.saveSteps;
  loaded.programHash = progress.programHash;
  loaded.baseLearningRate = progress.baseLearningRate;
  progress = std::move(loaded);
  engine.numbers().seed = progress.seed;
  savedStep = progress.step;
  findBest(checkpoint);
  listener.onNotice("resuming from " + checkpoint + ", step " + std::to_string(progress.step) +
                    " of " + std::to_string(progress.maxSteps));
  return {};
}

// --- The loop
// -------------------------------------------------------------------------------------

double Trainer::elapsed() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// What is written at the end, now rather than after hours of training.
Status Trainer::checkOutput(const OutputFolder &output) const {
  for (const char *name : {"model.safetensors", "trainer_state.json"})
    WEFT_RETURN_IF_ERROR(output.checkFile(name));
  for (const CompanionFiles::File &file : companions.files)
    WEFT_RETURN_IF_ERROR(output.checkFile(file.name));
  return {};
}

Status Trainer::train() {
  WEFT_ASSIGN_OR_RETURN(OutputFolder output, OutputFolder::claim(arguments.outputDir));
  WEFT_RETURN_IF_ERROR(checkOutput(output));
  WEFT_RETURN_IF_ERROR(resume());
  WEFT_RETURN_IF_ERROR(openEventFile());
  energy = EnergyMeter::open();
  begin = std::chrono::steady_clock::now();
  listener.onBegin();
  while (progress.step < progress.maxSteps && !stopEarly)
    WEFT_RETURN_IF_ERROR(trainEpoch(progress.step / updatesPerEpoch));
  return finish();
}

std::vector<uint32_t> Trainer::epochOrder(int64_t epoch) const {
  auto seed = static_cast<uint64_t>(progress.seed);
  if (arguments.sampling != SamplingStrategy::groupByLength)
    return sampleOrder(trainPlan->samples(), arguments.sampling, seed, epoch);
  std::vector<uint32_t> lengths(static_cast<size_t>(trainPlan->samples()));
  for (uint32_t i = 0; i < lengths.size(); ++i)
    lengths[i] = static_cast<uint32_t>(trainPlan->sampleLength(i));
  return groupedOrder(lengths, arguments.trainBatchSize * arguments.accumulationSteps, seed, epoch);
}

Status Trainer::trainEpoch(int64_t epoch) {
  int64_t done = progress.step % updatesPerEpoch;
  feeder->start(epochOrder(epoch), done * arguments.accumulationSteps, epoch);
  for (; done < updatesPerEpoch && progress.step < progress.maxSteps && !stopEarly; ++done) {
    WEFT_RETURN_IF_ERROR(trainOneStep(epoch));
    bool endOfEpoch = done + 1 == updatesPerEpoch || progress.step == progress.maxSteps;
    WEFT_RETURN_IF_ERROR(afterStep(endOfEpoch));
    if (listener.shouldStop() && progress.step < progress.maxSteps) {
      WEFT_RETURN_IF_ERROR(saveNow());
      return cancelled("stopped at step %lld of %lld; go on with --resume-from-checkpoint %s",
                       static_cast<long long>(progress.step),
                       static_cast<long long>(progress.maxSteps), arguments.outputDir.c_str());
    }
  }
  return {};
}

Status Trainer::trainOneStep(int64_t epoch) {
  int64_t step = progress.step + 1;
  lastRate = schedule.rate(progress.step);
  StepResult result;
  LossPart total;
  int64_t firstBatch = (progress.step % updatesPerEpoch) * arguments.accumulationSteps;
  int64_t count = std::min(arguments.accumulationSteps, batchesPerEpoch - firstBatch);
  int64_t offset = 0;
  double flopsBefore = engine.flops();
  for (int64_t i = 0; i < count; ++i) {
    HostBatch batch = feeder->next();
    if (count == 1 && arguments.accumulationSteps == 1) {
      WEFT_ASSIGN_OR_RETURN(result, engine.trainStep({&batch, 1}, lastRate, step));
      progress.ofEpoch.add(result.loss);
    } else {
      WEFT_ASSIGN_OR_RETURN(LossPart part, engine.accumulate(batch, lastRate, step, offset));
      total.sum += part.sum;
      total.weight += part.weight;
      progress.ofEpoch.add(part.mean());
    }
    offset += batch.rows;
  }
  if (arguments.accumulationSteps > 1) {
    WEFT_ASSIGN_OR_RETURN(result, engine.apply(total, lastRate, step));
  }
  if (!std::isfinite(result.loss))
    return outOfRange(
        "epoch %lld, step %lld: expected a finite loss, found %g; a lower learning rate "
        "or clipping may help",
        static_cast<long long>(epoch + 1), static_cast<long long>(step), result.loss);
  progress.step = progress.schedulerStep = step;
  progress.epoch = static_cast<double>(epoch) +
                   static_cast<double>(firstBatch + count) / static_cast<double>(batchesPerEpoch);
  progress.sinceLog.add(result.loss);
  progress.ofRun.add(result.loss);
  progress.gradNorm = std::isfinite(result.gradNorm) ? result.gradNorm : 0;
  lastHasNorm = result.hasGradNorm;
  samplesHere += offset;
  flopsHere += engine.flops() - flopsBefore;
  progress.totalFlops += engine.flops() - flopsBefore;
  ++stepsHere;
  StepProgress report{step,        progress.maxSteps, progress.epoch, result.loss,
                      samplesHere, elapsed(),         stepsHere};
  listener.onStep(report);
  return {};
}

} // namespace weft::rt
