// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The training loop over a small classifier: counts, logs, evaluation, checkpoints, resume.
#include "train/trainer.h"
#include "ClassifierTesting.h"
#include "ReaderTesting.h"
#include "train/checkpoint.h"

#include <cmath>

using namespace weft::rt;
using namespace weft::rt::testing;

namespace schema = weft::schema;

namespace {

class Recorder : public TrainerListener {
public:
  void onStep(const StepProgress &progress) override { losses.push_back(progress.loss); }
  void onLog(const Json &entry) override { logs.push_back(entry); }
  void onEpoch(int64_t, int64_t, double loss) override { epochs.push_back(loss); }
  void onSave(const std::string &path) override { saves.push_back(path); }
  void onNotice(const std::string &message) override { notices.push_back(message); }
  bool shouldStop() override {
    return stopAfter >= 0 && static_cast<int>(losses.size()) >= stopAfter;
  }

  std::vector<double> losses, epochs;
  std::vector<Json> logs;
  std::vector<std::string> saves, notices;
  int stopAfter = -1;
};

// One run and all that it needs.
struct TrainRun {
  std::unique_ptr<Session> session;
  Recorder recorder;
  Status status;
  TrainState state;
};

struct Options {
  std::string arguments = "{}";
  int64_t samples = 22;
  int stopAfter = -1;
  bool evaluates = false;
  int threads = 1;
  float firstWeight = 0; // NaN makes the first loss NaN
};

TrainRun train(const TemporaryFolder &folder, const Options &options) {
  TrainRun run;
  TrainingArguments arguments;
  arguments.outputDir = folder.path("out");
  arguments.reportTo = "none";
  run.status = setArguments(arguments, parseJson(options.arguments, "test").take(), "test");
  EXPECT_TRUE(run.status.ok()) << run.status.message();
  run.session = ClassifierBuilder().session(options.threads).take();
  EXPECT_TRUE(run.session->initialize(static_cast<uint64_t>(arguments.seed)).ok());
  if (options.firstWeight != 0) {
    std::vector<float> weights(12, options.firstWeight);
    EXPECT_TRUE(run.session->writeVariable(0, weights.data(), 48).ok());
  }
  run.status = resolveArguments(arguments, run.session->module());
  if (!run.status.ok())
    return run;
  run.recorder.stopAfter = options.stopAfter;
  Dataset data = classifierData(options.samples), evaluation = classifierData(30, 99);
  Result<std::unique_ptr<Trainer>> trainer =
      Trainer::create(*run.session, arguments, data, options.evaluates ? &evaluation : nullptr, {},
                      {}, run.recorder);
  if (!trainer.ok()) {
    run.status = trainer.takeStatus();
    return run;
  }
  run.status = (*trainer)->train();
  run.state = (*trainer)->state();
  return run;
}

} // namespace

TEST(Trainer, countsStepsAndEpochs) {
  TemporaryFolder folder;
  // 22 samples in batches of the tuned 4: 6 steps an epoch, the last of 2 samples.
  TrainRun run =
      train(folder, {R"({"num_train_epochs": 2, "logging_steps": 4, "save_strategy": "no"})"});
  ASSERT_TRUE(run.status.ok()) << run.status.message();
  ASSERT_EQ(run.recorder.losses.size(), 12u);
  ASSERT_EQ(run.recorder.epochs.size(), 2u);
  double sum = 0;
  for (int i = 0; i < 6; ++i)
    sum += run.recorder.losses[static_cast<size_t>(i)];
  EXPECT_DOUBLE_EQ(run.recorder.epochs[0], sum / 6);
  EXPECT_LT(run.recorder.epochs[1], run.recorder.epochs[0]);
  ASSERT_EQ(run.recorder.logs.size(), 4u); // at 4, 8, 12 and the summary
  const Json &first = run.recorder.logs[0];
  EXPECT_EQ(first["step"], 4);
  EXPECT_DOUBLE_EQ(first["loss"].get<double>(), (run.recorder.losses[0] + run.recorder.losses[1] +
                                                 run.recorder.losses[2] + run.recorder.losses[3]) /
                                                    4);
  EXPECT_EQ(first["learning_rate"], 0.125); // the module's
  EXPECT_DOUBLE_EQ(first["epoch"].get<double>(), 4.0 / 6);
  EXPECT_TRUE(run.recorder.logs[3].contains("train_runtime"));
  EXPECT_TRUE(run.recorder.saves.empty());
  EXPECT_TRUE(std::filesystem::exists(folder.path("out/model.safetensors")));
}

