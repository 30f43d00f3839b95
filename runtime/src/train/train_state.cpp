// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trainer_state.json, written and read.
#include "train/train_state.h"
#include "train/arguments.h"

#include <cmath>

namespace weft::rt {

static Json lossSumToJson(const LossSum &loss) {
  return {{"sum", loss.sum}, {"count", loss.count}};
}

Json TrainState::toJson() const {
  Json json = {
      {"best_global_step", bestStep ? Json(bestStep) : Json()},
      {"best_metric", bestMetric ? Json(*bestMetric) : Json()},
      {"best_model_checkpoint", bestCheckpoint.empty() ? Json() : Json(bestCheckpoint)},
      {"epoch", epoch},
      {"eval_steps", evalSteps},
      {"global_step", step},
      {"is_hyper_param_search", false},
      {"is_local_process_zero", true},
      {"is_world_process_zero", true},
      {"log_history", log},
      {"logging_steps", loggingSteps},
      {"max_steps", maxSteps},
      {"num_input_tokens_seen", 0},
      {"num_train_epochs", static_cast<int64_t>(std::ceil(epochs))},
      {"save_steps", saveSteps},
      {"stateful_callbacks", Json::object()},
      {"total_flos", totalFlops},
      {"train_batch_size", batchSize},
      {"trial_name", nullptr},
      {"trial_params", nullptr},
  };
  json["weft"] = {
      {"seed", seed},
      {"global_batch_size", globalBatchSize},
      {"samples", samples},
      {"train_sampling_strategy", sampling},
      {"program_hash", programHash},
      {"base_learning_rate", baseLearningRate},
      {"scheduler_step", schedulerStep},
      {"loss_since_log", lossSumToJson(sinceLog)},
      {"loss_of_epoch", lossSumToJson(ofEpoch)},
      {"loss_of_run", lossSumToJson(ofRun)},
      {"grad_norm", gradNorm},
      {"patience_used", patienceUsed},
  };
  return json;
}

// Counts that more can be added to, and that are exact as doubles.
static Result<int64_t> countOf(const Json &object, const char *key, const std::string &place,
                               int64_t most = mostSteps) {
  WEFT_ASSIGN_OR_RETURN(int64_t value, jsonInteger(object, key, place));
  if (value < 0 || value > most)
    return dataLoss("%s: \"%s\": expected 0 to %lld, found %lld", place.c_str(), key,
                    static_cast<long long>(most), static_cast<long long>(value));
  return value;
}

// Numbers that stay finite when more is added to them: JSON has no others.
static constexpr double mostOfASum = 1e300;
static Result<double> numberOf(double low, const Json &object, const char *key,
                               const std::string &place) {
  WEFT_ASSIGN_OR_RETURN(double value, jsonNumber(object, key, place));
  if (!(value >= low && value <= mostOfASum))
    return dataLoss("%s: \"%s\": expected %g to %g, found %g", place.c_str(), key, low, mostOfASum,
                    value);
  return value;
}

static Result<LossSum> lossSumFromJson(const Json &object, const char *key,
                                       const std::string &place) {
  auto found = object.find(key);
  if (found == object.end())
    return dataLoss("%s: the key \"%s\" is missing", place.c_str(), key);
  LossSum loss;
  std::string inner = place + ": " + key;
  WEFT_ASSIGN_OR_RETURN(loss.sum, numberOf(-mostOfASum, *found, "sum", inner));
  WEFT_ASSIGN_OR_RETURN(loss.count, countOf(*found, "count", inner));
  return loss;
}

// The best checkpoint so far, absent before the first evaluation.
static Status readBest(TrainState &state, const Json &json, const std::string &place) {
  auto metric = json.find("best_metric");
  if (metric == json.end() || metric->is_null())
    return {};
  WEFT_ASSIGN_OR_RETURN(state.bestMetric, numberOf(-mostOfASum, json, "best_metric", place));
  WEFT_ASSIGN_OR_RETURN(state.bestStep, countOf(json, "best_global_step", place));
  auto checkpoint = json.find("best_model_checkpoint");
  if (checkpoint == json.end() || checkpoint->is_null())
    return {};
  WEFT_ASSIGN_OR_RETURN(state.bestCheckpoint, jsonString(json, "best_model_checkpoint", place));
  return {};
}

static Status readOwn(TrainState &state, const Json &own, const std::string &place) {
  WEFT_ASSIGN_OR_RETURN(state.seed, jsonInteger(own, "seed", place));
  WEFT_ASSIGN_OR_RETURN(state.globalBatchSize, countOf(own, "global_batch_size", place, INT64_MAX));
  WEFT_ASSIGN_OR_RETURN(state.samples, countOf(own, "samples", place));
  WEFT_ASSIGN_OR_RETURN(state.sampling, jsonString(own, "train_sampling_strategy", place));
  WEFT_ASSIGN_OR_RETURN(state.programHash, jsonString(own, "program_hash", place));
  WEFT_ASSIGN_OR_RETURN(state.baseLearningRate, numberOf(0, own, "base_learning_rate", place));
  WEFT_ASSIGN_OR_RETURN(state.schedulerStep, countOf(own, "scheduler_step", place));
  WEFT_ASSIGN_OR_RETURN(state.sinceLog, lossSumFromJson(own, "loss_since_log", place));
  WEFT_ASSIGN_OR_RETURN(state.ofEpoch, lossSumFromJson(own, "loss_of_epoch", place));
  WEFT_ASSIGN_OR_RETURN(state.ofRun, lossSumFromJson(own, "loss_of_run", place));
  WEFT_ASSIGN_OR_RETURN(state.gradNorm, numberOf(0, own, "grad_norm", place));
  WEFT_ASSIGN_OR_RETURN(state.patienceUsed, countOf(own, "patience_used", place));
  return {};
}

Result<TrainState> TrainState::fromJson(Json json, const std::string &place) {
  TrainState state;
  WEFT_ASSIGN_OR_RETURN(state.step, countOf(json, "global_step", place));
  WEFT_ASSIGN_OR_RETURN(state.epoch, numberOf(0, json, "epoch", place));
  WEFT_ASSIGN_OR_RETURN(state.maxSteps, countOf(json, "max_steps", place));
  WEFT_ASSIGN_OR_RETURN(state.epochs, numberOf(0, json, "num_train_epochs", place));
  for (double epochs : {state.epoch, state.epochs})
    if (epochs > mostSteps)
      return dataLoss("%s: expected at most %g epochs, found %g", place.c_str(),
                      static_cast<double>(mostSteps), epochs);
  WEFT_ASSIGN_OR_RETURN(state.batchSize, countOf(json, "train_batch_size", place));
  // Checkpoints from before it was counted have 0.
  WEFT_ASSIGN_OR_RETURN(state.totalFlops, numberOf(0, json, "total_flos", place));
  WEFT_RETURN_IF_ERROR(readBest(state, json, place));
  auto log = json.find("log_history");
  if (log == json.end() || !log->is_array())
    return dataLoss("%s: \"log_history\": expected an array", place.c_str());
  for (const Json &line : *log)
    if (!line.is_object())
      return dataLoss("%s: \"log_history\": expected objects, found %s", place.c_str(),
                      line.type_name());
  state.log = std::move(*log); // it may be long
  auto own = json.find("weft");
  if (own == json.end())
    return dataLoss("%s: the key \"weft\" is missing: expected a checkpoint of weft train",
                    place.c_str());
  WEFT_RETURN_IF_ERROR(readOwn(state, *own, place + ": weft"));
  return state;
}

} // namespace weft::rt
