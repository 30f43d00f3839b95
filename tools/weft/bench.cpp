// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft bench.
#include "base/random.h"
#include "command.h"
#include "train/step_engine.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace weft::tool {

namespace {

const char *const help =
    R"(weft bench: milliseconds per step on random data, the loss read back each time.

Usage: weft bench MODULE.weft [OPTIONS]

  --batch-size N        (the module's tuned batch, else 64)
  --entry NAME          train_step|eval_step|predict (train_step)
  --steps N             steps that are timed (200)
  --warmup N            steps before them (20)
  --bucket N            number of the bucket, as weft inspect lists them (0)
  --kernels             also the time of each kernel, summed over threads
  --num-threads N       1 to 1024 (WEFT_NUM_THREADS, else all cores)
  --log-format FORMAT   text|json

Example:
  weft bench mlp.weft --batch-size 512 --num-threads 2
)";

struct BenchOptions : RunOptions {
  std::string entry = "train_step";
  int64_t batchSize = 0, bucket = 0, steps = 200, warmup = 20;
  bool kernels = false;
};

// Uniform numbers of [0, 1), or integers in the range that the input has.
Result<std::vector<rt::AlignedBuffer>> randomInputs(const std::vector<rt::InputSpec> &specs,
                                                    int64_t rows) {
  std::vector<rt::AlignedBuffer> inputs;
  for (const rt::InputSpec &spec : specs) {
    auto count = static_cast<size_t>(rows * spec.sampleElements());
    WEFT_ASSIGN_OR_RETURN(rt::AlignedBuffer memory, rt::AlignedBuffer::create(std::max<size_t>(
                                                        1, count * rt::elementSize(spec.type))));
    rt::RandomStream words(42, rt::streamOfName(spec.name));
    for (size_t i = 0; i < count; ++i) {
      rt::InputSpec::Bounds bounds = spec.boundsAt(static_cast<int64_t>(i) % spec.sampleElements());
      auto range = static_cast<uint64_t>(std::max<int64_t>(1, bounds.high - bounds.low));
      rt::storeElement(spec.type, memory.data(), i,
                       rt::isFloat(spec.type) ? rt::uniformFromWord(words.nextWord())
                                              : static_cast<double>(bounds.low) +
                                                    static_cast<double>(words.nextBelow(range)));
    }
    inputs.push_back(std::move(memory));
  }
  return inputs;
}

struct Timing {
  std::vector<double> milliseconds; // sorted
  double lastLoss = 0;
  double at(double share) const {
    return milliseconds[static_cast<size_t>(share * static_cast<double>(milliseconds.size() - 1))];
  }
};

Result<Timing> timeSteps(rt::StepEngine &engine, schema::EntryRole role, const rt::HostBatch &batch,
                         const BenchOptions &options) {
  Timing timing;
  std::vector<uint8_t> logits;
  double rate = engine.session().module().defaultScalars().get(schema::ScalarRole::LearningRate);
  for (int64_t step = 1; step <= options.warmup + options.steps; ++step) {
    auto begin = std::chrono::steady_clock::now();
    if (role == schema::EntryRole::TrainStep) {
      WEFT_ASSIGN_OR_RETURN(rt::StepResult result, engine.trainStep({&batch, 1}, rate, step));
      timing.lastLoss = result.loss;
    } else if (role == schema::EntryRole::EvalStep) {
      WEFT_ASSIGN_OR_RETURN(rt::LossPart part, engine.evalStep(batch, nullptr));
      timing.lastLoss = part.mean();
    } else {
      WEFT_RETURN_IF_ERROR(engine.predict(batch, logits));
    }
    std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    if (step == options.warmup && options.kernels)
      engine.session().startProfile();
    if (step > options.warmup)
      timing.milliseconds.push_back(took.count());
  }
  std::sort(timing.milliseconds.begin(), timing.milliseconds.end());
  return timing;
}

// One line for each kernel, slowest first.
void printKernels(const std::vector<rt::Session::KernelTime> &times, const BenchOptions &options) {
  double all = 0;
  for (const rt::Session::KernelTime &time : times)
    all += time.seconds;
  auto steps = static_cast<double>(options.steps);
  for (const rt::Session::KernelTime &time : times) {
    std::string name = time.kernel ? time.kernel->name()->str() : "copies and fills";
    double milliseconds = time.seconds / steps * 1e3;
    double rate = time.seconds > 0 ? time.flops * steps / time.seconds * 1e-9 : 0;
    if (options.json)
      printJson({{"kernel", name},
                 {"dispatches", time.dispatches},
                 {"thread_ms", milliseconds},
                 {"gflops_per_second", rate}});
    else
      std::printf("  %-20s %4zu dispatches %9.3f thread ms %5.1f %% %8.1f GFLOP/s a thread\n",
                  rt::printable(name).c_str(), time.dispatches, milliseconds,
                  100 * time.seconds / all, rate);
  }
}

Status runBench(const BenchOptions &options) {
  schema::EntryRole role = options.entry == "train_step"  ? schema::EntryRole::TrainStep
                           : options.entry == "eval_step" ? schema::EntryRole::EvalStep
                                                          : schema::EntryRole::Predict;
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<rt::Session> session, openSession(options, 0));
  std::optional<uint32_t> entry = session->module().findEntry(role);
  if (!entry)
    return rt::failedPrecondition("%s: the module has no %s", options.module.c_str(),
                                  options.entry.c_str());
  WEFT_ASSIGN_OR_RETURN(int64_t rows, rt::chooseBatchSize(session->module(), role,
                                                          options.batchSize, "--batch-size"));
  auto bucket = static_cast<uint32_t>(options.bucket);
  uint32_t buckets = session->module().entry(*entry).buckets()->size();
  if (bucket >= buckets)
    return rt::invalidArgument("--bucket %u: %s has %u buckets", bucket, options.entry.c_str(),
                               buckets);
  WEFT_RETURN_IF_ERROR(session->initialize(42));
  WEFT_RETURN_IF_ERROR(session->reserve(*entry, bucket, rows));
  rt::StepEngine engine(*session, rt::StepNumbers::fromModule(session->module()));
  WEFT_ASSIGN_OR_RETURN(std::vector<rt::InputSpec> specs,
                        rt::describeInputs(session->module(), *entry, bucket));
  WEFT_ASSIGN_OR_RETURN(std::vector<rt::AlignedBuffer> memory, randomInputs(specs, rows));
  std::vector<const void *> inputs;
  for (rt::AlignedBuffer &buffer : memory)
    inputs.push_back(buffer.data());
  WEFT_ASSIGN_OR_RETURN(Timing timing, timeSteps(engine, role, {rows, inputs, bucket}, options));
  double median = timing.at(0.5);
  if (options.json)
    printJson({{"entry", options.entry},
               {"batch_size", rows},
               {"steps", options.steps},
               {"median_ms", median},
               {"p10_ms", timing.at(0.1)},
               {"p90_ms", timing.at(0.9)},
               {"samples_per_second", static_cast<double>(rows) / median * 1e3},
               {"loss", timing.lastLoss}});
  else
    std::printf("%s, batch %lld: median %.4f ms a step (p10 %.4f, p90 %.4f), %.0f samples/s\n",
                options.entry.c_str(), static_cast<long long>(rows), median, timing.at(0.1),
                timing.at(0.9), static_cast<double>(rows) / median * 1e3);
  if (options.kernels)
    printKernels(session->kernelTimes(), options);
  return {};
}

} // namespace

Command addBench(CLI::App &parent) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App *app = addSubcommand(parent, "bench", "time steps", help);
  options->add(*app);
  app->add_option("--entry", options->entry)
      ->check(CLI::IsMember({"train_step", "eval_step", "predict"}));
  auto positive = CLI::Range(int64_t{1}, int64_t{1} << 40);
  app->add_option("--batch-size", options->batchSize)->check(positive);
  app->add_option("--bucket", options->bucket)->check(CLI::Range(int64_t{0}, int64_t{1} << 20));
  app->add_flag("--kernels", options->kernels);
  app->add_option("--steps", options->steps)->check(positive);
  app->add_option("--warmup", options->warmup)->check(CLI::Range(int64_t{0}, int64_t{1} << 40));
  return {app, [options] { return runBench(*options); }};
}

} // namespace weft::tool