TEST(Trainer, logsTheRateThatAStepUsed) {
  TemporaryFolder folder;
  TrainRun run =
      train(folder, {R"({"max_steps": 4, "lr_scheduler_type": "linear", "learning_rate": 1,
                               "logging_steps": 1, "save_strategy": "no"})"});
  ASSERT_TRUE(run.status.ok()) << run.status.message();
  for (int i = 0; i < 4; ++i)
    EXPECT_DOUBLE_EQ(run.recorder.logs[static_cast<size_t>(i)]["learning_rate"].get<double>(),
                     1 - i / 4.0);
}

TEST(Trainer, evaluatesExactly) {
  TemporaryFolder folder;
  TrainRun run = train(folder, {R"({"num_train_epochs": 12, "eval_strategy": "epoch",
                               "per_device_eval_batch_size": 7, "save_strategy": "no"})",
                                22, -1, true});
  ASSERT_TRUE(run.status.ok()) << run.status.message();
  Json last;
  for (const Json &entry : run.recorder.logs)
    if (entry.contains("eval_loss"))
      last = entry;
  ASSERT_FALSE(last.is_null());
  EXPECT_GT(last["eval_accuracy"].get<double>(), 0.9);
  // Thirty samples as one batch give the same mean as five unequal batches.
  StepEngine engine(*run.session, StepNumbers::fromModule(run.session->module()));
  Result<BatchPlan> plan = planFor(engine, schema::EntryRole::EvalStep, classifierData(30, 99));
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  Result<EvalResult> whole = evaluate(engine, *plan, 30);
  ASSERT_TRUE(whole.ok()) << whole.status().message();
  EXPECT_NEAR(whole->loss, last["eval_loss"].get<double>(), 1e-6);
  EXPECT_EQ(whole->samples, 30);
}

TEST(Trainer, evaluatesOnceAtTheEndByDefault) {
  TemporaryFolder folder;
  TrainRun run = train(folder, {R"({"max_steps": 3, "save_strategy": "no"})", 22, -1, true});
  ASSERT_TRUE(run.status.ok()) << run.status.message();
  int evaluations = 0;
  for (const Json &entry : run.recorder.logs)
    evaluations += entry.contains("eval_loss");
  EXPECT_EQ(evaluations, 1);
}

TEST(Trainer, savesAsHuggingFaceDoes) {
  TemporaryFolder folder;
  TrainRun run =
      train(folder, {R"({"num_train_epochs": 2, "save_steps": 5, "save_total_limit": 2})"});
  ASSERT_TRUE(run.status.ok()) << run.status.message();
  // At 5, 10 and the last step, 12; the oldest is gone.
  ASSERT_EQ(run.recorder.saves.size(), 3u);
  EXPECT_FALSE(std::filesystem::exists(folder.path("out/checkpoint-5")));
  for (const char *file : {"model.safetensors", "optimizer.safetensors", "trainer_state.json"})
    EXPECT_TRUE(std::filesystem::exists(folder.path("out/checkpoint-12/") + file)) << file;
  EXPECT_EQ(resolveCheckpoint(folder.path("out")).take(), folder.path("out") + "/checkpoint-12");
  EXPECT_EQ(folder.read("out/model.safetensors"),
            folder.read("out/checkpoint-12/model.safetensors"));
}

TEST(Trainer, resumesToTheSameBits) {
  const char *arguments = R"({"num_train_epochs": 3, "momentum": 0.9, "save_steps": 4,
                              "lr_scheduler_type": "cosine", "warmup_steps": 3, "logging_steps": 5})";
  TemporaryFolder whole, parts;
  TrainRun uninterrupted = train(whole, {arguments});
  ASSERT_TRUE(uninterrupted.status.ok()) << uninterrupted.status.message();

  TrainRun stopped = train(parts, {arguments, 22, 7});
  EXPECT_EQ(stopped.status.code(), StatusCode::cancelled);
  EXPECT_NE(stopped.status.message().find("stopped at step 7 of 18"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(parts.path("out/checkpoint-7")));
  std::string resumed = arguments;
  resumed.replace(resumed.find('{'), 1, R"({"resume_from_checkpoint": "true", )");
  TrainRun rest = train(parts, {resumed, 22, -1, false, 2}); // on another number of threads
  ASSERT_TRUE(rest.status.ok()) << rest.status.message();
  EXPECT_EQ(rest.recorder.losses.size(), 11u);
  EXPECT_EQ(whole.read("out/model.safetensors"), parts.read("out/model.safetensors"));
  EXPECT_EQ(whole.read("out/checkpoint-18/optimizer.safetensors"),
            parts.read("out/checkpoint-18/optimizer.safetensors"));
  // The log too, but for times.
  ASSERT_EQ(uninterrupted.state.log.size(), rest.state.log.size());
  for (size_t i = 0; i + 1 < rest.state.log.size(); ++i)
    EXPECT_EQ(uninterrupted.state.log[i], rest.state.log[i]);
  EXPECT_EQ(uninterrupted.recorder.epochs.back(), rest.recorder.epochs.back());
}

