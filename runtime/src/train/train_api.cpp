// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// train.h over the step engine and the trainer.
#include "module/c_api.h"
#include "module/sizes.h"
#include "train/checkpoint.h"
#include "train/run.h"
#include "train/schedule.h"
#include "train/step_engine.h"
#include "train/trainer.h"
#include "train/weights.h"
#include "weft/train.h"

#include <cmath>

using namespace weft::rt;
namespace schema = weft::schema;
using Role = schema::ScalarRole;

struct weft_trainer_t {
  std::shared_ptr<Session> session;
  StepEngine engine;
  LearningRateSchedule schedule;
  TrainState state;
  LossPart accumulated;
  int64_t accumulatedRows = 0;
  uint32_t bucket = 0; // of train_step

  weft_trainer_t(std::shared_ptr<Session> shared, StepNumbers numbers)
      : session(std::move(shared)), engine(*session, numbers) {}
  double rate() const { return schedule.rate(state.schedulerStep); }
};

namespace {

Status nullArgument(const char *name) { return invalidArgument("%s is NULL", name); }

// A batch for the entry with this role, in its bucket that has the sizes of the trainer's.
Result<HostBatch> makeBatch(const weft_trainer_t &trainer, schema::EntryRole role,
                            const void *const *inputs, size_t count, int64_t rows) {
  if (!inputs && count > 0)
    return nullArgument("inputs");
  // Before outputs of so many rows are made.
  if (rows < 1 || rows > maxRows)
    return invalidArgument("a batch of %lld rows: expected 1 to %lld", static_cast<long long>(rows),
                           static_cast<long long>(maxRows));
  const Module &module = trainer.session->module();
  std::optional<uint32_t> from = module.findEntry(schema::EntryRole::TrainStep),
                          to = module.findEntry(role);
  HostBatch batch{rows, std::span<const void *const>(inputs, count)};
  if (from && to)
    batch.bucket = matchingBucket(module, *from, trainer.bucket, *to).value_or(trainer.bucket);
  return batch;
}

Status checkBucket(const Module &module, size_t bucket) {
  std::optional<uint32_t> entry = module.findEntry(schema::EntryRole::TrainStep);
  if (!entry)
    return failedPrecondition("the module has no train_step: it was compiled without an optimizer");
  if (bucket >= module.entry(*entry).buckets()->size())
    return invalidArgument("bucket: expected less than %u, found %zu",
                           module.entry(*entry).buckets()->size(), bucket);
  return {};
}

// Counts a step and gives its loss back, if it is one.
Status finishStep(weft_trainer_t &trainer, const StepResult &result, double *loss) {
  ++trainer.state.step;
  trainer.state.gradNorm = std::isfinite(result.gradNorm) ? result.gradNorm : 0;
  if (!std::isfinite(result.loss))
    return outOfRange("step %lld: expected a finite loss, found %g",
                      static_cast<long long>(trainer.state.step), result.loss);
  trainer.state.ofRun.add(result.loss);
  if (loss)
    *loss = result.loss;
  return {};
}

Status copyLogits(const std::vector<uint8_t> &from, void *logits, size_t size) {
  if (from.size() != size)
    return invalidArgument("logits_size: expected %zu bytes, found %zu", from.size(), size);
  std::memcpy(logits, from.data(), size);
  return {};
}

Result<LearningRateSchedule> makeSchedule(const weft_trainer_options_t &options,
                                          const Module &module) {
  TrainingArguments arguments;
  const char *name = options.lr_scheduler_type ? options.lr_scheduler_type : "constant_with_warmup";
  WEFT_RETURN_IF_ERROR(setArgument(arguments, "lr_scheduler_type", name, "weft_trainer_options_t"));
  if (!(options.learning_rate >= 0) || std::isinf(options.learning_rate))
    return invalidArgument("weft_trainer_options_t: learning_rate: expected a finite number of at "
                           "least 0, found %g",
                           options.learning_rate);
  for (int64_t steps : {options.warmup_steps, options.max_steps})
    if (steps < 0 || steps > mostSteps)
      return invalidArgument("weft_trainer_options_t: warmup_steps, max_steps: expected 0 to %lld, "
                             "found %lld",
                             static_cast<long long>(mostSteps), static_cast<long long>(steps));
  bool needsEnd = arguments.scheduler == SchedulerType::linear ||
                  arguments.scheduler == SchedulerType::cosine ||
                  arguments.scheduler == SchedulerType::polynomial;
  if (needsEnd && options.max_steps == 0)
    return invalidArgument("weft_trainer_options_t: max_steps: expected the step at which the %s "
                           "schedule ends",
                           name);
  double rate = options.learning_rate > 0 ? options.learning_rate
                                          : module.defaultScalars().get(Role::LearningRate);
  return LearningRateSchedule(arguments.scheduler, rate, options.warmup_steps, options.max_steps);
}

// Where in StepNumbers a role lies.
double *numberOf(StepNumbers &numbers, int32_t role) {
  switch (static_cast<Role>(role)) {
  case Role::WeightDecay:
    return &numbers.weightDecay;
  case Role::Momentum:
    return &numbers.momentum;
  case Role::Dampening:
    return &numbers.dampening;
  case Role::Beta1:
    return &numbers.beta1;
  case Role::Beta2:
    return &numbers.beta2;
  case Role::Epsilon:
    return &numbers.epsilon;
  case Role::MaxGradNorm:
    return &numbers.maxGradNorm;
  case Role::LabelSmoothing:
    return &numbers.labelSmoothing;
  default:
    return nullptr;
  }
}

// Turns events into lines of JSON for a C function.
class CListener : public TrainerListener {
public:
  CListener(weft_train_listener_t function, void *self) : function(function), self(self) {}
  void onLog(const Json &entry) override { send(WEFT_TRAIN_EVENT_LOG, entry); }
  void onEpoch(int64_t epoch, int64_t epochs, double loss) override {
    send(WEFT_TRAIN_EVENT_EPOCH, {{"epoch", epoch}, {"epochs", epochs}, {"loss", loss}});
  }
  void onSave(const std::string &path) override {
    send(WEFT_TRAIN_EVENT_SAVE, {{"checkpoint", path}});
  }
  void onNotice(const std::string &message) override {
    send(WEFT_TRAIN_EVENT_NOTICE, {{"message", message}});
  }
  bool shouldStop() override { return stop; }

private:
  void send(int32_t event, const Json &json) {
    if (function && function(self, event, formatJson(json).c_str()) != 0)
      stop = true;
  }
  weft_train_listener_t function;
  void *self;
  bool stop = false;
};

Status trainOnPaths(Session &session, const char *trainData, const char *evalData,
                    const char *argumentsJson, CListener &listener) {
  TrainingArguments arguments;
  if (argumentsJson) {
    WEFT_ASSIGN_OR_RETURN(Json object, parseJson(argumentsJson, "arguments_json"));
    WEFT_RETURN_IF_ERROR(setArguments(arguments, object, "arguments_json"));
  }
  WEFT_RETURN_IF_ERROR(resolveArguments(arguments, session.module()));
  return trainOnFiles(session, {trainData, evalData ? evalData : "", ""}, std::move(arguments),
                      listener);
}

} // namespace

