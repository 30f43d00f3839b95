// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Training options: Hugging Face's names and defaults, JSON files, wrong values.
#include "train/arguments.h"
#include "ReaderTesting.h"

using namespace weft::rt;
using namespace weft::rt::testing;

static Status setJson(TrainingArguments &arguments, const std::string &text) {
  WEFT_ASSIGN_OR_RETURN(Json object, parseJson(text, "args.json"));
  return setArguments(arguments, object, "args.json");
}

TEST(Arguments, haveHuggingFaceDefaults) {
  TrainingArguments arguments;
  EXPECT_EQ(arguments.trainBatchSize, 8);
  EXPECT_EQ(arguments.epochs, 3);
  EXPECT_EQ(arguments.learningRate, 5e-5);
  EXPECT_EQ(arguments.scheduler, SchedulerType::linear);
  EXPECT_EQ(arguments.adamBeta2, 0.999);
  EXPECT_EQ(arguments.adamEpsilon, 1e-8);
  EXPECT_EQ(arguments.maxGradNorm, 1);
  EXPECT_EQ(arguments.seed, 42);
  EXPECT_EQ(arguments.loggingSteps, 500);
  EXPECT_EQ(arguments.saveStrategy, IntervalStrategy::steps);
  EXPECT_EQ(arguments.evalStrategy, IntervalStrategy::no);
}

TEST(Arguments, readsJson) {
  TrainingArguments arguments;
  Status status = setJson(arguments, R"({"num_train_epochs": 2.5, "learning_rate": 1e-3,
    "per_device_train_batch_size": 64, "lr_scheduler_type": "cosine", "eval_strategy": "epoch",
    "load_best_model_at_end": true, "save_total_limit": null, "report_to": ["none"],
    "train_sampling_strategy": "sequential", "output_dir": "out"})");
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(arguments.epochs, 2.5);
  EXPECT_EQ(arguments.learningRate, 1e-3);
  EXPECT_EQ(arguments.trainBatchSize, 64);
  EXPECT_EQ(arguments.scheduler, SchedulerType::cosine);
  EXPECT_EQ(arguments.evalStrategy, IntervalStrategy::epoch);
  EXPECT_TRUE(arguments.loadBestModelAtEnd);
  EXPECT_EQ(arguments.reportTo, "none");
  EXPECT_EQ(arguments.sampling, SamplingStrategy::sequential);
  EXPECT_TRUE(arguments.isGiven("output_dir"));
  EXPECT_FALSE(arguments.isGiven("seed"));
}

TEST(Arguments, nameWhatIsWrong) {
  TrainingArguments arguments;
  EXPECT_EQ(setJson(arguments, R"({"learning_rat": 1})").message(),
            "args.json: there is no training option 'learning_rat'");
  EXPECT_EQ(setJson(arguments, R"({"learning_rate": "fast"})").message(),
            "args.json: learning_rate: expected a number of at least 0, found 'fast'");
  EXPECT_EQ(setJson(arguments, R"({"learning_rate": -1})").message(),
            "args.json: learning_rate: expected a number of at least 0, found '-1'");
  EXPECT_EQ(setJson(arguments, R"({"adam_beta1": 1.5})").message(),
            "args.json: adam_beta1: expected a number of 0 to 1, found '1.5'");
  EXPECT_EQ(setJson(arguments, R"({"per_device_train_batch_size": 0})").message(),
            "args.json: per_device_train_batch_size: expected an integer of at least 1, found '0'");
  EXPECT_EQ(setJson(arguments, R"({"save_strategy": "sometimes"})").message(),
            "args.json: save_strategy: expected one of no, steps, epoch, found 'sometimes'");
  EXPECT_EQ(setJson(arguments, R"({"seed": {}})").message(),
            "args.json: seed: expected a number, a string or a boolean");
  EXPECT_EQ(setJson(arguments, "[]").message(),
            "args.json: expected a JSON object of training options");
  EXPECT_FALSE(setJson(arguments, R"({"learning_rate": nan})").ok());
  EXPECT_FALSE(setArgument(arguments, "learning_rate", "nan", "flag").ok());
  EXPECT_EQ(arguments.given.size(), 0u);
}

TEST(Arguments, haveShortFormsAndAliases) {
  for (const char *name : {"epochs", "num-train-epochs", "num_train_epochs"}) {
    ASSERT_NE(findArgument(name), nullptr) << name;
    EXPECT_STREQ(findArgument(name)->key, "num_train_epochs");
  }
  EXPECT_STREQ(findArgument("lr")->key, "learning_rate");
  EXPECT_STREQ(findArgument("batch-size")->key, "per_device_train_batch_size");
  EXPECT_STREQ(findArgument("evaluation_strategy")->key, "eval_strategy");
  EXPECT_EQ(findArgument("nothing"), nullptr);
}