TEST(Trainer, refusesToResumeOtherRuns) {
  TemporaryFolder folder;
  ASSERT_TRUE(train(folder, {R"({"max_steps": 3})"}).status.ok());
  auto failure = [&](const char *arguments, int64_t samples) {
    return train(folder, {arguments, samples}).status.message();
  };
  EXPECT_NE(failure(R"({"resume_from_checkpoint": "true", "seed": 5})", 22)
                .find("seed: the checkpoint was "
                      "made with 42, found 5"),
            std::string::npos);
  EXPECT_NE(failure(R"({"resume_from_checkpoint": "true"})", 23).find("made with 22, found 23"),
            std::string::npos);
  EXPECT_NE(failure(R"({"resume_from_checkpoint": "true", "per_device_train_batch_size": 8})", 22)
                .find("global batch size: the checkpoint was made with 4, found 8"),
            std::string::npos);
  EXPECT_NE(failure(R"({"resume_from_checkpoint": "/nowhere"})", 22).find("found nothing"),
            std::string::npos);
  // A run that ends before.
  EXPECT_NE(
      failure(R"({"resume_from_checkpoint": "true", "max_steps": 2})", 22)
          .find("checkpoint-3: global_step: the checkpoint is at step 3, and this run ends at "
                "step 2; expected more num_train_epochs or max_steps"),
      std::string::npos);
  EXPECT_EQ(failure(R"({"resume_from_checkpoint": "true", "max_steps": 3})", 22), "");
}

// A log of a line a step, over days. What took minutes when lines were compared takes seconds.
TEST(Trainer, resumesALongLog) {
  TemporaryFolder folder;
  ASSERT_TRUE(train(folder, {R"({"max_steps": 3})"}).status.ok());
  std::string path = "out/checkpoint-3/trainer_state.json";
  Bytes text = folder.read(path);
  Json state = parseJson({reinterpret_cast<const char *>(text.data()), text.size()}, "s").take();
  for (int i = 0; i < 100'000; ++i)
    state["log_history"].push_back({{"epoch", 0.25}, {"loss", 0.5}, {"step", i}});
  folder.write(path, bytesOf(formatJson(state, 2)));
  auto begin = std::chrono::steady_clock::now();
  TrainRun run = train(folder, {R"({"resume_from_checkpoint": "true", "max_steps": 4})"});
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(run.status.ok()) << run.status.message();
  EXPECT_GT(run.state.log.size(), 100'000u);
  EXPECT_LT(took.count(), 60);
}

// Samples are ordered by the seed of the run.
TEST(Trainer, hasOneSeed) {
  TemporaryFolder folder;
  EXPECT_EQ(train(folder, {R"({"max_steps": 1, "seed": 7, "data_seed": 8})"}).status.message(),
            "data_seed: expected 7, as seed, from which the order of the samples follows; found 8");
  TrainRun run = train(folder, {R"({"max_steps": 1, "data_seed": 7, "seed": 7})"});
  EXPECT_TRUE(run.status.ok()) << run.status.message();
}

TEST(Trainer, boundsItsSteps) {
  TemporaryFolder folder;
  EXPECT_EQ(train(folder, {R"({"num_train_epochs": 1e15})"}).status.message(),
            "num_train_epochs: 1e+15 epochs of 6 steps: expected at most 1e+15 steps");
  // Steps so far apart that none comes: the end is logged and saved.
  TrainRun run = train(folder, {R"({"max_steps": 2, "logging_steps": 1e15, "save_steps": 1e15,
                                    "warmup_steps": 1e15, "lr_scheduler_type": "linear"})"});
  ASSERT_TRUE(run.status.ok()) << run.status.message();
  EXPECT_EQ(run.recorder.saves, std::vector<std::string>{folder.path("out/checkpoint-2")});
  TrainRun stopped = train(folder, {R"({"max_steps": 1000000000000000})", 22, 1});
  EXPECT_NE(stopped.status.message().find("stopped at step 1 of 1000000000000000"),
            std::string::npos)
      << stopped.status.message();
}

TEST(Trainer, accumulatesAsOneBatch) {
  TemporaryFolder folder;
  // 22 samples: 8 + 8 + 6 in either way.
  TrainRun whole = train(folder, {R"({"num_train_epochs": 2, "per_device_train_batch_size": 8,
                                 "save_strategy": "no"})"});
  TrainRun parts = train(folder, {R"({"num_train_epochs": 2, "per_device_train_batch_size": 4,
                                 "gradient_accumulation_steps": 2, "save_strategy": "no"})"});
  ASSERT_TRUE(whole.status.ok()) << whole.status.message();
  ASSERT_TRUE(parts.status.ok()) << parts.status.message();
  ASSERT_EQ(whole.recorder.losses.size(), 6u);
  ASSERT_EQ(parts.recorder.losses.size(), 6u);
  for (size_t i = 0; i < 6; ++i)
    EXPECT_NEAR(whole.recorder.losses[i], parts.recorder.losses[i], 1e-5);
}

TEST(Trainer, givesTheSameBitsOnAnyThreads) {
  TemporaryFolder one, three;
  Options options{R"({"num_train_epochs": 2, "save_strategy": "no"})", 200};
  ASSERT_TRUE(train(one, options).status.ok());
  options.threads = 3;
  ASSERT_TRUE(train(three, options).status.ok());
  EXPECT_EQ(one.read("out/model.safetensors"), three.read("out/model.safetensors"));
}

TEST(Trainer, keepsAndLoadsTheBestModel) {
  TemporaryFolder folder;
  // A rate that grows too large: the last model is not the best one.
  TrainRun run =
      train(folder, {R"({"num_train_epochs": 6, "eval_strategy": "epoch", "save_strategy": "epoch",
                               "learning_rate": 0.75, "save_total_limit": 1, "momentum": 0.5,
                               "load_best_model_at_end": true, "metric_for_best_model": "loss"})",
                     22, -1, true});
  ASSERT_TRUE(run.status.ok()) << run.status.message();
  double best = HUGE_VAL;
  int64_t bestStep = 0;
  for (const Json &entry : run.recorder.logs)
    if (entry.contains("eval_loss") && entry["eval_loss"] < best) {
      best = entry["eval_loss"];
      bestStep = entry["step"];
    }
  EXPECT_EQ(*run.state.bestMetric, best);
  EXPECT_EQ(run.state.bestCheckpoint, folder.path("out/") + checkpointName(bestStep));
  EXPECT_EQ(folder.read("out/model.safetensors"),
            folder.read("out/" + checkpointName(bestStep) + "/model.safetensors"));
}

