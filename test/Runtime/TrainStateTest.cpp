// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trainer_state.json: what is written reads back, Hugging Face's keys, damage.
#include "ReaderTesting.h"
#include "train/train_state.h"

using namespace weft::rt;
using namespace weft::rt::testing;

static TrainState sampleState() {
  TrainState state;
  state.step = 7;
  state.epoch = 1.0 / 3;
  state.maxSteps = 21;
  state.epochs = 1;
  state.batchSize = 4;
  state.samples = 84;
  state.globalBatchSize = 4;
  state.seed = 42;
  state.sampling = "random";
  state.programHash = "00ff";
  state.sinceLog.add(0.1);
  state.sinceLog.add(0.2);
  state.bestMetric = 0.25;
  state.bestStep = 5;
  state.bestCheckpoint = "out/checkpoint-5";
  state.log.push_back({{"loss", 0.5}, {"step", 5}});
  return state;
}

TEST(TrainState, roundTrips) {
  TrainState state = sampleState();
  std::string text = formatJson(state.toJson(), 2);
  Result<Json> json = parseJson(text, "state");
  ASSERT_TRUE(json.ok());
  Result<TrainState> read = TrainState::fromJson(*json, "state");
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(formatJson(read->toJson(), 2), text);
  EXPECT_EQ(read->sinceLog.sum, state.sinceLog.sum); // to the last bit
  EXPECT_EQ(read->epoch, state.epoch);
}

TEST(TrainState, hasHuggingFaceKeys) {
  Json json = sampleState().toJson();
  for (const char *key :
       {"best_metric", "best_model_checkpoint", "epoch", "eval_steps", "global_step",
        "is_hyper_param_search", "is_local_process_zero", "is_world_process_zero", "log_history",
        "logging_steps", "max_steps", "num_input_tokens_seen", "num_train_epochs", "save_steps",
        "stateful_callbacks", "total_flos", "train_batch_size", "trial_name", "trial_params"})
    EXPECT_TRUE(json.contains(key)) << key;
}

TEST(TrainState, namesWhatIsWrong) {
  auto failure = [](const char *key, const Json &value) {
    Json json = sampleState().toJson();
    json[key] = value;
    return TrainState::fromJson(json, "state").status().message();
  };
  EXPECT_EQ(failure("global_step", "seven"),
            "state: \"global_step\": expected an integer, found string");
  EXPECT_EQ(failure("global_step", -1),
            "state: \"global_step\": expected 0 to 1000000000000000, found -1");
  EXPECT_EQ(failure("log_history", 3), "state: \"log_history\": expected an array");
  EXPECT_EQ(failure("weft", Json::object()), "state: weft: the key \"seed\" is missing");
  EXPECT_EQ(TrainState::fromJson(Json::array(), "state").status().message(),
            "state: expected a JSON object, found array");
}

TEST(TrainState, survivesDamage) {
  Bytes file = bytesOf(formatJson(sampleState().toJson()));
  int accepted = 0;
  forEachDamage(file, [&](const Bytes &damaged, bool cut) {
    std::string_view text(reinterpret_cast<const char *>(damaged.data()), damaged.size());
    Result<Json> json = parseJson(text, "state");
    if (cut)
      EXPECT_FALSE(json.ok());
    if (json.ok())
      accepted += TrainState::fromJson(*json, "state").ok();
  });
  EXPECT_GT(accepted, 0); // a digit that became another one
}

// Whatever is read is counted on, cast, and written again: as JSON, which has no infinity.
TEST(TrainState, boundsItsNumbers) {
  Json good = sampleState().toJson();
  auto failure = [&](const std::string &path, const Json &value) {
    Json json = good;
    json[Json::json_pointer(path)] = value;
    return TrainState::fromJson(json, "s").status().message();
  };
  for (const char *path : {"/global_step", "/max_steps", "/train_batch_size", "/best_global_step",
                           "/weft/samples", "/weft/scheduler_step", "/weft/patience_used",
                           "/weft/loss_of_run/count", "/weft/loss_since_log/count"}) {
    std::string key = std::string(path).substr(std::string(path).rfind('/') + 1);
    for (int64_t value : {INT64_MAX, INT64_MIN, int64_t{-1}, int64_t{1'000'000'000'000'001}}) {
      std::string message = failure(path, value);
      EXPECT_NE(message.find("\"" + key + "\": expected 0 to 1000000000000000, found " +
                             std::to_string(value)),
                std::string::npos)
          << message;
    }
    EXPECT_EQ(failure(path, int64_t{1'000'000'000'000'000}), "");
    EXPECT_NE(failure(path, 1.5).find("expected an integer"), std::string::npos);
    EXPECT_NE(failure(path, UINT64_MAX).find("expected an integer below 2^63"), std::string::npos);
  }
  for (const char *path : {"/weft/loss_of_run/sum", "/weft/loss_of_epoch/sum", "/best_metric"}) {
    EXPECT_NE(failure(path, 1e301).find("expected -1e+300 to 1e+300, found 1e+301"),
              std::string::npos);
    EXPECT_NE(failure(path, -1e301).find("found -1e+301"), std::string::npos);
    EXPECT_EQ(failure(path, -1e299), "");
  }
  for (const char *path : {"/weft/grad_norm", "/weft/base_learning_rate", "/total_flos"}) {
    EXPECT_NE(failure(path, 1e301).find("expected 0 to 1e+300"), std::string::npos);
    EXPECT_NE(failure(path, -0.5).find("expected 0 to 1e+300, found -0.5"), std::string::npos);
  }
  for (const char *path : {"/epoch", "/num_train_epochs"})
    EXPECT_EQ(failure(path, 1e16), "s: expected at most 1e+15 epochs, found 1e+16");
}
