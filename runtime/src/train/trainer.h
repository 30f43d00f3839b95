// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The training loop: epochs and steps, schedule, logs, evaluation, checkpoints, early stopping,
// resume. Events go to a listener; nothing here prints.
#ifndef WEFT_RUNTIME_TRAIN_TRAINER_H
#define WEFT_RUNTIME_TRAIN_TRAINER_H

#include "base/energy.h"
#include "train/arguments.h"
#include "train/batch_feeder.h"
#include "train/evaluation.h"
#include "train/event_file.h"
#include "train/model_folder.h"
#include "train/output_folder.h"
#include "train/schedule.h"
#include "train/train_state.h"

#include <chrono>

namespace weft::rt {

// Where a run is, after each step.
struct StepProgress {
  int64_t step = 0, maxSteps = 0;
  double epoch = 0;
  double loss = 0;         // of this step
  int64_t samplesSeen = 0; // by this process
  double seconds = 0;      // since this process began to train
  int64_t stepsHere = 0;   // steps taken by this process
};

// What a run tells of itself. Called from the thread that trains.
class TrainerListener {
public:
  virtual ~TrainerListener() = default;
  // All is read and checked: the first step follows.
  virtual void onBegin() {}
  virtual void onStep(const StepProgress &progress) {}
  // An entry of log_history: a loss, an evaluation or the summary at the end.
  virtual void onLog(const Json &entry) {}
  // An epoch is over; `loss` is the mean of its batches' losses.
  virtual void onEpoch(int64_t epoch, int64_t epochs, double loss) {}
  virtual void onSave(const std::string &checkpoint) {}
  virtual void onNotice(const std::string &message) {}
  // True ends the run after the current step, with a checkpoint.
  virtual bool shouldStop() { return false; }
};

class Trainer {
public:
  // `arguments` have been resolved against the session's module. `evalData` may be null. The
  // session holds the weights to begin with. `companions` go into checkpoints and the output
  // folder; `names` are those of the classes.
  static Result<std::unique_ptr<Trainer>> create(Session &session, TrainingArguments arguments,
                                                 const Dataset &trainData, const Dataset *evalData,
                                                 CompanionFiles companions, LabelNames names,
                                                 TrainerListener &listener);

  // Runs to the end, from the checkpoint that the arguments name, if they name one. A run that the
  // listener stopped ends with cancelled, after its checkpoint is saved. A loss that is not finite
  // is an outOfRange error that names the step.
  Status train();

  const TrainState &state() const { return progress; }
  int64_t stepsPerEpoch() const { return updatesPerEpoch; }

private:
  Trainer(Session &session, TrainingArguments arguments, CompanionFiles companions,
          LabelNames names, TrainerListener &listener);
  Status plan(const Dataset &trainData, const Dataset *evalData);
  Status resume();
  Status checkResumed(const TrainState &loaded, const std::string &checkpoint);
  void findBest(const std::string &resumed);
  Status checkOutput(const OutputFolder &output) const;
  Status openEventFile();
  std::vector<uint32_t> epochOrder(int64_t epoch) const;
  Status trainEpoch(int64_t epoch);
  Status trainOneStep(int64_t epoch);
  Status afterStep(bool endOfEpoch);
  Status finish();

  Status logLoss();
  Status logEnergy();
  Status addLog(Json entry);
  Status evaluateNow();
  Status judge(const EvalResult &result);
  Status saveNow();
  double elapsed() const;
  bool isDue(IntervalStrategy strategy, int64_t steps, bool endOfEpoch) const;

  Session &session;
  TrainingArguments arguments;
  CompanionFiles companions;
  LabelNames names;
  TrainerListener &listener;
  StepEngine engine;
  std::optional<BatchPlan> trainPlan, evalPlan;
  std::unique_ptr<BatchFeeder> feeder;
  std::optional<EventFile> events;
  LearningRateSchedule schedule;
  TrainState progress;
  int64_t batchesPerEpoch = 0, updatesPerEpoch = 0;
  double lastRate = 0;
  bool lastHasNorm = false;
  int64_t savedStep = -1, evaluatedStep = -1;
  int64_t samplesHere = 0, stepsHere = 0;
  double flopsHere = 0;
  std::optional<EnergyMeter> energy;
  double epochJoules = 0; // read at the beginning of the epoch
  bool stopEarly = false;
  std::chrono::steady_clock::time_point begin;
};

} // namespace weft::rt

#endif