// A run that is resumed knows its best checkpoint by what it is, wherever its folder is now.
TEST(Trainer, keepsTheBestModelOfAFolderThatMoved) {
  TemporaryFolder folder;
  // A rate of 0: the first evaluation stays the best.
  std::string common = R"("eval_strategy": "steps", "eval_steps": 1, "save_steps": 1,
      "learning_rate": 0, "save_total_limit": 2, "load_best_model_at_end": true, "output_dir": ")";
  TrainRun run =
      train(folder, {R"({"max_steps": 3, )" + common + folder.path("out") + "\"}", 22, -1, true});
  ASSERT_TRUE(run.status.ok()) << run.status.message();
  std::filesystem::rename(folder.path("out"), folder.path("moved"));
  for (const char *spelled : {"moved", "./moved", "moved/", "x/../moved"}) {
    std::filesystem::create_directories(folder.path("x"));
    std::filesystem::copy(folder.path("moved"), folder.path("kept"),
                          std::filesystem::copy_options::recursive);
    run = train(folder, {R"({"max_steps": 6, "resume_from_checkpoint": true, )" + common +
                             folder.path() + "/" + spelled + "\"}",
                         22, -1, true});
    ASSERT_TRUE(run.status.ok()) << spelled << ": " << run.status.message();
    std::string path = withoutSlash(folder.path() + "/" + spelled) + "/checkpoint-1";
    EXPECT_EQ(run.state.bestCheckpoint, path);
    EXPECT_EQ(run.recorder.notices.back(), "loaded the best model: " + path);
    EXPECT_TRUE(std::filesystem::exists(folder.path("moved/checkpoint-1")));
    std::filesystem::remove_all(folder.path("moved"));
    std::filesystem::rename(folder.path("kept"), folder.path("moved"));
  }
  // Without it the run ends with the last model, and says so.
  std::filesystem::remove_all(folder.path("moved/checkpoint-1"));
  run = train(folder, {R"({"max_steps": 6, "resume_from_checkpoint": true, )" + common +
                           folder.path("moved") + "\"}",
                       22, -1, true});
  ASSERT_TRUE(run.status.ok()) << run.status.message();
  EXPECT_EQ(run.recorder.notices.front(),
            folder.path("out/checkpoint-1") +
                ": the best checkpoint so far is not found, there or beside " +
                folder.path("moved/checkpoint-3"));
  EXPECT_EQ(run.recorder.notices.back(),
            folder.path("out/checkpoint-1") +
                ": the best checkpoint is not there any more; the model is that of the last step");
  EXPECT_TRUE(std::filesystem::exists(folder.path("moved/model.safetensors")));
}

