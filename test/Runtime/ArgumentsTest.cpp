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

TEST(Arguments, boundTheirNumbers) {
  TrainingArguments arguments;
  auto failure = [&](const char *key, const char *text) {
    return setArgument(arguments, key, text, "f").message();
  };
  for (const char *key : {"num_train_epochs", "logging_steps", "eval_steps", "save_steps",
                          "warmup_steps", "learning_rate", "weight_decay", "max_grad_norm",
                          "adam_epsilon", "early_stopping_threshold"}) {
    const char *most =
        std::string_view(key).ends_with("epochs") || std::string_view(key).ends_with("steps")
            ? "1e+15"
            : "1e+30";
    for (const char *text : {"inf", "1e300", "1e31", "1e400"})
      EXPECT_EQ(failure(key, text), "f: " + std::string(key) + ": expected a number of 0 to " +
                                        most + ", found '" + text + "'");
    for (const char *text : {"-inf", "nan", "-1", "1e", "0x10", ""})
      EXPECT_FALSE(setArgument(arguments, key, text, "f").ok()) << key << " " << text;
  }
  for (const char *key :
       {"per_device_train_batch_size", "per_device_eval_batch_size", "gradient_accumulation_steps",
        "save_total_limit", "early_stopping_patience", "max_seq_length", "max_answer_length"}) {
    EXPECT_EQ(failure(key, "2147483647"), "");
    for (const char *text : {"2147483648", "9223372036854775807", "99999999999999999999"})
      EXPECT_EQ(failure(key, text), "f: " + std::string(key) +
                                        ": expected an integer of 1 to 2147483647, found '" + text +
                                        "'");
  }
  EXPECT_EQ(failure("max_steps", "9223372036854775807"),
            "f: max_steps: expected an integer of -1 to 1000000000000000, found "
            "'9223372036854775807'");
  EXPECT_EQ(failure("max_steps", "-2"),
            "f: max_steps: expected an integer of at least -1, found '-2'");
  EXPECT_EQ(failure("seed", "9223372036854775807"), "");
  EXPECT_EQ(failure("seed", "9223372036854775808"),
            "f: seed: expected an integer of 0 to 9223372036854775807, found "
            "'9223372036854775808'");
  EXPECT_EQ(failure("null_score_diff_threshold", "-inf"),
            "f: null_score_diff_threshold: expected a number of at least -1e+30, found '-inf'");
}

TEST(Arguments, needValues) {
  TrainingArguments arguments;
  for (const char *key : {"output_dir", "optim", "resume_from_checkpoint", "seed", "bf16",
                          "logging_dir", "report_to"}) {
    EXPECT_EQ(setArgument(arguments, key, "", "f").message(),
              "f: " + std::string(key) + ": expected a value, found an empty one");
    EXPECT_EQ(setJson(arguments, "{\"" + std::string(key) + "\": \"\"}").message(),
              "args.json: " + std::string(key) + ": expected a value, found an empty one");
    EXPECT_EQ(setJson(arguments, "{\"" + std::string(key) + "\": null}").message(), "");
  }
  // A folder is not called true.
  for (const char *text : {"true", "3", "[false]"})
    EXPECT_EQ(setJson(arguments, "{\"output_dir\": " + std::string(text) + "}").message(),
              "args.json: output_dir: expected a string, found " +
                  std::string(*text == '[' ? "false" : text));
  EXPECT_TRUE(arguments.given.empty());
  EXPECT_EQ(setJson(arguments, R"({"resume_from_checkpoint": true})").message(), "");
  EXPECT_EQ(arguments.resumeFrom, "true");
}