// --- Weights
// --------------------------------------------------------------------------------------

weft_status_t weft_session_save_weights(weft_session_t *session, const char *path) {
  return guarded([&]() -> Status {
    if (!session || !path)
      return nullArgument(session ? "path" : "session");
    return saveWeights(*session->session, path, WeightSet::model);
  });
}

weft_status_t weft_session_load_weights(weft_session_t *session, const char *path,
                                        int32_t partial) {
  return guarded([&]() -> Status {
    if (!session || !path)
      return nullArgument(session ? "path" : "session");
    return partial ? loadSomeWeights(*session->session, path)
                   : loadAllWeights(*session->session, path, WeightSet::model);
  });
}

// --- A trainer
// --------------------------------------------------------------------------------------

weft_status_t weft_trainer_create(weft_session_t *session, const weft_trainer_options_t *options,
                                  weft_trainer_t **trainer) {
  return guarded([&]() -> Status {
    if (!session || !trainer)
      return nullArgument(session ? "trainer" : "session");
    weft_trainer_options_t given = copyVersioned(options);
    const Module &module = session->session->module();
    WEFT_RETURN_IF_ERROR(checkBucket(module, given.bucket));
    WEFT_ASSIGN_OR_RETURN(LearningRateSchedule schedule, makeSchedule(given, module));
    StepNumbers numbers = StepNumbers::fromModule(module);
    numbers.seed = static_cast<int64_t>(given.seed);
    auto made = std::make_unique<weft_trainer_t>(session->session, numbers);
    made->bucket = static_cast<uint32_t>(given.bucket);
    made->schedule = schedule;
    made->state.maxSteps = given.max_steps;
    *trainer = made.release();
    return {};
  });
}

