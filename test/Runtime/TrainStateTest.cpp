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
  EXPECT_EQ(failure("global_step", -1), "state: \"global_step\": expected at least 0, found -1");
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
