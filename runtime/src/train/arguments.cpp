// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of options and the parsing of their values.
#include "train/arguments.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace weft::rt {

namespace {

// "expected a number of 0 or more, found 'x'".
Status unexpected(const std::string &wanted, const std::string &text) {
  return invalidArgument("expected %s, found '%s'", wanted.c_str(), text.substr(0, 60).c_str());
}

Status parseReal(const std::string &text, double low, double high, double &target) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool isNumber = error == std::errc() && end == text.data() + text.size();
  if (isNumber && value >= low && value <= high) {
    target = value;
    return {};
  }
  // A bound that only keeps numbers finite is told to whoever meets it.
  bool tooLarge = (isNumber && value > high) || error == std::errc::result_out_of_range;
  char wanted[96];
  std::snprintf(wanted, sizeof(wanted),
                high >= mostSteps && !tooLarge ? "a number of at least %g" : "a number of %g to %g",
                low, high);
  return unexpected(wanted, text);
}

Status parseInteger(const std::string &text, int64_t low, int64_t high, int64_t &target) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool isNumber = error == std::errc() && end == text.data() + text.size();
  if (isNumber && value >= low && value <= high) {
    target = value;
    return {};
  }
  bool tooLarge = (isNumber && value > high) || error == std::errc::result_out_of_range;
  return unexpected(tooLarge
                        ? "an integer of " + std::to_string(low) + " to " + std::to_string(high)
                        : "an integer of at least " + std::to_string(low),
                    text);
}

Status parseBool(const std::string &text, bool &target) {
  if (text != "true" && text != "false" && text != "True" && text != "False")
    return unexpected("true or false", text);
  target = text[0] == 't' || text[0] == 'T';
  return {};
}

// A word of a list, whose place is the value of the enumeration.
template <typename Enum>
Status parseWord(const std::string &text, std::initializer_list<const char *> words, Enum &target) {
  int place = 0;
  std::string all;
  for (const char *word : words) {
    if (text == word) {
      target = static_cast<Enum>(place);
      return {};
    }
    all += (place++ ? ", " : "") + std::string(word);
  }
  return unexpected("one of " + all, text);
}

using Args = TrainingArguments;

// Products of two counts, and every number as the float that a step may take, are in range.
constexpr int64_t mostOfACount = INT32_MAX;
constexpr double mostOfANumber = 1e30;

using Text = const std::string;