void weft_trainer_release(weft_trainer_t *trainer) { delete trainer; }

weft_status_t weft_trainer_set_bucket(weft_trainer_t *trainer, size_t bucket) {
  return guarded([&]() -> Status {
    if (!trainer)
      return nullArgument("trainer");
    WEFT_RETURN_IF_ERROR(checkBucket(trainer->session->module(), bucket));
    trainer->bucket = static_cast<uint32_t>(bucket);
    return {};
  });
}

weft_status_t weft_trainer_set_number(weft_trainer_t *trainer, int32_t role, double value) {
  return guarded([&]() -> Status {
    if (!trainer)
      return nullArgument("trainer");
    double *number = numberOf(trainer->engine.numbers(), role);
    if (!number)
      return invalidArgument("scalar_role: %d is not a number of the optimizer", role);
    // An infinite bound of the norm is none.
    if (!(value >= 0) || (std::isinf(value) && static_cast<Role>(role) != Role::MaxGradNorm))
      return invalidArgument("value: expected a finite number of at least 0, found %g", value);
    *number = value;
    return {};
  });
}

weft_status_t weft_trainer_train_step(weft_trainer_t *trainer, const void *const *inputs,
                                      size_t count, int64_t rows, double *loss) {
  return guarded([&]() -> Status {
    if (!trainer)
      return nullArgument("trainer");
    WEFT_ASSIGN_OR_RETURN(HostBatch batch,
                          makeBatch(*trainer, schema::EntryRole::TrainStep, inputs, count, rows));
    WEFT_ASSIGN_OR_RETURN(StepResult result, trainer->engine.trainStep({&batch, 1}, trainer->rate(),
                                                                       trainer->state.step + 1));
    return finishStep(*trainer, result, loss);
  });
}

weft_status_t weft_trainer_accumulate_step(weft_trainer_t *trainer, const void *const *inputs,
                                           size_t count, int64_t rows, double *loss) {
  return guarded([&]() -> Status {
    if (!trainer)
      return nullArgument("trainer");
    WEFT_ASSIGN_OR_RETURN(HostBatch batch, makeBatch(*trainer, schema::EntryRole::AccumulateStep,
                                                     inputs, count, rows));
    WEFT_ASSIGN_OR_RETURN(LossPart part, trainer->engine.accumulate(batch, trainer->rate(),
                                                                    trainer->state.step + 1,
                                                                    trainer->accumulatedRows));
    trainer->accumulated.sum += part.sum;
    trainer->accumulated.weight += part.weight;
    trainer->accumulatedRows += rows;
    if (loss)
      *loss = part.mean();
    return {};
  });
}

weft_status_t weft_trainer_optimizer_step(weft_trainer_t *trainer, double *loss) {
  return guarded([&]() -> Status {
    if (!trainer)
      return nullArgument("trainer");
    if (trainer->accumulatedRows == 0)
      return failedPrecondition(
          "optimizer_step: expected gradients from accumulate_step before it");
    WEFT_ASSIGN_OR_RETURN(
        StepResult result,
        trainer->engine.apply(trainer->accumulated, trainer->rate(), trainer->state.step + 1));
    trainer->accumulated = {};
    trainer->accumulatedRows = 0;
    return finishStep(*trainer, result, loss);
  });
}