// What TrainingArguments writes as JSON is read, whatever of it has a meaning here.
TEST(Arguments, passOverWhatChangesNothing) {
  TrainingArguments arguments;
  Status status = setJson(arguments, R"({"dataloader_num_workers": 4, "disable_tqdm": false,
    "fp16": false, "fp16_opt_level": "O1", "push_to_hub": false, "hub_token": "<HUB_TOKEN>",
    "local_rank": 0, "use_cpu": true, "remove_unused_columns": true, "ddp_backend": null,
    "ddp_timeout": 1800, "save_safetensors": true, "fsdp": [], "fsdp_config": {"min_num_params": 0},
    "accelerator_config": {"split_batches": false}, "lr_scheduler_kwargs": {}, "deepspeed": null,
    "label_names": ["labels"], "past_index": -1, "debug": [], "eval_delay": 0.0, "learning_rate": 1,
    "data_seed": null, "log_level": "passive"})");
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(arguments.learningRate, 1);
  EXPECT_EQ(arguments.given, std::set<std::string>{"learning_rate"});
  EXPECT_EQ(arguments.passedOver.size(), 20u);
  EXPECT_TRUE(setArgument(arguments, "dataloader-num-workers", "2", "f").ok());
  EXPECT_TRUE(setArgument(arguments, "fp16", "False", "f").ok());
  EXPECT_EQ(arguments.passedOver.size(), 20u); // once each
}

TEST(Arguments, refuseWhatWouldChangeResults) {
  TrainingArguments arguments;
  auto failure = [&](const std::string &text) { return setJson(arguments, text).message(); };
  EXPECT_EQ(failure(R"({"fp16": true})"), "args.json: fp16: expected false, found 'true': the "
                                          "module has its element types");
  EXPECT_EQ(failure(R"({"push_to_hub": true})"),
            "args.json: push_to_hub: expected false, found 'true': nothing is uploaded");
  EXPECT_EQ(failure(R"({"save_safetensors": false})"),
            "args.json: save_safetensors: expected true, found 'false': weights are written as "
            "safetensors");
  EXPECT_EQ(failure(R"({"data_seed": "x"})"),
            "args.json: data_seed: expected an integer of at least 0, found 'x'");
  EXPECT_EQ(failure(R"({"local_rank": 1})"),
            "args.json: local_rank: expected -1 0, found '1': one process trains");
  for (const char *text :
       {R"({"dataloader_drop_last": true})", R"({"eval_delay": 2})", R"({"adafactor": true})",
        R"({"deepspeed": "ds.json"})", R"({"neftune_noise_alpha": 5})",
        R"({"eval_on_start": true})", R"({"lr_scheduler_kwargs": {"num_cycles": 2}})",
        R"({"label_names": ["start"]})", R"({"optim_args": "a=1"})", R"({"fsdp": "full_shard"})",
        R"({"ignore_data_skip": true})", R"({"per_gpu_train_batch_size": 4})",
        R"({"bf16_full_eval": true})"})
    EXPECT_EQ(setJson(arguments, text).code(), StatusCode::unimplemented) << text;
  EXPECT_EQ(failure(R"({"dataloader": 1})"), "args.json: there is no training option 'dataloader'");
  EXPECT_TRUE(arguments.passedOver.empty());
}

TEST(Arguments, reportToTensorBoardOnly) {
  auto reports = [](const std::string &json) {
    TrainingArguments arguments;
    Status status = setJson(arguments, "{\"report_to\": " + json + "}");
    std::string others;
    for (const std::string &other : arguments.passedOver)
      others += " + " + other;
    return status.ok() ? arguments.reportTo + others : status.message();
  };
  for (const char *json : {"\"tensorboard\"", "[\"tensorboard\"]", "\"all\"", "\"none,all\""})
    EXPECT_EQ(reports(json), "tensorboard") << json;
  for (const char *json : {"\"none\"", "[\"none\"]", "[]", "null"})
    EXPECT_EQ(reports(json), std::string(json) == "null" ? "tensorboard" : "none") << json;
  EXPECT_EQ(reports("\"wandb\""), "none + report_to wandb");
  EXPECT_EQ(reports("[\"mlflow\", \"tensorboard\"]"), "tensorboard + report_to mlflow");
  EXPECT_EQ(reports("\"tensorbord\""), "args.json: report_to: expected one of tensorboard, all, "
                                       "none, found 'tensorbord'");
  EXPECT_EQ(reports("[1]"), "args.json: report_to: expected an array of strings");
}