// Parsers by member: what a row of the table needs.
template <auto member, int low, int64_t high = mostOfACount>
Status integer(Args &arguments, Text &text) {
  return parseInteger(text, low, high, arguments.*member);
}
template <auto member>
Status positive(Args &arguments, Text &text) {
  return parseReal(text, 0, mostOfANumber, arguments.*member);
}
// A number of steps or epochs.
template <auto member>
Status duration(Args &arguments, Text &text) {
  return parseReal(text, 0, mostSteps, arguments.*member);
}
template <auto member>
Status fraction(Args &arguments, Text &text) {
  return parseReal(text, 0, 1, arguments.*member);
}
template <auto member>
Status boolean(Args &arguments, Text &text) {
  return parseBool(text, arguments.*member);
}
template <auto member>
Status string(Args &arguments, Text &text) {
  arguments.*member = text;
  return {};
}
template <auto member>
Status dataString(Args &arguments, Text &text) {
  arguments.data.*member = text;
  return {};
}
template <auto member>
Status dataBoolean(Args &arguments, Text &text) {
  return parseBool(text, arguments.data.*member);
}
Status maxLength(Args &arguments, Text &text) {
  return parseInteger(text, 1, mostOfACount, arguments.data.maxLength);
}
Status docStride(Args &arguments, Text &text) {
  return parseInteger(text, 0, mostOfACount, arguments.data.docStride);
}
Status version2(Args &arguments, Text &text) {
  return parseBool(text, arguments.data.answers.version2);
}
Status bestSize(Args &arguments, Text &text) {
  return parseInteger(text, 1, 1000, arguments.data.answers.nBest);
}
Status answerLength(Args &arguments, Text &text) {
  return parseInteger(text, 1, mostOfACount, arguments.data.answers.maxLength);
}
Status nullThreshold(Args &arguments, Text &text) {
  return parseReal(text, -mostOfANumber, mostOfANumber, arguments.data.answers.nullThreshold);
}
Status maskProbability(Args &arguments, Text &text) {
  return parseReal(text, 0, 1, arguments.data.maskProbability);
}
Status truncation(Args &arguments, Text &text) {
  return parseWord(text, {"do_not_truncate", "longest_first", "only_first", "only_second"},
                   arguments.data.truncation);
}
Status dataFormat(Args &arguments, Text &text) {
  int ignored;
  WEFT_RETURN_IF_ERROR(parseWord(text, {"csv", "tsv", "jsonl", "conll", "text"}, ignored));
  arguments.data.format = text;
  return {};
}
template <auto member>
Status interval(Args &arguments, Text &text) {
  return parseWord(text, {"no", "steps", "epoch"}, arguments.*member);
}
Status scheduler(Args &arguments, Text &text) {
  return parseWord(text, {"constant", "linear", "cosine", "polynomial", "constant_with_warmup"},
                   arguments.scheduler);
}
Status sampling(Args &arguments, Text &text) {
  return parseWord(text, {"random", "sequential", "group_by_length"}, arguments.sampling);
}
// The older spelling of a sampling strategy.
Status groupByLength(Args &arguments, Text &text) {
  bool value = false;
  WEFT_RETURN_IF_ERROR(parseBool(text, value));
  return value ? sampling(arguments, "group_by_length") : Status();
}
// A list, as Hugging Face writes it: only TensorBoard's files are written.
Status reportTo(Args &arguments, Text &text) {
  static const char others[] = " azure_ml clearml codecarbon comet_ml dagshub dvclive flyte mlflow "
                               "neptune swanlab trackio wandb ";
  arguments.reportTo = "none";
  for (size_t begin = 0; begin <= text.size();) {
    size_t end = std::min(text.find(',', begin), text.size());
    std::string name = text.substr(begin, end - begin);
    begin = end + 1;
    if (name == "tensorboard" || name == "all")
      arguments.reportTo = "tensorboard";
    else if (!name.empty() && std::strstr(others, (" " + name + " ").c_str()))
      arguments.passedOver.push_back("report_to " + name);
    else if (name != "none")
      return unexpected("one of tensorboard, all, none", name);
  }
  return {};
}
Status greaterIsBetter(Args &arguments, Text &text) {
  bool value;
  WEFT_RETURN_IF_ERROR(parseBool(text, value));
  arguments.greaterIsBetter = value ? "true" : "false";
  return {};
}