weft_status_t weft_trainer_eval_step(weft_trainer_t *trainer, const void *const *inputs,
                                     size_t count, int64_t rows, double *loss, double *weight,
                                     void *logits, size_t logitsSize) {
  return guarded([&]() -> Status {
    if (!trainer)
      return nullArgument("trainer");
    WEFT_ASSIGN_OR_RETURN(HostBatch batch,
                          makeBatch(*trainer, schema::EntryRole::EvalStep, inputs, count, rows));
    std::vector<uint8_t> output;
    WEFT_ASSIGN_OR_RETURN(LossPart part,
                          trainer->engine.evalStep(batch, logits ? &output : nullptr));
    if (logits)
      WEFT_RETURN_IF_ERROR(copyLogits(output, logits, logitsSize));
    if (loss)
      *loss = part.mean();
    if (weight)
      *weight = part.weight;
    return {};
  });
}

weft_status_t weft_trainer_predict(weft_trainer_t *trainer, const void *const *inputs, size_t count,
                                   int64_t rows, void *logits, size_t logitsSize) {
  return guarded([&]() -> Status {
    if (!trainer || !logits)
      return nullArgument(trainer ? "logits" : "trainer");
    WEFT_ASSIGN_OR_RETURN(HostBatch batch,
                          makeBatch(*trainer, schema::EntryRole::Predict, inputs, count, rows));
    std::vector<uint8_t> output;
    WEFT_RETURN_IF_ERROR(trainer->engine.predict(batch, output));
    return copyLogits(output, logits, logitsSize);
  });
}

weft_status_t weft_trainer_set_learning_rate(weft_trainer_t *trainer, double rate) {
  return guarded([&]() -> Status {
    if (!trainer)
      return nullArgument("trainer");
    if (!(rate >= 0) || std::isinf(rate))
      return invalidArgument("rate: expected a finite number of at least 0, found %g", rate);
    trainer->schedule.setBaseRate(rate);
    return {};
  });
}

double weft_trainer_learning_rate(const weft_trainer_t *trainer) {
  return trainer ? trainer->rate() : 0;
}

weft_status_t weft_trainer_scheduler_step(weft_trainer_t *trainer) {
  return guarded([&]() -> Status {
    if (!trainer)
      return nullArgument("trainer");
    ++trainer->state.schedulerStep;
    return {};
  });
}

int64_t weft_trainer_step(const weft_trainer_t *trainer) {
  return trainer ? trainer->state.step : 0;
}

double weft_trainer_grad_norm(const weft_trainer_t *trainer) {
  return trainer ? trainer->state.gradNorm : 0;
}

weft_status_t weft_trainer_save_checkpoint(weft_trainer_t *trainer, const char *path) {
  return guarded([&]() -> Status {
    if (!trainer || !path || !*path)
      return nullArgument(trainer ? "path" : "trainer");
    if (trainer->accumulatedRows > 0)
      return failedPrecondition("save_checkpoint: expected optimizer_step after accumulate_step");
    trainer->state.seed = trainer->engine.numbers().seed;
    trainer->state.programHash = trainer->session->module().hash();
    trainer->state.baseLearningRate = trainer->schedule.baseRate();
    return saveCheckpointAt(*trainer->session, trainer->state, path);
  });
}

weft_status_t weft_trainer_load_checkpoint(weft_trainer_t *trainer, const char *path) {
  return guarded([&]() -> Status {
    if (!trainer || !path)
      return nullArgument(trainer ? "path" : "trainer");
    WEFT_ASSIGN_OR_RETURN(std::string checkpoint, resolveCheckpoint(path));
    int64_t maxSteps = trainer->state.maxSteps;
    WEFT_ASSIGN_OR_RETURN(trainer->state, loadCheckpoint(*trainer->session, checkpoint));
    trainer->state.maxSteps = maxSteps;
    trainer->engine.numbers().seed = trainer->state.seed;
    trainer->accumulated = {};
    trainer->accumulatedRows = 0;
    return {};
  });
}

// --- A whole run
// ----------------------------------------------------------------------------------

weft_status_t weft_train(weft_session_t *session, const char *trainData, const char *evalData,
                         const char *argumentsJson, weft_train_listener_t listener, void *self) {
  return guarded([&]() -> Status {
    if (!session || !trainData)
      return nullArgument(session ? "train_data" : "session");
    CListener events(listener, self);
    return trainOnPaths(*session->session, trainData, evalData, argumentsJson, events);
  });
}
