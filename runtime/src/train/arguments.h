// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The options of a training run, with the names, meanings and defaults of Hugging Face's
// TrainingArguments. One table of them serves JSON files and the command line.
#ifndef WEFT_RUNTIME_TRAIN_ARGUMENTS_H
#define WEFT_RUNTIME_TRAIN_ARGUMENTS_H

#include "base/json.h"
#include "base/status.h"
#include "data/sample_order.h"
#include "text/tokenizer.h"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace weft::rt {

class Module;

enum class IntervalStrategy { no, steps, epoch };
enum class SchedulerType { constant, linear, cosine, polynomial, constantWithWarmup };

// How an answer is chosen; names, meaning and defaults of Hugging Face's run_qa.
struct AnswerRules {
  bool version2 = false;    // questions may have no answer
  int64_t nBest = 20;       // starts and ends of a window that are tried, and answers that are kept
  int64_t maxLength = 30;   // tokens of an answer
  double nullThreshold = 0; // no answer, if its score is more than that above the best one's
};

// How files become samples: what training, evaluation and prediction share.
struct DataArguments {
  std::string format;                              // csv, tsv, jsonl, conll, text; empty: told
  std::string textColumn, pairColumn, labelColumn; // empty: by the usual names
  std::string labelsFile;                          // names of the classes in their order
  bool skipBadRows = false;                        // leaves out rows that cannot be used
  std::string idColumn;  // of prediction: what tables call their rows, if they have it
  bool idIsValue = true; // in a table of numbers it is one of these too
  std::string tokenizer; // folder or file; empty: the folder of the model or the checkpoint
  int64_t maxLength = 0; // tokens of a sample; 0: the largest bucket
  Truncation truncation = Truncation::longestFirst;
  double maskProbability = 0.15; // masked language models
  bool wholeWordMask = false;
  bool lineByLine = false; // a line is a sample, rather than a part of one long text
  int64_t docStride = -1;  // tokens that windows over a context share; -1: a third, at most 128
  AnswerRules answers;
};

// More steps than any run takes; as a double, exact.
constexpr int64_t mostSteps = 1'000'000'000'000'000;

struct TrainingArguments {
  DataArguments data;
  std::string outputDir = "trainer_output";
  int64_t trainBatchSize = 8;
  int64_t evalBatchSize = 8;
  int64_t accumulationSteps = 1;
  double epochs = 3;
  int64_t maxSteps = -1; // more than 0: overrides epochs
  double learningRate = 5e-5;
  SchedulerType scheduler = SchedulerType::linear;
  double warmupSteps = 0; // below 1: a share of all steps
  double warmupRatio = 0; // used if warmupSteps is 0
  double weightDecay = 0;
  double momentum = 0;
  double adamBeta1 = 0.9;
  double adamBeta2 = 0.999;
  double adamEpsilon = 1e-8;
  double maxGradNorm = 1; // 0: no clipping
  double labelSmoothing = 0;
  SamplingStrategy sampling = SamplingStrategy::random;
  IntervalStrategy loggingStrategy = IntervalStrategy::steps;
  double loggingSteps = 500; // these three below 1: a share of all steps
  bool loggingFirstStep = false;
  IntervalStrategy evalStrategy = IntervalStrategy::no;
  double evalSteps = 0; // 0: loggingSteps
  IntervalStrategy saveStrategy = IntervalStrategy::steps;
  double saveSteps = 500;
  int64_t saveTotalLimit = 0; // 0: keep all
  bool loadBestModelAtEnd = false;
  std::string bestMetric;            // empty: loss, if loadBestModelAtEnd or patience need one
  std::string greaterIsBetter;       // "true", "false"; empty: unless the metric is a loss
  int64_t earlyStoppingPatience = 0; // evaluations without improvement; 0: never stop early
  double earlyStoppingThreshold = 0;
  std::string resumeFrom; // a checkpoint, the folder that holds them, or "true" for outputDir
  int64_t seed = 42;
  // Structure, which is compiled: these only say what the module is expected to have.
  std::string optim; // empty: whatever it has
  bool bf16 = false;
  bool gradientCheckpointing = false;
  std::string loggingDir; // of TensorBoard files; empty: outputDir/runs/<time>_<host>
  std::string reportTo = "tensorboard";

  int64_t dataSeed = -1; // at least 0: must be `seed`
  // Options that were given but change nothing here.
  std::vector<std::string> passedOver;

  // Keys that a file or a flag has set; all others may take the module's defaults.
  std::set<std::string> given;
  bool isGiven(const char *key) const { return given.count(key) != 0; }
};

// One option: its key in JSON, which with '-' for '_' is its flag.
struct ArgumentSpec {
  const char *key;
  const char *shortForm; // of the flag, or null
  const char *alias;     // another key, or null
  const char *value;     // what its value is: "N", "X", "PATH", "constant|linear|..."
  const char *help;
  // Parses a value as text. The message of a failure says what was expected and found.
  Status (*parse)(TrainingArguments &arguments, const std::string &text);
  bool ofData = false; // belongs to DataArguments
  bool isList = false; // takes a JSON array of words, which become one text with commas
};

std::span<const ArgumentSpec> argumentSpecs();
// By key, alias or flag name; null if there is none.
const ArgumentSpec *findArgument(std::string_view name);

// Options of Hugging Face's TrainingArguments that have no meaning here: how data is loaded, what
// is printed, uploaded, run on many devices ...
const std::vector<std::string> &passedOverKeys();
// Notes one of them; fails if its value would change results.
Status passOverArgument(TrainingArguments &arguments, const std::string &key,
                        const std::string &text);

// Sets one option from text, or notes that it changes nothing; `place` stands in messages.
Status setArgument(TrainingArguments &arguments, const std::string &key, const std::string &text,
                   const std::string &place);
// Sets the options of a JSON object; unknown keys are errors.
Status setArguments(TrainingArguments &arguments, const Json &object, const std::string &place);
Status readArgumentsFile(TrainingArguments &arguments, const std::string &path);

// Gives options that nobody set the values that the module (its optimizer attribute and tuned
// batch) or PyTorch has for a hand-written model: constant rate, no clipping, PyTorch's decay.
// Fails if an option needs structure that the module lacks, or options contradict each other.
Status resolveArguments(TrainingArguments &arguments, const Module &module);

const char *schedulerName(SchedulerType type);

} // namespace weft::rt

#endif