const char *const intervals = "no|steps|epoch";
const ArgumentSpec specs[] = {
    {"text_column", nullptr, "text_column_name", "NAME", "(text, sentence ...)",
     dataString<&DataArguments::textColumn>, true},
    {"text_pair_column", nullptr, nullptr, "NAME", "of the second text",
     dataString<&DataArguments::pairColumn>, true},
    {"label_column", nullptr, "label_column_name", "NAME", "(label, labels, target ...)",
     dataString<&DataArguments::labelColumn>, true},
    {"labels_file", nullptr, nullptr, "FILE", "names of classes, in order",
     dataString<&DataArguments::labelsFile>, true},
    {"skip_bad_rows", nullptr, nullptr, "BOOL", "leave out rows that lack something",
     dataBoolean<&DataArguments::skipBadRows>, true},
    {"data_format", nullptr, nullptr, "F", "csv|tsv|jsonl|conll|text", dataFormat, true},
    {"tokenizer", nullptr, "tokenizer_name", "PATH", "(in --model)",
     dataString<&DataArguments::tokenizer>, true},
    {"max_seq_length", nullptr, "max_length", "N", "tokens of a sample (largest bucket)", maxLength,
     true},
    {"doc_stride", nullptr, nullptr, "N", "tokens that windows share (128)", docStride, true},
    {"truncation", nullptr, nullptr, "T", "longest_first|only_first|only_second|do_not_truncate",
     truncation, true},
    {"version_2_with_negative", nullptr, nullptr, "BOOL", "as in SQuAD 2.0", version2, true},
    {"n_best_size", nullptr, nullptr, "N", "answers to choose from (20)", bestSize, true},
    {"max_answer_length", nullptr, nullptr, "N", "tokens of an answer (30)", answerLength, true},
    {"null_score_diff_threshold", nullptr, nullptr, "X", "no answer above it (0)", nullThreshold,
     true},
    {"mlm_probability", nullptr, nullptr, "X", "tokens to mask (0.15)", maskProbability, true},
    {"whole_word_mask", nullptr, nullptr, "BOOL", "", dataBoolean<&DataArguments::wholeWordMask>,
     true},
    {"line_by_line", nullptr, nullptr, "BOOL", "a sample a line",
     dataBoolean<&DataArguments::lineByLine>, true},
    {"output_dir", nullptr, nullptr, "DIR", "checkpoints, logs and the final model",
     string<&Args::outputDir>},
    {"num_train_epochs", "epochs", nullptr, "X", "passes over the data (3)",
     duration<&Args::epochs>},
    {"max_steps", nullptr, nullptr, "N", "steps in all, instead of epochs",
     integer<&Args::maxSteps, -1, mostSteps>},
    {"per_device_train_batch_size", "batch-size", nullptr, "N",
     "(the module's tuned batch, else 8)", integer<&Args::trainBatchSize, 1>},
    {"per_device_eval_batch_size", nullptr, nullptr, "N", "(the training batch)",
     integer<&Args::evalBatchSize, 1>},
    {"gradient_accumulation_steps", nullptr, nullptr, "N", "batches per step (1)",
     integer<&Args::accumulationSteps, 1>},
    {"learning_rate", "lr", nullptr, "X", "(the optimizer's)", positive<&Args::learningRate>},
    {"lr_scheduler_type", nullptr, nullptr, "TYPE",
     "constant|linear|cosine|polynomial|constant_with_warmup", scheduler},
    {"warmup_steps", nullptr, nullptr, "X", "steps, or a share below 1",
     duration<&Args::warmupSteps>},
    {"warmup_ratio", nullptr, nullptr, "X", "share of all steps", fraction<&Args::warmupRatio>},
    {"weight_decay", nullptr, nullptr, "X", "(the optimizer's)", positive<&Args::weightDecay>},
    {"momentum", nullptr, nullptr, "X", "of SGD", positive<&Args::momentum>},
    {"adam_beta1", nullptr, nullptr, "X", "", fraction<&Args::adamBeta1>},
    {"adam_beta2", nullptr, nullptr, "X", "", fraction<&Args::adamBeta2>},
    {"adam_epsilon", nullptr, nullptr, "X", "", positive<&Args::adamEpsilon>},
    {"max_grad_norm", nullptr, nullptr, "X", "clip the global norm; 0: do not",
     positive<&Args::maxGradNorm>},
    {"label_smoothing_factor", nullptr, nullptr, "X", "", fraction<&Args::labelSmoothing>},
    {"train_sampling_strategy", nullptr, nullptr, "S", "random|sequential|group_by_length",
     sampling},
    {"seed", nullptr, nullptr, "N", "of weights, order, dropout (42)",
     integer<&Args::seed, 0, INT64_MAX>},
    {"logging_strategy", nullptr, nullptr, intervals, "(steps)", interval<&Args::loggingStrategy>},
    {"logging_steps", nullptr, nullptr, "X", "(500)", duration<&Args::loggingSteps>},
    {"logging_first_step", nullptr, nullptr, "BOOL", "", boolean<&Args::loggingFirstStep>},
    {"eval_strategy", nullptr, "evaluation_strategy", intervals, "(no: once, at the end)",
     interval<&Args::evalStrategy>},
    {"eval_steps", nullptr, nullptr, "X", "(logging_steps)", duration<&Args::evalSteps>},
    {"save_strategy", nullptr, nullptr, intervals, "(steps)", interval<&Args::saveStrategy>},
    {"save_steps", nullptr, nullptr, "X", "(500)", duration<&Args::saveSteps>},
    {"save_total_limit", nullptr, nullptr, "N", "checkpoints to keep (all)",
     integer<&Args::saveTotalLimit, 1>},
    {"load_best_model_at_end", nullptr, nullptr, "BOOL", "", boolean<&Args::loadBestModelAtEnd>},
    {"metric_for_best_model", nullptr, nullptr, "M", "loss|accuracy|f1 ... (loss)",
     string<&Args::bestMetric>},
    {"greater_is_better", nullptr, nullptr, "BOOL", "(unless it is a loss)", greaterIsBetter},
    {"early_stopping_patience", nullptr, nullptr, "N", "evaluations without improvement",
     integer<&Args::earlyStoppingPatience, 1>},
    {"early_stopping_threshold", nullptr, nullptr, "X", "",
     positive<&Args::earlyStoppingThreshold>},
    {"resume_from_checkpoint", nullptr, nullptr, "PATH", "a checkpoint, or the folder of them",
     string<&Args::resumeFrom>},
    {"optim", nullptr, "optimizer", "NAME", "that the module must have", string<&Args::optim>},
    {"bf16", nullptr, nullptr, "BOOL", "", boolean<&Args::bf16>},
    {"gradient_checkpointing", nullptr, nullptr, "BOOL", "", boolean<&Args::gradientCheckpointing>},
    {"group_by_length", nullptr, nullptr, "BOOL", "", groupByLength},
    {"logging_dir", nullptr, nullptr, "DIR", "TensorBoard (output_dir/runs/...)",
     string<&Args::loggingDir>},
    {"report_to", nullptr, nullptr, "X", "tensorboard|none", reportTo, false, true},
};