TEST(Trainer, refusesAFolderOfAnotherRun) {
  TemporaryFolder folder;
  Result<OutputFolder> other = OutputFolder::claim(folder.path("out"));
  ASSERT_TRUE(other.ok());
  TrainRun run = train(folder, {R"({"max_steps": 1})"});
  EXPECT_EQ(run.status.code(), StatusCode::failedPrecondition);
  EXPECT_TRUE(run.recorder.losses.empty());
}

TEST(Trainer, findsBeforeTheFirstStepWhatCannotBeWritten) {
  TemporaryFolder folder;
  std::filesystem::create_directories(folder.path("out/model.safetensors"));
  TrainRun run = train(folder, {R"({"max_steps": 1})"});
  EXPECT_EQ(run.status.message(),
            folder.path("out/model.safetensors") +
                ": expected nothing or a file, which the run will replace, found a folder");
  EXPECT_TRUE(run.recorder.losses.empty());
  std::filesystem::remove(folder.path("out/model.safetensors"));
  std::filesystem::create_directory_symlink("..", folder.path("out/runs"));
  run = train(folder, {R"({"max_steps": 1, "report_to": "tensorboard"})"});
  EXPECT_EQ(run.status.message(), folder.path("out/runs") + ": expected a folder, found a link; "
                                                            "logging_dir names another place");
}

TEST(Trainer, stopsEarly) {
  TemporaryFolder folder;
  // A learning rate of zero never improves.
  TrainRun run =
      train(folder, {R"({"num_train_epochs": 9, "eval_strategy": "epoch", "learning_rate": 0,
                               "early_stopping_patience": 2})",
                     22, -1, true});
  ASSERT_TRUE(run.status.ok()) << run.status.message();
  EXPECT_EQ(run.state.step, 18); // one evaluation sets the mark, two do not beat it
  EXPECT_TRUE(std::filesystem::exists(folder.path("out/checkpoint-18")));
}

TEST(Trainer, namesTheStepOfALossThatIsNotFinite) {
  TemporaryFolder folder;
  Options options{R"({"max_steps": 3, "save_steps": 1})"};
  options.firstWeight = NAN;
  TrainRun run = train(folder, options);
  EXPECT_EQ(run.status.code(), StatusCode::outOfRange);
  EXPECT_NE(run.status.message().find("epoch 1, step 1: expected a finite loss, found nan"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder.path("out/checkpoint-1")));
}

TEST(Trainer, namesStructureThatIsMissing) {
  TemporaryFolder folder;
  EXPECT_NE(train(folder, {R"({"max_grad_norm": 1})"}).status.message().find("without clipping"),
            std::string::npos);
  EXPECT_TRUE(train(folder, {R"({"max_grad_norm": 0, "max_steps": 1})"}).status.ok());
  EXPECT_NE(
      train(folder, {R"({"weight_decay": 0.1})"}).status.message().find("takes no such number"),
      std::string::npos);
  EXPECT_NE(train(folder, {R"({"optim": "adamw_torch"})"})
                .status.message()
                .find("compiled with sgd; compile it with weftc --optimizer=adamw_torch"),
            std::string::npos);
  EXPECT_TRUE(train(folder, {R"({"optim": "sgd", "bf16": false, "group_by_length": false,
                                 "max_steps": 1})"})
                  .status.ok());
  EXPECT_NE(train(folder, {R"({"bf16": true})"}).status.message().find("bf16 is true"),
            std::string::npos);
  EXPECT_NE(train(folder, {R"({"load_best_model_at_end": true})"})
                .status.message()
                .find("expected the same eval_strategy and save_strategy"),
            std::string::npos);
  EXPECT_NE(
      train(folder, {R"({"eval_strategy": "epoch"})"}).status.message().find("no evaluation data"),
      std::string::npos);
}

TEST(LossPart, isZeroWhereNothingWasWeighed) {
  EXPECT_EQ((LossPart{0, 0}).mean(), 0);
  EXPECT_EQ((LossPart{6, 4}).mean(), 1.5);
  EXPECT_TRUE(std::isnan((LossPart{std::nan(""), 0}).mean()));
}