// Flag names use '-', keys '_'.
std::string asKey(std::string_view name) {
  std::string key(name);
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

} // namespace

std::span<const ArgumentSpec> argumentSpecs() { return specs; }

const ArgumentSpec *findArgument(std::string_view name) {
  std::string key = asKey(name);
  for (const ArgumentSpec &spec : specs)
    if (key == spec.key || (spec.alias && key == spec.alias) ||
        (spec.shortForm && key == asKey(spec.shortForm)))
      return &spec;
  return nullptr;
}

Status setArgument(TrainingArguments &arguments, const std::string &key, const std::string &text,
                   const std::string &place) {
  const ArgumentSpec *spec = findArgument(key);
  const std::vector<std::string> &others = passedOverKeys();
  if (!spec && std::find(others.begin(), others.end(), asKey(key)) == others.end())
    return invalidArgument("%s: there is no training option '%s'", place.c_str(), key.c_str());
  Status status;
  if (spec && text.empty())
    status = invalidArgument("expected a value, found an empty one");
  else
    status = spec ? spec->parse(arguments, text) : passOverArgument(arguments, asKey(key), text);
  if (spec && status.ok())
    arguments.given.insert(spec->key);
  return std::move(status).withContext(place + ": " + key);
}

// The value of a JSON option as the text of a flag.
static Result<std::string> textOf(const ArgumentSpec *spec, const Json &value) {
  if (value.is_string())
    return value.get<std::string>();
  if (!spec)
    return formatJson(value);
  // Hugging Face writes report_to as a list.
  if (value.is_array() && spec->isList) {
    std::string text;
    for (const Json &item : value) {
      if (!item.is_string())
        return invalidArgument("expected an array of strings");
      text += (text.empty() ? "" : ",") + item.get<std::string>();
    }
    return text.empty() ? "none" : text;
  }
  const Json &single = value.is_array() && value.size() == 1 ? value[0] : value;
  if (single.is_string())
    return single.get<std::string>();
  if (single.is_structured() || single.is_null())
    return invalidArgument("expected a number, a string or a boolean");
  bool mayBeTrue = single.is_boolean() && std::strcmp(spec->key, "resume_from_checkpoint") == 0;
  for (const char *kind : {"NAME", "PATH", "FILE", "DIR", "M"})
    if (std::strcmp(spec->value, kind) == 0 && !mayBeTrue)
      return invalidArgument("expected a string, found %s", formatJson(single).c_str());
  return formatJson(single);
}

Status setArguments(TrainingArguments &arguments, const Json &object, const std::string &place) {
  if (!object.is_object())
    return invalidArgument("%s: expected a JSON object of training options", place.c_str());
  for (auto item = object.begin(); item != object.end(); ++item) {
    if (item.value().is_null())
      continue; // as Hugging Face writes what is not given
    Result<std::string> text = textOf(findArgument(item.key()), item.value());
    if (!text.ok())
      return text.takeStatus().withContext(place + ": " + item.key());
    WEFT_RETURN_IF_ERROR(setArgument(arguments, item.key(), *text, place));
  }
  return {};
}

Status readArgumentsFile(TrainingArguments &arguments, const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(Json object, parseJsonFile(path, 1u << 20));
  return setArguments(arguments, object, path);
}

const char *schedulerName(SchedulerType type) {
  static const char *const names[] = {"constant", "linear", "cosine", "polynomial",
                                      "constant_with_warmup"};
  return names[static_cast<size_t>(type)];
}

} // namespace weft::rt
